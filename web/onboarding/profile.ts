/** The person's details, asked once. Names are kept as typed. */
import { z } from 'zod';
import { type Profile, saveProfile } from '../../db/profiles.ts';
import { hasAccepted } from '../../db/terms.ts';
import { isOneLine, isVisible } from '../../domain/typed.ts';
import { type Ctx, field, participant, type Web } from '../context.ts';
import { takeStep, toCurrentStep } from '../middleware/guard.ts';
import { button, choices, errorSummary, type FieldErrors, form, inputField, textField } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { WORDS as SHARED } from '../ui/words.ts';

const LONGEST_INITIALS = 30;
const LONGEST_NAME = 100;
const LONGEST_REPLY = 2_000;

const nl = {
  title: 'Deelnemerinstellingen',
  intro: (email: string) =>
    `Vul één keer uw gegevens in. We delen ze met de organisaties die berichten sturen aan ${email}, zodat zij u goed kunnen aanspreken.`,
  gender: 'Geslacht',
  genders: { unknown: 'Onbekend', male: 'Man', female: 'Vrouw', other: 'Anders' },
  initials: 'Voorletters',
  initialsHint: 'Bijvoorbeeld J.E. of Chr.',
  firstName: 'Voornaam',
  prefix: 'Tussenvoegsels',
  prefixHint: 'Bijvoorbeeld van der. Niet verplicht.',
  lastName: 'Achternaam',
  absence: 'Afwezigheid',
  autoReply: 'Automatisch antwoorden bij afwezigheid',
  autoReplyHint: 'Wie u een bericht stuurt terwijl u weg bent, krijgt dan per e-mail dit antwoord.',
  autoReplyText: 'Tekst van het antwoord',
  from: 'Van (niet verplicht)',
  until: 'Tot en met (niet verplicht)',
  save: 'Opslaan',
  errors: {
    gender: 'Kies een van de mogelijkheden.',
    initials: 'Vul uw voorletters in, bijvoorbeeld J.E.',
    firstName: 'Vul uw voornaam in.',
    lastName: 'Vul uw achternaam in.',
    autoReplyText: 'Vul de tekst van het antwoord in, of haal het vinkje weg.',
    until: 'De einddatum ligt vóór de begindatum. Wijzig een van de twee.',
    date: 'Vul een datum in, bijvoorbeeld 24-12-2026.',
    tooLong: (longest: number) => `Dit is te lang. Gebruik hoogstens ${longest} tekens.`,
    signs: 'Gebruik hier gewone letters en tekens, op één regel.',
  },
};
const en: typeof nl = {
  title: 'Participant settings',
  intro: (email) =>
    `Enter your details once. We share them with the organisations that send messages to ${email}, so they can address you properly.`,
  gender: 'Gender',
  genders: { unknown: 'Unknown', male: 'Man', female: 'Woman', other: 'Other' },
  initials: 'Initials',
  initialsHint: 'For example J.E. or Chr.',
  firstName: 'First name',
  prefix: 'Surname prefix',
  prefixHint: 'For example van der. Optional.',
  lastName: 'Surname',
  absence: 'Absence',
  autoReply: 'Reply automatically when absent',
  autoReplyHint: 'Anyone who sends you a message while you are away gets this reply by e-mail.',
  autoReplyText: 'Text of the reply',
  from: 'From (optional)',
  until: 'Up to and including (optional)',
  save: 'Save',
  errors: {
    gender: 'Choose one of the options.',
    initials: 'Enter your initials, for example J.E.',
    firstName: 'Enter your first name.',
    lastName: 'Enter your surname.',
    autoReplyText: 'Enter the text of the reply, or untick the box.',
    until: 'The end date must be after the start date. Change one of them.',
    date: 'Enter a date, for example 24-12-2026.',
    tooLong: (longest) => `This must be ${longest} characters or fewer.`,
    signs: 'Use ordinary letters and characters, on one line.',
  },
};
const WORDS = { nl, en };
type Words = typeof nl;

type Typed = Record<
  | 'gender'
  | 'initials'
  | 'firstName'
  | 'prefix'
  | 'lastName'
  | 'autoReply'
  | 'autoReplyText'
  | 'autoReplyFrom'
  | 'autoReplyUntil',
  string
>;

const NOTHING: Typed = {
  gender: 'unknown',
  initials: '',
  firstName: '',
  prefix: '',
  lastName: '',
  autoReply: '',
  autoReplyText: '',
  autoReplyFrom: '',
  autoReplyUntil: '',
};

/** Only the page's fields: nothing else in a post can reach the profile (ASVS 15.3.3). */
const typedIn = (ctx: Ctx): Typed =>
  Object.fromEntries(Object.keys(NOTHING).map((name) => [name, field(ctx, name)])) as Typed;

/** Without its tick the page hides the auto-reply, so hidden fields are ignored. */
const counted = (typed: Typed): Typed =>
  typed.autoReply ? typed : { ...typed, autoReplyText: '', autoReplyFrom: '', autoReplyUntil: '' };

