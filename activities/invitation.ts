/** The mails with a link: invitation and reminder. Each is sent once, or again identically. */
import { Context } from '@temporalio/activity';
import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import {
  giveUpInvitation,
  type Invitation,
  invitationFor,
  markInvitationSent,
  markMailDelayed,
  type SaidFirst,
  type SentMail,
  saidFirst,
} from '../db/invitations.ts';
import { messageById } from '../db/messages.ts';
import {
  factsOf,
  isOpen,
  type Onboarding,
  onboarding,
  readSnapshotOf,
  restartReminders,
  transactionTime,
} from '../db/onboardings.ts';
import { type Person, person } from '../db/people.ts';
import { temporaryPasswordFor, whoPassesOn } from '../db/temporaryPasswords.ts';
import { invitationKey, newestDue, reminderKey, remindersAreExhausted } from '../domain/dueActions.ts';
import type { Durations } from '../domain/durations.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { steps } from '../domain/steps.ts';
import { timeInWords } from '../domain/times.ts';
import { invitationMail } from './mail/invitation.ts';
import type { InvitationFacts } from './mail/invitationLink.ts';
import type { MailContent } from './mail/layout.ts';
import { reminderMail } from './mail/reminder.ts';
import type { SendMail } from './mail/sendMail.ts';

export type InvitationSettings = { publicUrl: URL; durations: Durations };

/** `key`: of the action (domain/dueActions.ts). The same key is the same mail, with one link and one Message-ID. */
type Send = { onboardingId: string; key: string };

type LinkMail = {
  kind: 'invitation' | 'reminder';
  /** False: something happened since, and the mail is for nobody any more. */
  isDue: (row: Onboarding) => boolean;
  sent: SentMail;
  /** What a refusal for good is the end of. */
  refused: (row: Onboarding) => { invitationDue?: null; lastReminder?: number };
  write: (facts: InvitationFacts, row: Onboarding) => MailContent;
};

/** Nothing when another one was asked for meanwhile. */
const invitationOver = ({ invitationDue }: Onboarding, key: string) =>
  key === invitationKey(invitationDue) ? { invitationDue: null, invitationUrgent: false } : {};

