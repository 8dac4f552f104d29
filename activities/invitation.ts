/** The mails with a link: invitation and reminder. Each is sent once, or again identically. */
import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import {
  cameBack,
  type Invitation,
  invitationFor,
  markInvitationSent,
  type SentMail,
  saidFirst,
} from '../db/invitations.ts';
import { newestMessage } from '../db/messages.ts';
import { factsOf, isOpen, markMailTrouble, type Onboarding, onboarding } from '../db/onboardings.ts';
import { type Person, person } from '../db/people.ts';
import { temporaryPasswordFor, whoPassesOn } from '../db/temporaryPasswords.ts';
import { steps } from '../domain/steps.ts';
import { timeInWords } from '../domain/times.ts';
import type { Letter } from './mail/layout.ts';
import type { InvitationFacts, Letters } from './mail/letters.ts';
import type { Post } from './mail/post.ts';

export type InvitationSettings = { publicUrl: URL; expireAfter: number; timeZone: string };

/**
 * `came-back`: it was sent, and reported as undeliverable by now. `gone-on`: while the mail was tried, the person went on
 * without it, so it was not sent.
 */
export type MailOutcome = 'sent' | 'came-back' | 'undeliverable' | 'not-open' | 'gone-on';

type Send = { onboardingId: string; sendKey: string };

type LinkMail = {
  kind: 'invitation' | 'reminder';
  changes: SentMail;
  write: (letters: Letters, facts: InvitationFacts, row: Onboarding) => Letter;
};

export function createInvitationActivities(given: { db: Db; post: Post; settings: InvitationSettings }) {
  const { db, post, settings } = given;
  const { publicUrl, expireAfter, timeZone } = settings;

  async function factsFor(
    row: Onboarding,
    { invitation, reader, saysUntil }: { invitation: Invitation; reader: Person; saysUntil: Date },
  ): Promise<InvitationFacts> {
    const { email, locale } = reader;
    const { name } = await client(db, invitation.clientId);
    // As it was when the mail was asked for: a repeat says the same.
    const { clientId, createdAt: until } = invitation;
    const message = await newestMessage(db, { personId: row.personId, clientId, until });
    return {
      organisation: name,
      sender: message && message.from.name !== name ? `${message.from.name} (${name})` : name,
      email,
      url: new URL(`/i/${db.secrets.linkToken(invitation)}`, publicUrl).href,
      ...(await temporaryPassword(row, clientId)),
      until: timeInWords(saysUntil, { locale, timeZone }),
    };
  }

  async function temporaryPassword(
    row: Onboarding,
    clientId: string,
  ): Promise<Pick<InvitationFacts, 'temporaryPassword' | 'passedOnBy'>> {
    if (row.passwordChangedAt) return { temporaryPassword: undefined };
    if (row.temporaryPasswordMode === 'mail')
      return { temporaryPassword: await temporaryPasswordFor(db, row.id) };
    const passedOnBy = await whoPassesOn(db, { onboardingId: row.id, clientId });
    return { temporaryPassword: null, passedOnBy };
  }

  async function sendLink(
    { onboardingId, sendKey }: Send,
    { kind, changes, write }: LinkMail,
  ): Promise<MailOutcome> {
    const row = await onboarding(db, onboardingId);
    if (!row) return 'not-open';
    const invitation = await invitationFor(db, { onboardingId, clientId: row.clientId, kind, sendKey });
    // First of all: whatever happened since, it was sent, and counts.
    if (invitation.sentAt) return (await cameBack(db, invitation)) ? 'came-back' : 'sent';
    if (!isOpen(row)) return 'not-open';
    if (row.progressedAt > invitation.createdAt) return 'gone-on';
    const reader = await person(db, row.personId);
    const step = steps(factsOf(row)).current;
    // A correction of the address voids the link: who has the new one gets another, and this mail is for nobody.
    const said = await saidFirst(db, { id: invitation.id, expireAfter, step });
    if (said?.saysStep !== step) return 'gone-on';
    const facts = await factsFor(row, { invitation, reader, saysUntil: said.saysUntil });
    const to = { reader, organisation: facts.organisation, mailId: invitation.id, kind };
    const outcome = await post(to, (letters) => write(letters, facts, row));
    if (outcome !== 'sent') {
      await markMailTrouble(db, row, 'mail-undeliverable');
      return outcome;
    }
    const { bounced } = await markInvitationSent(db, invitation, changes);
    return bounced ? 'came-back' : 'sent';
  }

  return {
    /** `ladderAnew`: the reminders count anew from this mail. */
    async sendInvitation({ ladderAnew, ...send }: Send & { ladderAnew?: boolean }): Promise<MailOutcome> {
      return sendLink(send, {
        kind: 'invitation',
        changes: { counter: 'invitationsSent', ladderAnew, tell: { type: 'onboarding.invited' } },
        write: (letters, facts) => letters.invitation(facts),
      });
    },

    /** Names the step where the person stopped, and has a fresh link. The senders are told with the last one. */
    async sendReminder({
      last,
      rung,
      ...send
    }: Send & { last: boolean; rung?: number }): Promise<MailOutcome> {
      const tell = last ? ({ type: 'onboarding.reminded_last' } as const) : undefined;
      return sendLink(send, {
        kind: 'reminder',
        changes: { counter: 'remindersSent', rung, tell },
        write: (letters, facts, row) => {
          const { current } = steps(factsOf(row));
          return letters.reminder({ ...facts, step: current === 'activate' ? 'profile' : current, last });
        },
      });
    },
  };
}
