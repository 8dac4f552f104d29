/** What the page tells a person about an SMS on its way, within seconds and without JavaScript. */

import { type Purpose, type SmsCode, secondsUntilResend } from '../../db/smsCodes.ts';
import type { SmsFailure } from '../../db/smsFailures.ts';
import type { Locale } from '../../domain/locale.ts';
import { type Ctx, seeOther, type Web } from '../context.ts';
import { readCookie, setCookie } from '../middleware/cookies.ts';
import { smsRules } from '../smsRules.ts';
import { type Html, html, render } from '../ui/html.ts';
import { note } from '../ui/note.ts';
import { wordsKeyOf } from './purpose.ts';

/** A superseded code is never the newest one, which is what pages show. */
type Shown = Exclude<SmsFailure, 'superseded'>;
/** Nothing more to wait for: the page says what to do now. */
type Ended = Exclude<Shown, 'delayed'> | 'expired';
export type Todo = 'otherNumber' | 'again' | 'fresh' | 'patience';

/** What helps, by what went wrong. At sign-in the number cannot be changed, and the app may be set up or not. */
const HELPS: Record<Shown | 'expired', Todo> = {
  'bad-number': 'otherNumber',
  blocked: 'again',
  country: 'otherNumber',
  unreachable: 'again',
  refused: 'again',
  'not-delivered': 'again',
  delayed: 'patience',
  'too-late': 'fresh',
  expired: 'fresh',
};

const nl = {
  onItsWay: 'De SMS is onderweg.',
  sent: 'De SMS is verstuurd. Het kan een minuut duren voordat hij er is.',
  delivered: 'De SMS is op uw telefoon aangekomen.',
  newest: 'Hebt u meer codes gekregen? Alleen de nieuwste werkt.',
  titles: {
    'bad-number': 'Dit nummer kan geen SMS ontvangen',
    blocked: 'De SMS wordt tegengehouden',
    country: 'Naar dit land kunnen we geen SMS sturen',
    unreachable: 'De SMS is niet aangekomen',
    refused: 'De SMS kon niet worden verstuurd',
    'not-delivered': 'De SMS is niet aangekomen',
    'too-late': 'De SMS kon niet op tijd worden verstuurd',
    expired: 'De code is verlopen',
  } satisfies Record<Ended, string>,
  details: {
    blocked:
      'Uw telefoon of uw telefoonprovider houdt onze SMS tegen. Hebt u ooit STOP geantwoord? Antwoord dan START op dat bericht.',
    unreachable: 'Staat uw telefoon aan en hebt u bereik?',
    delayed: 'De SMS kan nu niet worden verstuurd. We blijven het een paar minuten proberen.',
  },
  todo: {
    enrol: {
      otherNumber: 'Wijzig het nummer of gebruik de app.',
      again: 'Laat hem opnieuw sturen, wijzig het nummer of gebruik de app.',
      fresh: 'Laat een nieuwe sturen of gebruik de app.',
      patience: 'U kunt ook de app gebruiken.',
    },
    prove: {
      otherNumber: 'Gebruik de app als u die hebt ingesteld, of vraag om hulp.',
      again:
        'Laat hem opnieuw sturen. Lukt dat niet, gebruik dan de app als u die hebt ingesteld, of vraag om hulp.',
      fresh: 'Laat een nieuwe sturen.',
      patience: 'Hebt u de app ingesteld, dan kunt u die ook gebruiken.',
    },
  } satisfies Record<ReturnType<typeof wordsKeyOf>, Record<Todo, string>>,
  wait: ['Opnieuw sturen kan over', 'seconden.'],
  tooSoon: 'We hebben net al een SMS gestuurd.',
  now: 'U kunt de SMS nu opnieuw laten sturen.',
  look: 'Kijk opnieuw',
};
const en: typeof nl = {
  onItsWay: 'The SMS is on its way.',
  sent: 'The SMS has been sent. It can take a minute to arrive.',
  delivered: 'The SMS has arrived on your phone.',
  newest: 'If you got more than one code, only the newest works.',
  titles: {
    'bad-number': 'This number cannot receive SMS',
    blocked: 'The SMS is being blocked',
    country: 'We cannot send SMS to this country',
    unreachable: 'The SMS did not arrive',
    refused: 'The SMS could not be sent',
    'not-delivered': 'The SMS did not arrive',
    'too-late': 'The SMS could not be sent in time',
    expired: 'The code has expired',
  },
  details: {
    blocked:
      'Your phone or your provider is blocking our SMS. If you once replied STOP, reply START to that message.',
    unreachable: 'Is your phone on and does it have a signal?',
    delayed: 'The SMS cannot be sent right now. We keep trying for a few minutes.',
  },
  todo: {
    enrol: {
      otherNumber: 'Change the number or use the app.',
      again: 'Send it again, change the number or use the app.',
      fresh: 'Ask for a new one or use the app.',
      patience: 'You can use the app instead.',
    },
    prove: {
      otherNumber: 'Use the app if you have set it up, or ask for help.',
      again: 'Send it again. If that does not work, use the app if you have set it up, or ask for help.',
      fresh: 'Ask for a new one.',
      patience: 'If you have set up the app, you can use that instead.',
    },
  },
  wait: ['You can send it again in', 'seconds.'],
  tooSoon: 'We have just sent an SMS.',
  now: 'You can send the SMS again now.',
  look: 'Check again',
};
export const WORDS = { nl, en };

/** Nothing was sent because it was requested too soon; the next page says so. */
const TOO_SOON = 'too-soon';
const TOLD_WITHIN_MS = 10_000;

