/** What a person is told about an SMS on its way: said by the page itself, within seconds, and without JavaScript. */
import type { Locale } from '../../db/people.ts';
import { type Purpose, type SmsCode, secondsUntilResend } from '../../db/smsCodes.ts';
import type { SmsFailure } from '../../db/smsFailures.ts';
import { type Html, html } from '../../html.ts';
import type { Web } from '../context.ts';
import { smsRules } from '../smsRules.ts';

/** A code that was superseded is never the newest one, which is what pages show. */
type Shown = Exclude<SmsFailure, 'superseded'>;
type Todo = 'otherNumber' | 'again' | 'fresh' | 'patience';

/** What helps, by what went wrong. Who signs in cannot change the number, and has the app or not. */
const HELPS: Record<Shown, Todo> = {
  'bad-number': 'otherNumber',
  blocked: 'again',
  country: 'otherNumber',
  unreachable: 'again',
  refused: 'again',
  'not-delivered': 'again',
  delayed: 'patience',
  'too-late': 'fresh',
};

const nl = {
  onItsWay: 'De SMS is onderweg.',
  sent: 'De SMS is verstuurd. Het kan een minuut duren voordat hij er is.',
  delivered: 'De SMS is op uw telefoon aangekomen.',
  newest: 'Hebt u meer codes gekregen? Alleen de nieuwste telt.',
  expired: 'De laatste code is verlopen. Laat een nieuwe sturen.',
  failed: {
    'bad-number': 'De SMS kon niet worden verstuurd: dit nummer kan geen SMS ontvangen.',
    blocked:
      'Uw telefoon of uw telefoonprovider houdt onze SMS tegen. Hebt u ooit STOP geantwoord? Antwoord dan START op dat bericht.',
    country: 'De SMS kon niet worden verstuurd: naar dit land kunnen we geen SMS sturen.',
    unreachable: 'De SMS is niet aangekomen. Staat uw telefoon aan en hebt u bereik?',
    refused: 'De SMS kon niet worden verstuurd.',
    'not-delivered': 'De SMS is niet aangekomen.',
    delayed: 'De SMS kan nu niet worden verstuurd. We blijven het een paar minuten proberen.',
    'too-late': 'De SMS kon niet op tijd worden verstuurd.',
  } satisfies Record<Shown, string>,
  todo: {
    enrol: {
      otherNumber: 'Wijzig het nummer of gebruik de app.',
      again: 'Laat hem opnieuw sturen, wijzig het nummer of gebruik de app.',
      fresh: 'Laat een nieuwe sturen of gebruik de app.',
      patience: 'U kunt ook de app gebruiken.',
    },
    'sign-in': {
      otherNumber: 'Gebruik de app als u die hebt ingesteld, of vraag hulp.',
      again:
        'Laat hem opnieuw sturen. Lukt dat niet, gebruik dan de app als u die hebt ingesteld, of vraag hulp.',
      fresh: 'Laat een nieuwe sturen.',
      patience: 'Hebt u de app ingesteld, dan kunt u die ook gebruiken.',
    },
  } satisfies Record<Purpose, Record<Todo, string>>,
  wait: (seconds: number) => `Opnieuw sturen kan over ${seconds} seconden.`,
};
const en: typeof nl = {
  onItsWay: 'The SMS is on its way.',
  sent: 'The SMS was sent. It can take a minute to arrive.',
  delivered: 'The SMS has arrived on your phone.',
  newest: 'Did you get more than one code? Only the newest counts.',
  expired: 'The last code has expired. Have a new one sent.',
  failed: {
    'bad-number': 'The SMS could not be sent: this number cannot receive SMS.',
    blocked:
      'Your phone or your phone company blocks our SMS. Did you once answer STOP? Then answer START to that message.',
    country: 'The SMS could not be sent: we cannot send SMS to this country.',
    unreachable: 'The SMS did not arrive. Is your phone on and does it have a signal?',
    refused: 'The SMS could not be sent.',
    'not-delivered': 'The SMS did not arrive.',
    delayed: 'The SMS cannot be sent right now. We keep trying for a few minutes.',
    'too-late': 'The SMS could not be sent in time.',
  },
  todo: {
    enrol: {
      otherNumber: 'Change the number or use the app.',
      again: 'Have it sent again, change the number or use the app.',
      fresh: 'Have a new one sent or use the app.',
      patience: 'You can also use the app.',
    },
    'sign-in': {
      otherNumber: 'Use the app if you have set it up, or ask for help.',
      again: 'Have it sent again. If that fails, use the app if you have set it up, or ask for help.',
      fresh: 'Have a new one sent.',
      patience: 'If you have set up the app, you can also use that.',
    },
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
    const shown = shownFailure(code, code.failure);
    return {
      words: `${words.failed[shown]} ${words.todo[purpose][HELPS[shown]]}`,
      waitS,
      settled: shown !== 'delayed',
      bad: true,
    };
  }
  if (code.expired) return { words: words.expired, waitS, settled: true, bad: true };
  if (code.deliveredAt)
    return { words: `${words.delivered} ${words.newest}`, waitS, settled: waitS === 0, bad: false };
  if (code.sentAt) return { words: `${words.sent} ${words.newest}`, waitS, settled: false, bad: false };
  return { words: words.onItsWay, waitS, settled: false, bad: false };
}

/** Tried again until the code is dead: then it was too late. */
function shownFailure({ expired }: SmsCode, failure: SmsFailure): Shown {
  return failure === 'superseded' || (failure === 'delayed' && expired) ? 'too-late' : failure;
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