/** The profile, or all errors at once, each at its field. */
function readProfile(typed: Typed, words: Words): { profile: Profile } | { errors: FieldErrors } {
  const { errors } = words;
  const name = (longest: number) =>
    z
      .string()
      .trim()
      .max(longest, errors.tooLong(longest))
      .refine((text) => text === '' || (isVisible(text) && isOneLine(text)), errors.signs);
  // abort: an invalid date is not compared with the other one.
  const isoDate = z.iso.date({ error: errors.date, abort: true });
  const date = z.union([z.literal('').transform(() => null), isoDate], errors.date);
  const schema = z
    .object({
      gender: z.enum(['unknown', 'male', 'female', 'other'], errors.gender),
      initials: name(LONGEST_INITIALS).min(1, errors.initials),
      firstName: name(LONGEST_NAME).min(1, errors.firstName),
      prefix: name(LONGEST_NAME),
      lastName: name(LONGEST_NAME).min(1, errors.lastName),
      autoReply: z.string().transform((ticked) => ticked !== ''),
      autoReplyText: z.string().trim().max(LONGEST_REPLY, errors.tooLong(LONGEST_REPLY)),
      autoReplyFrom: date,
      autoReplyUntil: date,
    })
    .superRefine((given, ctx) => {
      const wrong = (field: keyof Typed, message: string) =>
        ctx.addIssue({ code: 'custom', path: [field], message });
      if (given.autoReply && !isVisible(given.autoReplyText)) wrong('autoReplyText', errors.autoReplyText);
      if (given.autoReplyFrom && given.autoReplyUntil && given.autoReplyUntil < given.autoReplyFrom)
        wrong('autoReplyUntil', errors.until);
    });
  const result = schema.safeParse(counted(typed));
  if (!result.success) {
    // The first error of each field, in page order.
    const first = (name: string) => result.error.issues.find(({ path }) => path[0] === name)?.message;
    const wrong = Object.keys(NOTHING).map((name) => [name, first(name)]);
    return { errors: Object.fromEntries(wrong.filter(([, words]) => words)) };
  }
  const { autoReply, autoReplyText, autoReplyFrom, autoReplyUntil, ...rest } = result.data;
  return {
    profile: {
      ...rest,
      autoReply: { enabled: autoReply, text: autoReplyText, from: autoReplyFrom, until: autoReplyUntil },
    },
  };
}

function showForm(ctx: Ctx, { typed, errors }: { typed: Typed; errors: FieldErrors }): void {
  const { person } = participant(ctx);
  const words = WORDS[ctx.state.locale];
  const text = (name: keyof Typed, label: string, more: object = {}) =>
    inputField(ctx, { name, label, value: typed[name], errors, plain: true, ...more });
  const genders = Object.entries(words.genders);
  showPage(ctx, {
    title: words.title,
    step: 'profile',
    onboarding: true,
    rejected: Object.keys(errors).length > 0,
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1>
<p>${words.intro(person.email)}</p>
<p class="soft">${SHARED[ctx.state.locale].allRequired}</p>
${form(ctx, {
  body: html`${choices({ name: 'gender', legend: words.gender, value: typed.gender, options: genders, error: errors.gender })}
${text('initials', words.initials, { required: true, hint: words.initialsHint })}
${text('firstName', words.firstName, { required: true, autocomplete: 'given-name' })}
${text('prefix', words.prefix, { hint: words.prefixHint })}
${text('lastName', words.lastName, { required: true, autocomplete: 'family-name' })}
<fieldset class="field"><legend>${words.absence}</legend>
<label class="choice"><input type="checkbox" name="autoReply" value="yes"${typed.autoReply && html` checked`}> <span>${words.autoReply}</span></label>
<div class="when-ticked"><p class="hint">${words.autoReplyHint}</p>
${textField({ name: 'autoReplyText', label: words.autoReplyText, value: typed.autoReplyText }, errors)}
<div data-together>${text('autoReplyFrom', words.from, { type: 'date' })}
${text('autoReplyUntil', words.until, { type: 'date' })}</div>
</div></fieldset>
<div class="actions">${button(words.save)}</div>`,
})}`,
  });
}

export const showProfile = (ctx: Ctx): void => showForm(ctx, { typed: NOTHING, errors: {} });

export async function enterProfile(ctx: Ctx, web: Web): Promise<void> {
  const { person } = participant(ctx);
  const typed = typedIn(ctx);
  const read = readProfile(typed, WORDS[ctx.state.locale]);
  if ('errors' in read) return showForm(ctx, { typed, errors: read.errors });
  await takeStep(ctx, web, async (tx, row) => {
    if (row.profileSavedAt) return { refused: 'already' };
    // Who is half-way when the terms change is asked again at the end.
    const current = await hasAccepted(tx, person.id, web.terms.version);
    return {
      signal: 'profileSaved',
      event: 'profile.saved',
      facts: { profileSaved: true, termsAccepted: current },
      tell: { type: 'onboarding.step_completed', data: { step: 'profile' } },
      besides: [saveProfile(tx, person, read.profile)],
    };
  });
  toCurrentStep(ctx);
}
