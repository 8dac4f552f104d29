/** After the last step: the workflow opens the account, usually at once; then on to the message. */
import { setTimeout as wait } from 'node:timers/promises';
import { oldestUnread } from '../../db/messages.ts';
import { onboardingOf } from '../../db/onboardings.ts';
import { type Ctx, participant, seeOther, type Web } from '../context.ts';
import { FINISHED, pathOf } from '../middleware/guard.ts';
import { type Html, html, render } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';
import { WORDS as SHARED } from '../ui/words.ts';

/** The page waits this long before it answers, so most people never see it. */
const WAIT_MS = 2_000;
const LOOK_EVERY_MS = 50;
/** After that the browser asks again: with JavaScript … */
const ASK_AGAIN = '2s';
/** … and without, less and less often, and not after an hour, because a mail comes by then. */
const LOAD_AGAIN_AFTER_S = 4;
const LOADS_AGAIN_FOR_S = 60 * 60;

const READY = `${FINISHED}/ready`;

const nl = {
  title: 'Alles is opgeslagen',
  soon: 'Uw toegang wordt nu geopend. Dat duurt meestal een paar tellen. Daarna gaat u vanzelf naar uw bericht.',
  late: 'Het openen van uw toegang duurt langer dan anders. U hoeft niets opnieuw te doen. Wilt u niet wachten? Dan kunt u deze pagina sluiten. We sturen u een e-mail als uw toegang klaar is.',
};
const en: typeof nl = {
  title: 'Everything is saved',
  soon: 'We are opening your account. This usually takes a few seconds. Your message then opens by itself.',
  late: 'Opening your account is taking longer than usual. You do not have to do anything again. If you do not want to wait, you can close this page. We will e-mail you when your account is ready.',
};
export const WORDS = { nl, en };

/** `late`: the account opens so late that the workflow mails the person. */
type Pace = 'soon' | 'late';

/** Where the person goes once the account is open; until then how long it has been awaited, in milliseconds. */
type Opening = { path: string } | { waitedMs: number };

async function opening({ db }: Web, personId: string): Promise<Opening> {
  const row = await onboardingOf(db, personId);
  if (row?.status !== 'completed')
    return { waitedMs: row?.profileSavedAt ? row.asOf.getTime() - row.profileSavedAt.getTime() : 0 };
  const unread = await oldestUnread(db, personId);
  return { path: unread ? `/messages/${unread}` : '/messages' };
}

async function waitForOpening(web: Web, personId: string): Promise<Opening> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const found = await opening(web, personId);
    if ('path' in found || Date.now() > until) return found;
    await wait(LOOK_EVERY_MS);
  }
}

/** The same condition as for the mail, so that no mail is promised that does not come. */
const paceOf = ({ config }: Web, waitedMs: number): Pace =>
  waitedMs > config.TELL_WHEN_LATER_THAN ? 'late' : 'soon';

export async function showFinished(ctx: Ctx, web: Web): Promise<void> {
  const { person, standing } = participant(ctx);
  if (standing.current !== 'activate') return seeOther(ctx, pathOf(standing));
  const found = await waitForOpening(web, person.id);
  if ('path' in found) return seeOther(ctx, found.path);
  showSaved(ctx, web, found.waitedMs);
}

/** Answers the page's request for news: with where to go, with a new box, or with nothing. */
export async function answerReady(ctx: Ctx, web: Web): Promise<void> {
  const found = await opening(web, participant(ctx).person.id);
  ctx.type = 'text/html; charset=utf-8';
  if ('path' in found) {
    ctx.set('HX-Redirect', found.path);
    ctx.body = SHARED[ctx.state.locale].messages;
    return;
  }
  const pace = paceOf(web, found.waitedMs);
  if (ctx.query.told === pace) ctx.status = 204;
  else ctx.body = render(box(ctx, pace));
}

/** The status box. Every few seconds htmx requests a new one, and where to go. */
const box = (ctx: Ctx, pace: Pace): Html =>
  note(
    pace === 'soon' ? 'good' : 'note',
    WORDS[ctx.state.locale][pace],
    html` hx-get="${READY}?told=${pace}" hx-trigger="every ${ASK_AGAIN}" hx-swap="outerHTML" hx-target="this"`,
  );

/** Seconds until the page reloads itself, without JavaScript. */
function loadAgainAfterS(waitedMs: number): number | undefined {
  const waitedS = waitedMs / 1_000;
  return waitedS > LOADS_AGAIN_FOR_S ? undefined : Math.max(LOAD_AGAIN_AFTER_S, Math.round(waitedS / 2));
}

function showSaved(ctx: Ctx, web: Web, waitedMs: number): void {
  const { title } = WORDS[ctx.state.locale];
  showPage(ctx, {
    title,
    onboarding: true,
    loadAgainAfterS: loadAgainAfterS(waitedMs),
    // Everything around the box stays, so that screen readers announce each new one.
    body: html`<h1>${title}</h1>
<div role="status">${box(ctx, paceOf(web, waitedMs))}</div>`,
  });
}
