/** After the last step: the account is opened by the workflow, mostly at once; then on to the message. */
import { setTimeout as wait } from 'node:timers/promises';
import type Router from '@koa/router';
import { oldestUnread } from '../../db/messages.ts';
import { onboardingOf } from '../../db/onboardings.ts';
import { type Ctx, type State, seeOther, traveller, type Web } from '../context.ts';
import { FINISHED, pathOf, travelling } from '../middleware/guard.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';
import { WORDS as SHARED } from '../ui/words.ts';

/** The page waits this long itself, so most people never see it. */
const WAIT_MS = 2_000;
const LOOK_EVERY_MS = 50;
/** Then the browser asks again: with JavaScript … */
const ASK_AGAIN = '2s';
/** … and without, less and less often, and no longer after an hour: a mail comes anyway. */
const LOAD_AGAIN_AFTER_S = 4;
const LOADS_AGAIN_FOR_S = 60 * 60;

const READY = `${FINISHED}/ready`;

const nl = {
  title: 'Alles is opgeslagen',
  text: 'Uw toegang wordt nu geopend. Dat duurt meestal een paar tellen; u gaat dan vanzelf naar uw bericht.',
  close: 'Duurt het langer? Dan kunt u deze pagina sluiten. We sturen u een e-mail als uw toegang klaar is.',
};
const en: typeof nl = {
  title: 'Everything is saved',
  text: 'Your access is being opened now. That usually takes a few seconds; then your message opens by itself.',
  close: 'Does it take longer? Then you can close this page. We will mail you when your access is ready.',
};
const WORDS = { nl, en };

/** Where the person goes once the account is open. */
async function destination({ db }: Web, personId: string): Promise<string | undefined> {
  const row = await onboardingOf(db, personId);
  if (row?.status !== 'completed') return undefined;
  const unread = await oldestUnread(db, personId);
  return unread ? `/messages/${unread}` : '/messages';
}

async function soon(web: Web, personId: string): Promise<string | undefined> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const path = await destination(web, personId);
    if (path || Date.now() > until) return path;
    await wait(LOOK_EVERY_MS);
  }
}

export function finished(router: Router<State>, web: Web): void {
  const guard = travelling(web, { enough: true });

  router.get(FINISHED, guard, async (ctx) => {
    const { person, standing } = traveller(ctx);
    if (standing.current !== 'activate') return seeOther(ctx, pathOf(standing));
    const path = await soon(web, person.id);
    if (path) return seeOther(ctx, path);
    showSaved(ctx, web);
  });

  router.get(READY, guard, async (ctx) => {
    const path = await destination(web, traveller(ctx).person.id);
    if (path) ctx.set('HX-Redirect', path);
    ctx.status = path ? 200 : 204;
    if (path) ctx.body = SHARED[ctx.state.locale].messages;
  });
}

/** `savedAt` is the database's clock and now is ours: good enough for a pace. */
function loadAgainAfterS(savedAt: Date | null): number | undefined {
  const waitedS = savedAt ? (Date.now() - savedAt.getTime()) / 1_000 : 0;
  return waitedS > LOADS_AGAIN_FOR_S ? undefined : Math.max(LOAD_AGAIN_AFTER_S, Math.round(waitedS / 2));
}

function showSaved(ctx: Ctx, web: Web): void {
  const words = WORDS[ctx.state.locale];
  showPage(ctx, {
    title: words.title,
    onboarding: true,
    helpContact: web.config.HELP_CONTACT,
    loadAgainAfterS: loadAgainAfterS(traveller(ctx).onboarding.profileSavedAt),
    body: html`<h1>${words.title}</h1>
${note('good', words.text, html` hx-get="${READY}" hx-trigger="every ${ASK_AGAIN}" hx-swap="none"`)}
<p>${words.close}</p>`,
  });
}
