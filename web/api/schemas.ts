/** What the API takes and gives. The same schemas validate and make the OpenAPI document. */
import { z } from 'zod';
import { withAsciiHost } from '../../domain/mailHost.ts';
import { HELP_REASONS } from '../steps/help.ts';

/**
 * One mailbox and nothing else. Stricter than RFC 5321 on purpose: quotes, commas, colons and line breaks are what
 * re-routes a mail.
 */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/;
const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;

const email = z
  .string()
  .trim()
  .overwrite(withAsciiHost)
  .max(LONGEST_ADDRESS, 'an address has at most 254 characters')
  .regex(ADDRESS, 'give one plain e-mail address, for example anna@example.com')
  .refine(
    (address) => address.indexOf('@') <= LONGEST_LOCAL_PART,
    'the part before @ has at most 64 characters',
  )
  .meta({ description: 'One plain e-mail address', example: 'anna@example.com' });

/** One line of text, as a name or a subject is. */
const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'give some text')
    .max(longest, `give at most ${longest} characters`)
    .regex(/^\P{Cc}*$/u, 'give one line, without control characters');

export const NewMessage = z
  .strictObject({
    to: z.strictObject({
      email,
      locale: z
        .enum(['nl', 'en'], 'give nl or en')
        .optional()
        .meta({ description: 'Language of mails and pages' }),
      mobile: z
        .string()
        .max(40)
        .optional()
        .meta({ description: 'A number you know, offered at the SMS step', example: '+31612345678' }),
    }),
    from: z.strictObject({
      name: line(100).meta({
        description: 'The person or department that writes',
        example: 'Afdeling Personeel',
      }),
      email: email.optional(),
    }),
    subject: line(200),
    body: z.string().min(1, 'give some text').max(100_000, 'give at most 100000 characters'),
    reference: line(200).optional().meta({ description: 'Your own reference, given back to you' }),
    temporaryPassword: z
      .enum(['mail', 'sender'], 'give mail or sender')
      .default('mail')
      .meta({ description: 'mail: in the invitation. sender: returned to you, to pass on in another way.' }),
  })
  .meta({ id: 'NewMessage' });

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

export const InvitedAgain = Recipient.extend({ temporaryPassword: z.string().optional() }).meta({
  id: 'InvitedAgain',
});

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
