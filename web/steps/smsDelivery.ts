/** What a person is told about an SMS on its way: said by the page itself, within seconds, and without JavaScript. */
import type { Locale } from '../../db/people.ts';
import { type SmsCode, secondsUntilResend } from '../../db/smsCodes.ts';
import { type Html, html } from '../../html.ts';
import type { Web } from '../context.ts';
import { smsRules } from '../smsRules.ts';

const nl = {
  onItsWay: 'De SMS is onderweg.',
  sent: 'De SMS is verstuurd. Het kan een minuut duren voordat hij er is.',
  delivered: 'De SMS is op uw telefoon aangekomen.',
  newest: 'Hebt u meer codes gekregen? Alleen de nieuwste telt.',
  expired: 'De laatste code is verlopen. Laat een nieuwe sturen.',
  failed: {
    'bad-number':
      'De SMS kon niet worden verstuurd: dit nummer kan geen SMS ontvangen. Wijzig het nummer of gebruik de app.',
    refused:
      'De SMS kon niet worden verstuurd. Laat hem opnieuw sturen, wijzig het nummer of gebruik de app.',
    'not-delivered':
      'De SMS is niet aangekomen. Staat uw telefoon aan en hebt u bereik? Laat hem opnieuw sturen, wijzig het nummer of gebruik de app.',
    delayed:
      'De SMS kan nu niet worden verstuurd. We blijven het een paar minuten proberen. U kunt ook de app gebruiken.',
    'too-late': 'De SMS kon niet op tijd worden verstuurd. Laat een nieuwe sturen of gebruik de app.',
  },
  wait: (seconds: number) => `Opnieuw sturen kan over ${seconds} seconden.`,
};
const en: typeof nl = {
  onItsWay: 'The SMS is on its way.',
  sent: 'The SMS was sent. It can take a minute to arrive.',
  delivered: 'The SMS has arrived on your phone.',
  newest: 'Did you get more than one code? Only the newest counts.',
  expired: 'The last code has expired. Have a new one sent.',
  failed: {
    'bad-number':
      'The SMS could not be sent: this number cannot receive SMS. Change the number or use the app.',
    refused: 'The SMS could not be sent. Have it sent again, change the number or use the app.',
    'not-delivered':
      'The SMS did not arrive. Is your phone on and does it have a signal? Have it sent again, change the number or use the app.',
    delayed: 'The SMS cannot be sent right now. We keep trying for a few minutes. You can also use the app.',
    'too-late': 'The SMS could not be sent in time. Have a new one sent or use the app.',
  },
  wait: (seconds) => `It can be sent again in ${seconds} seconds.`,
};
const WORDS = { nl, en };

/** Between two looks of the page. */
const LOOK_EVERY = '2s';

export type Delivery = { words: string; waitS: number; settled: boolean; bad: boolean };

export async function deliveryOf(web: Web, code: SmsCode, locale: Locale): Promise<Delivery> {
  const words = WORDS[locale];
  const { personId, purpose, phone } = code;
  const waitS = await secondsUntilResend(web.db, { personId, purpose, phone, rules: smsRules(web.config) });
  if (code.failure) {
    const lost = code.failure !== 'delayed' || code.expired;
    return {
      words: words.failed[lost && code.failure === 'delayed' ? 'too-late' : code.failure],
      waitS,
      settled: lost,
      bad: true,
    };
  }
  if (code.expired) return { words: words.expired, waitS, settled: true, bad: true };
  if (code.deliveredAt)
    return { words: `${words.delivered} ${words.newest}`, waitS, settled: waitS === 0, bad: false };
  if (code.sentAt) return { words: `${words.sent} ${words.newest}`, waitS, settled: false, bad: false };
  return { words: words.onItsWay, waitS, settled: false, bad: false };
}

/** The line on the page; htmx fetches it anew from `path` until nothing changes any more. */
export function showDelivery({
  delivery,
  path,
  locale,
}: {
  delivery: Delivery;
  path: string;
  locale: Locale;
}): Html {
  const { words, waitS, settled, bad } = delivery;
  const poll =
    !settled && html` hx-get="${path}" hx-trigger="every ${LOOK_EVERY}" hx-swap="outerHTML" hx-target="this"`;
  return html`<p id="delivery" role="status" class="note${!bad && ' good'}"${poll}>${words}${waitS > 0 && ` ${WORDS[locale].wait(waitS)}`}</p>`;
}
