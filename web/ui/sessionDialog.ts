/** The dialog that asks whether the person is still there, on every page of a session. */

import type { Ctx } from '../context.ts';
import { type Html, html } from './html.ts';
import { WORDS as SHARED } from './words.ts';

const nl = {
  title: 'Bent u er nog?',
  idle: 'Voor de veiligheid sluiten we deze pagina over {time}. Kies Verder om de pagina open te houden. Wat u hebt ingevuld, blijft staan.',
  last: 'U bent al lang bezig. Over {time} vragen we voor de veiligheid nog eens wie u bent. Sla eerst op wat u hebt ingevuld. Daarna gaat u verder waar u was.',
  ended:
    'Voor de veiligheid hebben we deze pagina gesloten. Wat u had opgeslagen, is bewaard. Kies Verder, dan leest u hoe u verdergaat.',
  minutes: '{n} minuten',
  minute: 'één minuut',
};
const en: typeof nl = {
  title: 'Are you still there?',
  idle: 'To keep you safe, we will close this page in {time}. Choose Continue to keep it open. What you have entered stays.',
  last: 'You have been signed in for a long time. To keep you safe, we will ask you to sign in again in {time}. Save what you have entered first. You will then continue where you stopped.',
  ended:
    'To keep you safe, we have closed this page. Everything you saved is still there. Choose Continue to see what to do next.',
  minutes: '{n} minutes',
  minute: 'one minute',
};
const WORDS = { nl, en };

/** Where its button posts to. */
export const SESSION = '/session';

/** Early enough to finish a sentence and find the button; half of a shorter session. */
const WARN_S = 5 * 60;

/** Closed until the page's script opens it. */
export function sessionDialog(ctx: Ctx): Html | false {
  const { ending, formToken, locale } = ctx.state;
  if (!ending) return false;
  const { title, idle, last, ended, minutes, minute } = WORDS[locale];
  const { idleS, leftS } = ending;
  return html`<dialog id="session-end" aria-labelledby="session-title" aria-describedby="session-words" data-idle-s="${idleS}" data-left-s="${leftS}" data-warn-s="${Math.min(WARN_S, idleS / 2)}" data-idle="${idle}" data-last="${last}" data-ended="${ended}" data-minutes="${minutes}" data-minute="${minute}">
<h2 id="session-title">${title}</h2>
<p id="session-words"></p>
<form method="post" action="${SESSION}" hx-post="${SESSION}" hx-boost="false" hx-target="body" hx-disable="findAll button"><input type="hidden" name="formToken" value="${formToken}"><button class="go-on">${SHARED[locale].goOn}</button></form>
</dialog>`;
}