/** How often the page asks for news. */
const LOOK_EVERY = '2s';
/**
 * Minimum seconds until the page reloads without JavaScript. A reload removes what is being typed, so it is only
 * frequent while no code can have come.
 */
const LOAD_AGAIN_AFTER_S = { 'on-its-way': 3, delayed: 10, sent: 20 };
/** The part of the code page that says what to do when no SMS comes; opened by bad news. */
export const NOT_RECEIVED = 'not-received';

export type Delivery = {
  /** The state that the page shows; only changes are sent. */
  state: State;
  words: string;
  waitS: number;
  bad: boolean;
  /** No code will come from this SMS: what happened, as a heading, and what helps. */
  ended?: { title: string; todo: Todo };
  /** Seconds until the page reloads without JavaScript; undefined when there will be no news. */
  loadAgainAfterS?: number;
};

/** Back to the code page after a resend. A second click ends there as well, so the message is not in the URL. */
export function afterResend(ctx: Ctx, given: { page: string; tooSoon: boolean }): void {
  if (given.tooSoon) setCookie(ctx, TOO_SOON, given.page, TOLD_WITHIN_MS);
  seeOther(ctx, given.page);
}

export function deliveryOf(ctx: Ctx, web: Web, code: SmsCode): Delivery {
  const { titles, tooSoon, wait } = WORDS[ctx.state.locale];
  const waitS = secondsUntilResend(code, smsRules(web.config));
  const state = stateOf(code);
  const delivery = {
    state,
    words: wordsOf(state, code.purpose, ctx.state.locale),
    waitS,
    bad: state === 'delayed',
  };
  if (isEnded(state)) return { ...delivery, bad: true, ended: { title: titles[state], todo: HELPS[state] } };
  // Less and less often: about twelve times in the life of a code, and not after it.
  const loadAgainAfterS =
    state === 'delivered'
      ? undefined
      : Math.max(LOAD_AGAIN_AFTER_S[state], Math.round(code.secondsWaited / 2));
  if (readCookie(ctx, TOO_SOON) !== ctx.path || waitS === 0) return { ...delivery, loadAgainAfterS };
  return { ...delivery, loadAgainAfterS, words: `${tooSoon} ${wait[0]} ${waitS} ${wait[1]}`, bad: true };
}

type Awaited = keyof typeof LOAD_AGAIN_AFTER_S;
type State = 'delivered' | Awaited | Ended;

const isEnded = (state: State): state is Ended => state in nl.titles;

/** A failing SMS is retried until the code expires; then it was too late. */
function stateOf({ failure, expired, deliveredAt, sentAt }: SmsCode): State {
  if (failure) return failure === 'superseded' || (failure === 'delayed' && expired) ? 'too-late' : failure;
  if (expired) return 'expired';
  if (deliveredAt) return 'delivered';
  return sentAt ? 'sent' : 'on-its-way';
}

/** The part that the heading does not already say. */
function wordsOf(state: State, purpose: Purpose, locale: Locale): string {
  const { onItsWay, sent, delivered, newest, todo, ...words } = WORDS[locale];
  if (state === 'on-its-way') return onItsWay;
  if (state === 'sent' || state === 'delivered') return `${state === 'sent' ? sent : delivered} ${newest}`;
  const details: Partial<Record<Ended | 'delayed', string>> = words.details;
  return [details[state], todo[wordsKeyOf(purpose)][HELPS[state]]].filter(Boolean).join(' ');
}

/** `page`: the page it is on, under which it asks for news. */
type Placed = { delivery: Delivery; page: string };

const newsOf = (page: string): string => `${page}/delivery`;

/** The box by itself. htmx requests a new one until nothing changes any more. */
function box({ delivery: { state, words, waitS, loadAgainAfterS, bad }, page }: Placed): Html {
  const look =
    loadAgainAfterS !== undefined &&
    html` hx-get="${newsOf(page)}?told=${state}" hx-trigger="every ${LOOK_EVERY}" hx-swap="outerHTML" hx-target="this"`;
  return note(
    bad ? 'wrong' : 'good',
    words,
    html`${look}${bad && html` data-opens="${NOT_RECEIVED}"`}${waitS === 0 && html` data-no-wait`}`,
  );
}

/** The box within its page. Everything around it stays, so that screen readers announce each new one. */
export function showDelivery({ locale, ...placed }: Placed & { locale: Locale }): Html {
  const look = html`<noscript><p><a href="${placed.page}">${WORDS[locale].look}</a></p></noscript>`;
  return html`<div id="delivery" role="status">${box(placed)}</div>${placed.delivery.loadAgainAfterS !== undefined && look}`;
}

/** Answers the page's request for news: with a new box, with nothing, or with a new page when no code will come. */
export function answerDelivery(ctx: Ctx, placed: Placed): void {
  if (ctx.query.told === placed.delivery.state) {
    ctx.status = 204;
    return;
  }
  const { delivery, page } = placed;
  const { ended } = delivery;
  if (ended) ctx.set('HX-Redirect', page);
  ctx.type = 'text/html; charset=utf-8';
  // By itself, without the page's heading, the box also says what happened.
  const words = ended ? `${ended.title}. ${delivery.words}` : delivery.words;
  ctx.body = render(box({ delivery: { ...delivery, words }, page }));
}

/** When another SMS may be requested; counts down by itself, silently. */
export function resendWait({ waitS }: Delivery, locale: Locale): Html | false {
  const { wait, now } = WORDS[locale];
  const [before, after] = wait;
  return (
    waitS > 0 &&
    html`<p class="soft" data-countdown="${waitS}" data-then="${now}">${before} <b>${waitS}</b> ${after}</p>`
  );
}