export function createInvitationActivities(given: {
  db: Db;
  sendMail: SendMail;
  settings: InvitationSettings;
}) {
  const { db, sendMail, settings } = given;
  const { publicUrl, durations } = settings;
  const { expireAfter, mailDelayedAfter, timeZone } = durations;

  async function factsFor(
    row: Onboarding,
    { invitation, reader, said }: { invitation: Invitation; reader: Person; said: SaidFirst },
  ): Promise<InvitationFacts | undefined> {
    const { email, locale } = reader;
    const { clientId } = invitation;
    const password = await temporaryPassword(row, clientId);
    if (!password) return undefined;
    const { name } = await client(db, clientId);
    const message = said.saysMessage ? await messageById(db, said.saysMessage) : undefined;
    return {
      locale,
      organisation: name,
      sender: message && message.from.name !== name ? `${message.from.name} (${name})` : name,
      email,
      url: new URL(`/i/${db.secrets.linkToken(invitation)}`, publicUrl).href,
      ...password,
      until: timeInWords(said.saysUntil, { locale, timeZone }),
    };
  }

  /** Undefined: since the row was read the person chose a password, or the onboarding ended. */
  async function temporaryPassword(
    row: Onboarding,
    clientId: string,
  ): Promise<Pick<InvitationFacts, 'temporaryPassword' | 'passedOnBy'> | undefined> {
    if (row.passwordChangedAt) return { temporaryPassword: undefined };
    if (row.temporaryPasswordMode === 'mail') {
      const mailed = await temporaryPasswordFor(db, row.id);
      return mailed === undefined ? undefined : { temporaryPassword: mailed };
    }
    const passedOnBy = await whoPassesOn(db, { onboardingId: row.id, clientId });
    return { temporaryPassword: null, passedOnBy };
  }

  /** Returns how things stand afterwards, sent or not; undefined when the person was erased. */
  async function sendLink(
    { onboardingId, key: sendKey }: Send,
    { kind, isDue, sent, refused, write }: LinkMail,
  ): Promise<ReadSnapshot | undefined> {
    const row = await onboarding(db, onboardingId);
    if (!row || !isOpen(row) || !isDue(row)) return row && readSnapshotOf(row);
    const invitation = await invitationFor(db, { onboardingId, clientId: row.clientId, kind, sendKey });
    const reader = await person(db, row.personId);
    const step = steps(factsOf(row)).current;
    // A correction of the address voids the link: who has the new one gets another, and this mail is for nobody.
    const said = await saidFirst(db, { id: invitation.id, expireAfter, step });
    if (said?.saysStep !== step) return readSnapshotOf(row);
    const facts = await factsFor(row, { invitation, reader, said });
    if (!facts) return readSnapshotOf(row);
    const to = { reader, organisation: facts.organisation, mailId: invitation.id, kind };
    const outcome = await tellWhenDelayed(onboardingId, () => sendMail(to, write(facts, row)));
    if (outcome !== 'sent') return giveUpInvitation(db, onboardingId, refused);
    return markInvitationSent(db, invitation, sent);
  }

  /** The mail server has not taken the mail for too long: shown as a problem while it is tried again. */
  async function tellWhenDelayed<T>(onboardingId: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const { scheduledTimestampMs } = Context.current().info;
      if (Date.now() - scheduledTimestampMs > mailDelayedAfter) await markMailDelayed(db, onboardingId);
      throw error;
    }
  }

  /**
   * The invitation takes the place of the reminders that fell due while it was on its way. After the last one, or when
   * the mail server kept it for long, they count from this mail.
   */
  function remindersAfter(tx: Db, row: Onboarding) {
    const lastReminder = newestDue(readSnapshotOf(row), row.asOf.getTime(), durations);
    const restarts = remindersAreExhausted({ lastReminder }, durations) || row.mailDelayedAt;
    return restarts ? restartReminders(transactionTime(tx)) : { lastReminder };
  }

  return {
    async sendInvitation(send: Send): Promise<ReadSnapshot | undefined> {
      const over = (row: Onboarding) => invitationOver(row, send.key);
      return sendLink(send, {
        kind: 'invitation',
        isDue: ({ invitationDue }) => send.key === invitationKey(invitationDue),
        sent: {
          columns: (tx, row) => ({
            ...over(row),
            invitationSentAt: transactionTime(tx),
            invitationsSent: row.invitationsSent + 1,
            ...remindersAfter(tx, row),
          }),
          tell: { type: 'onboarding.invited' },
        },
        refused: over,
        write: invitationMail,
      });
    },

    /** It was tried for as long as it was of use. */
    async giveUpInvitation({ onboardingId, key }: Send): Promise<ReadSnapshot | undefined> {
      return giveUpInvitation(db, onboardingId, (row) => invitationOver(row, key));
    },

    /** Names the step where the person stopped, and has a fresh link. The senders are told with the last one. */
    async sendReminder(
      send: Send & { reminder: number; isLast: boolean },
    ): Promise<ReadSnapshot | undefined> {
      const { key, reminder, isLast } = send;
      const isLeft = ({ remindersCountFrom, lastReminder }: Onboarding) =>
        key === reminderKey(remindersCountFrom.getTime(), reminder) && lastReminder < reminder;
      // Of a mail that has not left yet there is nothing to remind.
      const isDue = (row: Onboarding) => row.invitationDue === null && isLeft(row);
      const over = (row: Onboarding) => (isLeft(row) ? { lastReminder: reminder } : {});
      return sendLink(send, {
        kind: 'reminder',
        isDue,
        sent: {
          columns: (_, row) => ({ ...over(row), remindersSent: row.remindersSent + 1 }),
          tell: isLast ? { type: 'onboarding.reminded_last' } : undefined,
        },
        refused: over,
        write: (facts, row) => {
          const { current } = steps(factsOf(row));
          const step = current === 'activate' ? 'profile' : current;
          return reminderMail({ ...facts, step, isLast });
        },
      });
    },
  };
}
