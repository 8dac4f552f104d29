/** "I can't do this": told to the sender and shown to the operator, so nobody is left alone. */
import { type Onboarding, wasAcknowledged } from '../../db/onboardings.ts';
import { HELP_REASONS, type HelpReason } from '../../domain/problems.ts';
import { type Ctx, field, participant, seeOther, type Web } from '../context.ts';
import { CONTINUE, takeStep } from '../middleware/guard.ts';
import { countAttempt } from '../middleware/limits.ts';
import type { Guard } from '../route.ts';
import { button, choices, errorSummary, form } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { WORDS as SHARED } from '../ui/words.ts';

const HELP_ASKED = '/onboarding/help/asked';

const nl = {
  title: 'Dit lukt mij niet',
  intro:
    'Geen probleem. Kies wat er aan de hand is. De organisatie die u het bericht stuurde, krijgt dit te zien en kan u helpen. Wat u al hebt gedaan, is bewaard.',
  legend: 'Wat is er aan de hand?',
  reasons: {
    'no-phone': 'Ik heb geen mobiele telefoon',
    'lost-phone': 'Ik ben mijn telefoon kwijt of heb een andere',
    'no-sms': 'De SMS komt niet aan',
    'no-app': 'De authenticatie-app lukt niet',
    'temporary-password': 'Het tijdelijke wachtwoord werkt niet',
    other: 'Iets anders',
  } satisfies Record<HelpReason, string>,
  send: 'Om hulp vragen',
  errors: {
    choose: 'Kies wat er aan de hand is.',
    'too-often':
      'U hebt vandaag al vaak om hulp gevraagd. De organisatie heeft dat gezien en kan u helpen. Is er morgen nog iets anders aan de hand, laat het dan opnieuw weten.',
  },
};
const en: typeof nl = {
  title: "I can't do this",
  intro:
    'No problem. Choose what the problem is. The organisation that sent you the message can see this and can help you. What you have already done is saved.',
  legend: 'What is the problem?',
  reasons: {
    'no-phone': 'I do not have a mobile phone',
    'lost-phone': 'I have lost my phone or have a different one',
    'no-sms': 'The SMS does not arrive',
    'no-app': 'I cannot get the authenticator app to work',
    'temporary-password': 'The temporary password does not work',
    other: 'Something else',
  },
  send: 'Ask for help',
  errors: {
    choose: 'Choose what the problem is.',
    'too-often':
      'You have asked for help many times today. The organisation has seen that and can help you. If there is another problem tomorrow, tell us again.',
  },
};
const WORDS = { nl, en };

function showForm(ctx: Ctx, refused?: keyof typeof nl.errors): void {
  const words = WORDS[ctx.state.locale];
  const errors = { reason: refused && words.errors[refused] };
  showPage(ctx, {
    title: words.title,
    rejected: Boolean(refused),
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1><p>${words.intro}</p>
${form(ctx, {
  body: html`${choices({ name: 'reason', legend: words.legend, value: '', options: Object.entries(words.reasons), error: errors.reason })}
<div class="actions">${button(words.send)}<a class="secondary" href="${CONTINUE}">${SHARED[ctx.state.locale].back}</a></div>`,
})}`,
  });
}

const isAskedAlready = (row: Onboarding, reason: HelpReason): boolean =>
  row.helpAskedAt !== null && row.helpReason === reason && !wasAcknowledged(row, 'helpAsked');

export const showHelp = (ctx: Ctx): void => showForm(ctx);

const reasonIn = (ctx: Ctx): HelpReason => field(ctx, 'reason') as HelpReason;

/** A reason was chosen, and it has not been reported yet. */
export const requireNewReason: Guard = async (ctx, _web, next) => {
  const reason = reasonIn(ctx);
  if (!HELP_REASONS.includes(reason)) return showForm(ctx, 'choose');
  if (isAskedAlready(participant(ctx).onboarding, reason)) return seeOther(ctx, HELP_ASKED);
  await next();
};

/** Each change of reason is reported to senders and Temporal, so alternating between reasons needs a limit. */
export const limitHelp: Guard = async (ctx, web, next) => {
  const { id, personId } = participant(ctx).onboarding;
  const counted = await countAttempt(web, 'help', id, { personId });
  if (!counted.allowed) return showForm(ctx, 'too-often');
  await next();
};

export async function askHelp(ctx: Ctx, web: Web): Promise<void> {
  const reason = reasonIn(ctx);
  await takeStep(ctx, web, async (_tx, row) => {
    if (isAskedAlready(row, reason)) return { refused: 'already' };
    return {
      signal: 'helpAsked',
      event: 'help.asked',
      facts: { helpAsked: true },
      tell: { type: 'onboarding.help_asked', data: { reason } },
      columns: { helpReason: reason },
      details: { reason },
    };
  });
  seeOther(ctx, HELP_ASKED);
}
