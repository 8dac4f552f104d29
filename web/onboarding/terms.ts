/** The terms of use: agreed to once a version, with proof of the very text. */
import { acceptNewTerms, recordConfirmedAcceptance, recordTermsAcceptance } from '../../db/terms.ts';
import type { Step } from '../../domain/steps.ts';
import { dateInWords } from '../../domain/times.ts';
import { type Ctx, field, participant, seeOther, sessionOf, type Web } from '../context.ts';
import { PATHS, takeStep, toCurrentStep } from '../middleware/guard.ts';
import { form } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';
import { showNotice } from '../ui/notices.ts';

const nl = {
  title: 'Gebruiksvoorwaarden',
  intro: 'Lees de voorwaarden. Als u akkoord gaat, kunt u verder.',
  version: (version: string) => `Versie van ${version}`,
  changed: 'De voorwaarden zijn veranderd sinds u akkoord ging. Lees ze nog eens.',
  agree: 'Akkoord',
  disagree: 'Ik ga niet akkoord',
};
const en: typeof nl = {
  title: 'Terms of use',
  intro: 'Read the terms. If you agree, you can continue.',
  version: (version) => `Version of ${version}`,
  changed: 'The terms have changed since you agreed. Please read them again.',
  agree: 'I agree',
  disagree: 'I do not agree',
};
export const WORDS = { nl, en };

const DECLINED = `${PATHS.terms}/declined`;

type Shown = { step?: Step; again: boolean; signedIn?: boolean };

function showForm(ctx: Ctx, web: Web, { again, ...frame }: Shown): void {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const { version, texts } = web.terms;
  const date = dateInWords(new Date(version), { locale, timeZone: 'UTC' });
  const answer = (value: 'yes' | 'no', label: string, kind: 'primary' | 'secondary') =>
    form(ctx, { body: html`<button class="${kind}" name="accept" value="${value}">${label}</button>` });
  showPage(ctx, {
    title: words.title,
    onboarding: frame.step !== undefined,
    ...frame,
    body: html`<h1>${words.title}</h1>
${again && note('note', words.changed)}
<p>${words.intro}</p>
<div class="terms" tabindex="0" role="region" aria-label="${words.title}">${texts[locale].markup}</div>
<p class="soft">${words.version(date)}</p>
<div class="actions">${answer('yes', words.agree, 'primary')}${answer('no', words.disagree, 'secondary')}</div>`,
  });
}

/** The proof: version, hash of the exact text, and language; the database adds the time. */
function acceptance(ctx: Ctx, web: Web, personId: string) {
  const { version, texts } = web.terms;
  const { locale } = ctx.state;
  return { personId, version, hash: texts[locale].hash, locale };
}

export function showTerms(ctx: Ctx, web: Web): void {
  showForm(ctx, web, { step: 'terms', again: participant(ctx).facts.passwordChanged });
}

export async function answerTerms(ctx: Ctx, web: Web): Promise<void> {
  const { person } = participant(ctx);
  const accept = field(ctx, 'accept');
  if (accept !== 'yes') return seeOther(ctx, accept === 'no' ? DECLINED : PATHS.terms);
  const proof = acceptance(ctx, web, person.id);
  await takeStep(ctx, web, async (tx, row) => {
    if (row.termsAcceptedAt) return { refused: 'already' };
    // A person who has already proven the password needs no further confirmation of a newer version.
    const record = row.passwordChangedAt ? recordConfirmedAcceptance : recordTermsAcceptance;
    return {
      signal: 'termsAccepted',
      event: 'terms.accepted',
      facts: { termsAccepted: true },
      tell: { type: 'onboarding.step_completed', data: { step: 'terms' } },
      details: { version: proof.version, locale: proof.locale },
      besides: record(tx, proof),
    };
  });
  toCurrentStep(ctx);
}

/** A newer version for somebody with an account: asked at the next sign-in. */
export const showNewTerms = (ctx: Ctx, web: Web): void => showForm(ctx, web, { again: true, signedIn: true });

export async function answerNewTerms(ctx: Ctx, web: Web): Promise<void> {
  if (field(ctx, 'accept') !== 'yes') return showNotice(ctx, 'declinedNew');
  await acceptNewTerms(web.db, acceptance(ctx, web, sessionOf(ctx).personId));
  seeOther(ctx, '/messages');
}
