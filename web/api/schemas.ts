/** What the API accepts and returns. The same schemas validate and generate the OpenAPI document. */
import { z } from 'zod';
import { withAsciiHost } from '../../db/mailHost.ts';
import { HELP_REASONS } from '../../domain/problems.ts';
import { isOneLine, isVisible } from '../../domain/typed.ts';

/**
 * A single plain mailbox. Deliberately stricter than RFC 5321, because quotes, commas, colons and line breaks can
 * redirect a mail.
 */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/;
const LONGEST_ADDRESS = 254;
/** RFC 5321, 4.5.3.1.1. A separate pattern, so that it appears in the document. */
const LOCAL_PART = /^[^@]{1,64}@/;

const email = z
  .string()
  .trim()
  .overwrite(withAsciiHost)
  .max(LONGEST_ADDRESS, 'an address has at most 254 characters')
  .regex(ADDRESS, 'give one plain e-mail address, for example anna@example.com')
  .regex(LOCAL_PART, 'the part before @ has at most 64 characters')
  .meta({ description: 'One plain e-mail address', example: 'anna@example.com' });

/** Counts as JSON Schema does: an emoji is one character, however many units it takes. */
const isAtMost = (longest: number) => (text: string) => text.length <= longest || [...text].length <= longest;

/**
 * `isOneLine` and `isVisible` for the document: it accepts everything that they accept, and only rare characters
 * besides. It avoids Unicode classes (`\p{…}`), which many programs cannot read.
 */
const NUL = String.raw`\u0000`;
const NO_LINE = String.raw`\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069`;
const UNSEEN = String.raw`\s${NO_LINE}\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb`;
const IN_LINE = `[^${NUL}${NO_LINE}]`;
const SEEN = `[^${NUL}${UNSEEN}]`;
const LINE_PATTERN = String.raw`^\s*${IN_LINE}*${SEEN}${IN_LINE}*\s*$`;
/** Without backtracking, because the text can be long. */
const TEXT_PATTERN = `^[${UNSEEN}]*${SEEN}[^${NUL}]*$`;

const SHOWS_SOMETHING = 'give some visible text';
const WHOLE_CHARACTERS = 'give well-formed text: no NUL and no unpaired surrogates';

/** One line of text, such as a name or subject, without surrounding white space. */
const line = (longest: number) =>
  z
    .string()
    .refine(isAtMost(longest), `give at most ${longest} characters`)
    .refine((text) => text.isWellFormed(), WHOLE_CHARACTERS)
    .refine((text) => isOneLine(text.trim()), 'give one line, without control characters')
    .refine(isVisible, SHOWS_SOMETHING)
    .transform((text) => text.trim())
    .meta({ minLength: 1, maxLength: longest, pattern: LINE_PATTERN });

const LONGEST_BODY = 100_000;

const text = z
  .string()
  .refine(isAtMost(LONGEST_BODY), `give at most ${LONGEST_BODY} characters`)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), WHOLE_CHARACTERS)
  .refine(isVisible, SHOWS_SOMETHING)
  .meta({ minLength: 1, maxLength: LONGEST_BODY, pattern: TEXT_PATTERN });

/** The Idempotency-Key header. ASCII only, because programs encode other characters in headers differently. */
export const IdempotencyKey = z
  .string()
  .regex(/^[!-~]([ -~]{0,198}[!-~])?$/)
  .meta({
    minLength: 1,
    maxLength: 200,
    description:
      'A new one for each message. Repeating a key with the same body returns the same answer and sends no second message. Keys are kept forever',
  });

