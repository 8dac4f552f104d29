/** Mails that announce something is ready: the account, or a message. */
import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import { giveUpInvitation, invitationFor, markInvitationSent } from '../db/invitations.ts';
import { markNotified, markUndeliverable, type NoticePlan, noticeOf, planNotice } from '../db/notices.ts';
import { onboarding, readSnapshotOf } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { accountOpenedMail } from './mail/accountOpened.ts';
import { messageNoticeMail } from './mail/messageNotice.ts';
import type { MailOutcome, SendMail } from './mail/sendMail.ts';

type Given = { db: Db; sendMail: SendMail; publicUrl: URL; noticeEvery: number };

/** `noticeEvery`: minimum time between mails about new messages, in milliseconds. */
export function createNoticeActivities({ db, sendMail, publicUrl, noticeEvery }: Given) {
  return {
    /** For a person who closed the last page before the account was open. */
    async sendAccountOpened({ onboardingId, key }: { onboardingId: string; key: string }) {
      const row = await onboarding(db, onboardingId);
      if (!row?.openedMailDue) return row && readSnapshotOf(row);
      const kind = 'account-opened';
      const mail = await invitationFor(db, { onboardingId, clientId: row.clientId, kind, sendKey: key });
      const { name: organisation } = await client(db, mail.clientId);
      const url = new URL('/sign-in', publicUrl).href;
      const reader = await person(db, row.personId);
      const to = { reader, organisation, mailId: mail.id, kind } as const;
      const outcome = await sendMail(to, accountOpenedMail({ locale: reader.locale, url }));
      if (outcome !== 'sent') return giveUpInvitation(db, onboardingId, () => ({ openedMailDue: false }));
      return markInvitationSent(db, mail, { columns: () => ({ openedMailDue: false }) });
    },

    /** It could not be sent within the retry time. */
    async giveUpAccountOpened({ onboardingId }: { onboardingId: string }): Promise<ReadSnapshot | undefined> {
      return giveUpInvitation(db, onboardingId, () => ({ openedMailDue: false }));
    },

    /** Releases a message to a person with an open account, and returns when its mail is due. */
    async planMessageNotice({ messageId }: { messageId: string }): Promise<NoticePlan> {
      return planNotice(db, messageId, noticeEvery);
    },

    /** Announces a message, together with those that share its mail. */
    async sendMessageNotice({ messageId }: { messageId: string }): Promise<MailOutcome> {
      const notice = await noticeOf(db, messageId);
      if (!notice) return 'not-open';
      const { message, more } = notice;
      const { clientName: organisation, from, personId } = message;
      const sender = from.name === organisation ? organisation : `${from.name} (${organisation})`;
      const url = new URL(more ? '/messages' : `/messages/${messageId}`, publicUrl).href;
      const reader = await person(db, personId);
      const to = { reader, organisation, mailId: messageId, kind: 'message-notice' } as const;
      const facts = { locale: reader.locale, sender, more, url };
      const outcome = await sendMail(to, messageNoticeMail(facts));
      if (outcome === 'sent') await markNotified(db, messageId);
      else await markUndeliverable(db, messageId);
      return outcome;
    },

    /** The mail could not be delivered for days: the sender is told. */
    async giveUpMessageNotice({ messageId }: { messageId: string }): Promise<void> {
      await markUndeliverable(db, messageId);
    },
  };
}
