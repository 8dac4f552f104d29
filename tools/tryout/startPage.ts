/** The first page of the trial: what Instap is, a message to send, and what to do next in each role. */
import type Router from '@koa/router';
import { type Html, html } from '../../web/ui/html.ts';
import { filterLinks } from '../local/filterLinks.ts';
import {
  type Answer,
  SAMPLE,
  SAMPLE_CLIENT,
  SAMPLES,
  type Sample,
  sampleIn,
  sendSample,
} from '../local/sample.ts';
import { page } from './page.ts';

export type StartPage = {
  publicUrl: string;
  apiKey: string;
  /** The Temporal UI, if this start has one. */
  temporalUi?: string;
  timeZone: string;
  /** Whether mail and SMS arrive on the trial's own pages. */
  mailbox: boolean;
  phone: boolean;
  /** The length of a day, which the page states when days are shortened. */
  day?: string;
};

export function startPage(router: Router, known: () => StartPage | undefined): void {
  router.get('/', (ctx) => {
    ctx.body = show(known(), SAMPLE);
  });

  router.post('/', async (ctx) => {
    const start = known();
    const sample = inItsLanguage({ ...SAMPLE, ...(ctx.request.body as Partial<Sample>) });
    const answer = start && (await sendSample(sample, start));
    ctx.status = answer?.accepted ? 200 : 502;
    ctx.body = show(start, sample, answer);
  });
}

/** The sample's own text in the chosen language; any other text unchanged. */
function inItsLanguage(sample: Sample): Sample {
  // Browsers send line breaks as CR LF.
  const body = sample.body.replaceAll('\r\n', '\n');
  const untouched = Object.values(SAMPLES).some(
    (own) => own.sender === sample.sender && own.subject === sample.subject && own.body === body,
  );
  if (!untouched) return { ...sample, body };
  return { ...sampleIn(sample.locale), email: sample.email };
}

function show(start: StartPage | undefined, sample: Sample, answer?: Answer): string {
  if (!start)
    return page({ title: 'Starting', place: '/' }, html`<h1>Starting …</h1><p>Reload in a moment.</p>`);
  return page(
    { title: 'Start', place: '/' },
    html`<h1>Try out Instap</h1>
${answer && result(answer, start)}
<p class="lead">Instap takes somebody who has never signed in from an invitation mail to reading a confidential message.
The sender's system makes one call. Instap does the rest: people can stop and continue days later on another device,
reminders follow, and operators see who is stuck, where and why.</p>
${start.day && html`<p class="lead"><strong>A day lasts ${start.day}</strong> in this run, so reminders and expiry come quickly.</p>`}
<ol class="way" aria-label="What happens to a message">${WAY.map(([name, what]) => html`<li><strong>${name}</strong> ${what}</li>`)}</ol>
<div class="columns">
<section aria-labelledby="send">${form(sample)}</section>
<section aria-labelledby="follow">${follow(start)}</section>
<section aria-labelledby="watch">${watch(start)}</section>
<section aria-labelledby="difficult">${DIFFICULT}</section>
</div>`,
  );
}

const WAY = [
  ['Message', 'The sender’s system posts it to the API.'],
  ['Invitation', 'A mail with a link and a temporary password.'],
  ['Terms and password', 'The person agrees and chooses a password.'],
  ['Second step', 'A code by SMS, an authenticator app, or both.'],
  ['Profile', 'A few details, once.'],
  ['Read', 'The message opens, and the sender is told.'],
] as const;

function result(answer: Answer, start: StartPage): Html {
  if (!answer.accepted)
    return html`<section class="answer" role="alert"><h2>Not accepted</h2>
<p class="problem">The API answered ${answer.status || 'nothing'}:</p><pre>${answer.text}</pre></section>`;
  return html`<section class="answer" role="status"><h2>Accepted</h2>
<p>Now follow the invitation, as the person does.</p>
${start.mailbox ? html`<p><a class="button" href="/mailbox">Open the mailbox</a></p>` : html`<p>It has gone to your mail server.</p>`}
<details><summary>What the API answered: ${answer.status}</summary><pre>${answer.text}</pre></details></section>`;
}

const form = (sample: Sample) => html`
<h2 id="send">1. Send a message <small>as the sender’s system</small></h2>
<form method="post" action="/">
<label for="email">To (any address)</label>
<input id="email" name="email" type="email" value="${sample.email}" required autocomplete="off">
<label for="locale">Language of the person</label>
<select id="locale" name="locale">
<option value="nl"${sample.locale === 'nl' && html` selected`}>Nederlands</option>
<option value="en"${sample.locale === 'en' && html` selected`}>English</option>
</select>
<details><summary>What the message says</summary>
<label for="sender">Sender</label>
<input id="sender" name="sender" value="${sample.sender}" required>
<label for="subject">Subject</label>
<input id="subject" name="subject" value="${sample.subject}" required>
<label for="body">Confidential message</label>
<textarea id="body" name="body" rows="7" required>${sample.body}</textarea>
</details>
<button>Send the message</button>
<p class="faint">It goes through the real API, from “${SAMPLE_CLIENT}”, whose key is in <code>.instap/api-key</code>.</p>
</form>`;

const follow = ({ publicUrl, mailbox, phone }: StartPage) => html`
<h2 id="follow">2. Follow the invitation <small>as the person</small></h2>
<ol>
<li>${mailbox ? html`Open the <a href="/mailbox">mailbox</a>` : 'Check your mail'}, open the invitation and press its button.</li>
<li>Agree to the terms. Choose a password; the temporary one is in the mail.</li>
<li>${phone ? html`Enter a Dutch mobile number, such as 06 12345678. The code arrives on the <a href="/phone">phone</a>.` : 'Enter your mobile number and the code that arrives.'}</li>
<li>Copy the secret key into the authenticator app${phone && html` on the <a href="/phone#app">phone</a>`} and enter the token that it shows.</li>
<li>Complete the profile. The message opens.</li>
</ol>
<p>Already finished? <a href="${new URL('/sign-in', publicUrl).href}">Sign in</a>.</p>`;

const watch = ({ publicUrl, temporalUi, ...when }: StartPage) => html`
<h2 id="watch">3. Watch <small>as the operator</small></h2>
<ul>
${
  temporalUi &&
  html`<li><a href="${temporalUi}/namespaces/default/workflows">Everybody who has not finished</a>, in the Temporal UI: each is one durable workflow.</li>
<li>Only some of them:<ul>${filterLinks(temporalUi, when).map(({ name, does, url }) => html`<li><a href="${url}">${name}</a>: ${does}.</li>`)}</ul></li>`
}
<li><a href="${new URL('/api/v1/openapi.json', publicUrl).href}">The API’s description</a> (OpenAPI), for the sender’s side.</li>
</ul>`;

const DIFFICULT = html`
<h2 id="difficult">4. Make it difficult</h2>
<ul>
<li>Close the browser halfway. Open the link again, in another browser.</li>
<li>Skip both SMS and app.</li>
<li>Enter the number <code>06 1234 0001</code>, or write to <code>anna@refused.example</code>: neither can be reached.</li>
<li>Press “this is not me”, or “I can’t do this”.</li>
<li>Turn off JavaScript, and click every button three times.</li>
<li>Start with <code>npm start -- --day=20s</code>: reminders and expiry within five minutes.</li>
</ul>`;
