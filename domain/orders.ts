/**
 * What operators enter with a signal in the Temporal UI. It stays in the history, so the format leaves no room for
 * personal data.
 */

/** The allowed reasons. */
export const REASONS = [
  'person-called',
  'sender-asked',
  'pressed-by-mistake',
  'lost-phone',
  'on-leave',
  'left',
  'fixed',
  'passed-on',
  'other',
] as const;

export type Reason = (typeof REASONS)[number];

/** `by`: as claimed; the Temporal UI knows who is signed in, but signals do not carry it. */
export type OrderDetails = { by: string; reason: Reason; ticket?: string; days?: number };

/** A user name, such as "j.de.vries". */
const NAME = /^[a-z\d][a-z\d._-]{1,39}$/i;
/** Such as "INC-1234", "T12" or "#77". */
const TICKET = /^[a-z]{0,10}[-#]?\d{1,12}$/i;
/** How much of an unknown field's name is repeated, in UTF-16 units. */
const LONGEST_FIELD = 30;

/** How far an operator can move a deadline at a time, either way. */
const MOST_DAYS = 365;

const isName = (value: unknown) => typeof value === 'string' && NAME.test(value);
const isReason = (value: unknown) => (REASONS as readonly unknown[]).includes(value);
const isTicket = (value: unknown) => typeof value === 'string' && TICKET.test(value);
const isDays = (value: unknown) => typeof value === 'number' && value !== 0 && Math.abs(value) <= MOST_DAYS;

const FIELDS: Record<keyof OrderDetails, [is: (value: unknown) => boolean, words: string]> = {
  by: [isName, 'give "by": your name as you sign in, 2 to 40 letters, digits, dots or dashes'],
  reason: [isReason, `give "reason", one of ${REASONS.join(', ')}`],
  ticket: [isTicket, 'give "ticket" as a number, or as INC-1234'],
  days: [isDays, `give "days", from 1 to ${MOST_DAYS}, or less than 0 for sooner`],
};

const shown = (field: string) => field.replace(/[^\w.-]/g, '?').slice(0, LONGEST_FIELD);

/** Validates what was typed: any JSON, or nothing. `needs`: required extra fields; `ticket` is optional. */
export function readOrder<Needed extends 'days' = never>(
  typed: unknown,
  needs: readonly Needed[] = [],
): (OrderDetails & { [Field in Needed]: number }) | { refused: string } {
  const given = typeof typed === 'object' && typed !== null && !Array.isArray(typed) ? typed : {};
  const known: readonly string[] = ['by', 'reason', 'ticket', ...needs];
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown !== undefined)
    return { refused: `there is no field "${shown(unknown)}"; there are ${known.join(', ')}` };
  const wanted = [
    'by',
    'reason',
    ...('ticket' in given ? ['ticket'] : []),
    ...needs,
  ] as (keyof OrderDetails)[];
  const wrong = wanted.find((field) => !FIELDS[field][0]((given as Partial<OrderDetails>)[field]));
  if (wrong) return { refused: FIELDS[wrong][1] };
  return given as OrderDetails & { [Field in Needed]: number };
}

/** Such as "by j.de.vries (person-called, INC-1234)". */
export const inWords = ({ by, reason, ticket }: OrderDetails): string =>
  `by ${by} (${ticket ? `${reason}, ${ticket}` : reason})`;
