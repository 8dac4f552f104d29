/** The mails with an onboarding link: invitation and reminders. Each is sent once, or repeated identically. */
import { Context } from '@temporalio/activity';
import type { Db } from '../db/connect.ts';
import {
  giveUpInvitation,
  type LinkMail,
  markInvitationSent,
  markMailDelayed,
  prepareLinkMail,
  type SentMail,
} from '../db/invitations.ts';
import { messageById } from '../db/messages.ts';
import { factsOf, momentOf, type Onboarding, readSnapshotOf, restartReminders } from '../db/onboardings.ts';
import { mailedPassword, whoPassesOn } from '../db/temporaryPasswords.ts';
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

/** `key`: of the action (domain/dueActions.ts). The same key means the same mail, with one link and one Message-ID. */
type Send = { onboardingId: string; key: string };

type LinkMailOf = {
  kind: 'invitation' | 'reminder';
  /** False when something has happened since that makes the mail unnecessary. */
  isDue: (row: Onboarding) => boolean;
  sent: SentMail;
  /** The columns to write when the mail is refused for good. */
  refused: (row: Onboarding) => { invitationDue?: null; lastReminder?: number };
  write: (facts: InvitationFacts, row: Onboarding) => MailContent;
};

/** Writes nothing when a newer invitation was requested meanwhile. */
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
    tx: Db,
    row: Onboarding,
    { invitation, reader, organisation }: LinkMail,
  ): Promise<InvitationFacts> {
    const { email, locale } = reader;
    const { saysMessage, saysUntil, clientId } = invitation;
    const message = saysMessage ? await messageById(tx, saysMessage) : undefined;
    const from = message?.from.name ?? organisation;
    return {
      locale,
      organisation,
      sender: from === organisation ? from : `${from} (${organisation})`,
      email,
      url: new URL(`/i/${db.secrets.linkToken(invitation)}`, publicUrl).href,
      ...(await temporaryPassword(tx, row, clientId)),
      until: timeInWords(saysUntil, { locale, timeZone }),
    };
  }

  async function temporaryPassword(
    tx: Db,
    row: Onboarding,
    clientId: string,
  ): Promise<Pick<InvitationFacts, 'temporaryPassword' | 'passedOnBy'>> {
    if (row.passwordChangedAt) return { temporaryPassword: undefined };
    if (row.temporaryPasswordMode === 'mail') return { temporaryPassword: await mailedPassword(tx, row) };
    return {
      temporaryPassword: null,
      passedOnBy: await whoPassesOn(tx, { onboardingId: row.id, clientId }),
    };
  }

  /** Returns the snapshot afterwards, whether or not the mail was sent; undefined when the person was erased. */
  async function sendLink(
    { onboardingId, key: sendKey }: Send,
    { kind, isDue, sent, refused, write }: LinkMailOf,
  ): Promise<ReadSnapshot | undefined> {
    const given = { onboardingId, kind, sendKey, isDue, expireAfter };
    const prepared = await prepareLinkMail(db, given, factsFor);
    if (!prepared?.mail) return prepared && readSnapshotOf(prepared.row);
    const { invitation, reader, organisation, facts } = prepared.mail;
    const to = { reader, organisation, mailId: invitation.id, kind };
    const outcome = await tellWhenDelayed(onboardingId, () => sendMail(to, write(facts, prepared.row)));
    if (outcome !== 'sent') return giveUpInvitation(db, onboardingId, refused);
    return markInvitationSent(db, invitation, sent);
  }

  /**
   * When the mail server has not accepted the mail for a while, that is shown as a problem while the mail is retried.
   */
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
   * An invitation replaces the reminders that fell due while it was on its way. After the last reminder, or after a
   * long delay at the mail server, a new reminder schedule starts from this mail.
   */
  function remindersAfter(row: Onboarding) {
    const lastReminder = newestDue(readSnapshotOf(row), row.asOf.getTime(), durations);
    const restarts = remindersAreExhausted({ lastReminder }, durations) || row.mailDelayedAt;
    return restarts ? restartReminders(momentOf(row)) : { lastReminder };
  }

  return {
    async sendInvitation(send: Send): Promise<ReadSnapshot | undefined> {
      const over = (row: Onboarding) => invitationOver(row, send.key);
      return sendLink(send, {
        kind: 'invitation',
        isDue: ({ invitationDue }) => send.key === invitationKey(invitationDue),
        sent: {
          columns: (row) => ({
            ...over(row),
            invitationSentAt: momentOf(row),
            invitationsSent: row.invitationsSent + 1,
            ...remindersAfter(row),
          }),
          tell: { type: 'onboarding.invited' },
        },
        refused: over,
        write: invitationMail,
      });
    },

    /** It could not be sent within the retry time. */
    async giveUpInvitation({ onboardingId, key }: Send): Promise<ReadSnapshot | undefined> {
      return giveUpInvitation(db, onboardingId, (row) => invitationOver(row, key));
    },

    /** Names the step at which the person stopped, with a fresh link. The senders are told about the last reminder. */
    async sendReminder(
      send: Send & { reminder: number; isLast: boolean },
    ): Promise<ReadSnapshot | undefined> {
      const { key, reminder, isLast } = send;
      const isLeft = ({ remindersCountFrom, lastReminder }: Onboarding) =>
        key === reminderKey(remindersCountFrom.getTime(), reminder) && lastReminder < reminder;
      // No reminder while an invitation is still unsent.
      const isDue = (row: Onboarding) => row.invitationDue === null && isLeft(row);
      const over = (row: Onboarding) => (isLeft(row) ? { lastReminder: reminder } : {});
      return sendLink(send, {
        kind: 'reminder',
        isDue,
        sent: {
          columns: (row) => ({ ...over(row), remindersSent: row.remindersSent + 1 }),
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