export const NewMessage = z
  .strictObject({
    to: z.strictObject({
      email,
      locale: z
        .enum(['nl', 'en'], 'give nl or en')
        .optional()
        .meta({ description: 'Language of mails and pages' }),
      mobile: z.string().max(40, 'give at most 40 characters').optional().meta({
        description:
          'A mobile number that you have for the person, suggested at the SMS step. Must belong to a country to which this installation sends SMS',
        example: '+31612345678',
      }),
    }),
    from: z.strictObject({
      name: line(100).meta({
        description: 'The person or department that is writing',
        example: 'Afdeling Personeel',
      }),
      email: email.optional(),
    }),
    subject: line(200),
    body: text.meta({ description: 'Plain text; line breaks are kept' }),
    reference: line(200).optional().meta({ description: 'Your own reference; returned to you' }),
    temporaryPassword: z.enum(['mail', 'sender'], 'give mail or sender').default('mail').meta({
      description: 'mail: sent in the invitation. sender: returned to you, to pass on in another way.',
    }),
  })
  .meta({ id: 'NewMessage' });

export const Invite = z
  .strictObject({
    temporaryPassword: z.enum(['mail', 'sender'], 'give mail or sender').optional().meta({
      description:
        'sender: from now on the temporary password is returned to you, and mailed ones no longer work. mail, or absent: no change.',
    }),
  })
  .meta({ id: 'Invite' });

export const OnboardingBrief = z.object({
  status: z.enum(['invited', 'in_progress', 'completed', 'expired', 'cancelled']),
  step: z.enum(['terms', 'password', 'sms', 'app', 'profile', 'activate']).nullable(),
});

export const AcceptedMessage = z
  .object({
    id: z.uuid(),
    recipient: z.object({ id: z.uuid(), onboarding: OnboardingBrief }),
    temporaryPassword: z.string().optional(),
  })
  .meta({ id: 'AcceptedMessage' });

export const AddressOnly = z.strictObject({ email }).meta({ id: 'Address' });

const time = z.iso.datetime().nullable();

export const MessageState = z
  .object({
    id: z.uuid(),
    reference: z.string().nullable(),
    status: z.enum(['held', 'notified', 'read', 'undeliverable', 'expired']),
    acceptedAt: z.iso.datetime(),
    releasedAt: time,
    readAt: time,
  })
  .meta({ id: 'MessageState' });

const Profile = z
  .object({
    gender: z.enum(['unknown', 'male', 'female', 'other']),
    initials: z.string(),
    firstName: z.string(),
    prefix: z.string(),
    lastName: z.string(),
    autoReply: z.object({
      enabled: z.boolean(),
      text: z.string(),
      from: z.iso.date().nullable(),
      until: z.iso.date().nullable(),
    }),
  })
  .meta({ id: 'Profile' });

export const Recipient = z
  .object({
    id: z.uuid(),
    onboarding: OnboardingBrief.extend({
      since: z.iso.datetime().meta({ description: 'At this step since' }),
      invitationsSent: z.int(),
      remindersSent: z.int(),
      problem: z
        .enum(['mail-undeliverable', 'mail-delayed', 'too-many-codes', 'help-asked', 'not-me'])
        .optional(),
      helpReason: z
        .enum(HELP_REASONS)
        .optional()
        .meta({ description: 'What the person chose when the problem is help-asked' }),
    }),
    profile: Profile.optional(),
  })
  .meta({ id: 'Recipient' });

export const InvitedAgain = Recipient.extend({
  sentAt: z.iso.datetime().optional().meta({ description: 'When the last invitation was sent' }),
  notBefore: z.iso.datetime().meta({ description: 'The earliest time at which this one is sent' }),
  temporaryPassword: z.string().optional(),
}).meta({ id: 'InvitedAgain' });

export const Problem = z
  .object({
    type: z.string().meta({ description: 'urn:instap:problem: and the code' }),
    code: z
      .string()
      .meta({ description: 'The kind of problem; never changes', example: 'request-not-valid' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What to do' }),
    errors: z
      .array(z.object({ at: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'All invalid fields (the first 50)' }),
    requestId: z
      .string()
      .meta({ description: 'Also in the X-Request-Id header; quote it when you ask for help' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
