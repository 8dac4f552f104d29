/** The first page of the trial: what Instap is, a message to send, and where to look. */
import type Router from '@koa/router';
import { type Html, html } from '../html.ts';
import { filterLink, filters } from '../workflows/filters.ts';
import { page } from './page.ts';
import { type Answer, SAMPLE, SAMPLE_CLIENT, type Sample, sendSample } from './sample.ts';

export type StartPage = {
  publicUrl: string;
  apiKey: string;
  /** The Temporal UI, when this start has one. */
  temporalUi?: string;
  /** Whether mail and SMS arrive on the trial's own pages. */
  mailbox: boolean;
  phone: boolean;
  /** Said in full when days are shortened. */
  day?: string;
};

export function startPage(router: Router, known: () => StartPage | undefined): void {
  router.get('/', (ctx) => {
    ctx.body = show(known(), SAMPLE);
  });

  router.post('/', async (ctx) => {
    const start = known();
    const sample: Sample = { ...SAMPLE, ...(ctx.request.body as Partial<Sample>) };
    const answer = start && (await sendSample(sample, start));
    ctx.status = answer?.accepted ? 200 : 502;
    ctx.body = show(start, sample, answer);
  });
}

function show(start: StartPage | undefined, sample: Sample, answer?: Answer): string {
  if (!start)
    return page({ title: 'Starting', place: '/' }, html`<h1>Starting …</h1><p>Reload in a moment.</p>`);
  return page(
    { title: 'Start', place: '/' },
    html`<h1>Try out Instap</h1>
<p class="lead">Instap takes somebody who has never logged in from an invitation mail to reading a confidential message.
A sender's system posts the message to the API. Instap invites the person by mail, has them accept the terms, choose a
password and a second factor and fill in a profile, and then shows the message. Each person's way is one durable Temporal
workflow, so that it goes on days later, on another device, and after any crash.</p>
${start.day && html`<p class="lead"><strong>A day lasts ${start.day}</strong> in this run: reminders and expiry come fast.</p>`}
${answer && result(answer, start)}
<div class="columns">
<section>${form(sample)}</section>
<section>${places(start)}</section>
</div>`,
  );
}

function result(answer: Answer, start: StartPage): Html {
  if (!answer.accepted)
    return html`<section class="answer" role="alert"><h2>Not accepted</h2>
<p class="problem">The API answered ${answer.status || 'nothing'}:</p><pre>${answer.text}</pre></section>`;
  return html`<section class="answer" role="status"><h2>Accepted</h2>
<p><strong>${start.mailbox ? html`Now <a href="/mailbox">open the mailbox</a>` : 'Now open the mail'}</strong>
and follow the invitation, as the person does. The API answered ${answer.status}:</p>
<pre>${answer.text}</pre></section>`;
}

const form = (sample: Sample) => html`
<h2>1. Send a sample message</h2>
<form method="post" action="/">
<p class="faint">It goes through the real API, as from “${SAMPLE_CLIENT}”.</p>
<label for="email">To (any address)</label>
<input id="email" name="email" type="email" value="${sample.email}" required autocomplete="off">
<label for="locale">Language</label>
<select id="locale" name="locale">
<option value="nl"${sample.locale === 'nl' && html` selected`}>Nederlands</option>
<option value="en"${sample.locale === 'en' && html` selected`}>English</option>
</select>
<label for="sender">Sender</label>
<input id="sender" name="sender" value="${sample.sender}" required>
<label for="subject">Subject</label>
<input id="subject" name="subject" value="${sample.subject}" required>
<label for="body">Confidential message</label>
<textarea id="body" name="body" rows="6" required>${sample.body}</textarea>
<button>Send</button>
</form>`;

const places = ({ publicUrl, temporalUi, mailbox, phone }: StartPage) => html`
<h2>2. Be the person</h2>
<ul>
${mailbox && html`<li><a href="/mailbox">Mailbox</a>: every mail arrives here; open the invitation and press its button.</li>`}
${phone && html`<li><a href="/phone">Phone</a>: every SMS arrives here, and it has an authenticator app.</li>`}
<li><a href="${new URL('/sign-in', publicUrl).href}">Sign in</a>: for somebody who has finished.</li>
</ul>
<h2>3. Be the operator</h2>
<ul>
${
  temporalUi &&
  html`<li><a href="${temporalUi}/namespaces/default/workflows">All people on their way</a>, in the Temporal UI.</li>
<li>Only some of them:<ul>${filterLinks(temporalUi)}</ul></li>`
}
<li><a href="${new URL('/api/v1/openapi.json', publicUrl).href}">The API's description</a> (OpenAPI). The sample key is in <code>.instap/api-key</code>.</li>
</ul>`;

/** Made anew at each view, because "since 3 days" moves on. */
const filterLinks = (ui: string) =>
  filters(new Date()).map(
    (filter) =>
      html`<li><a href="${filterLink(filter, { ui, namespace: 'default' })}">${filter.name}</a>: ${filter.does}.</li>`,
  );
