/** Mails that say something is ready: the account, a message. */
import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import { invitationFor } from '../db/invitations.ts';
import { releaseMessage } from '../db/messages.ts';
import { markNotified, markUndeliverable, type NoticePlan, noticeOf, planNotice } from '../db/notices.ts';
import { onboarding } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import type { MailOutcome } from './invitation.ts';
import type { Post } from './mail/post.ts';

type Given = { db: Db; post: Post; publicUrl: URL; noticeEvery: number };

/** `noticeEvery`: at most one mail about new messages in this time, in milliseconds. */
export function createNoticeActivities({ db, post, publicUrl, noticeEvery }: Given) {
  return {
    /** For somebody who closed the last page before the account was open. */
    async sendAccountOpened(send: { onboardingId: string; sendKey: string }): Promise<MailOutcome> {
      const row = await onboarding(db, send.onboardingId);
      if (row?.status !== 'completed') return 'not-open';
      const kind = 'account-opened';
      const { id } = await invitationFor(db, { ...send, clientId: row.clientId, kind });
      const { name: organisation } = await client(db, row.clientId);
      const url = new URL('/sign-in', publicUrl).href;
      const reader = await person(db, row.personId);
      const to = { reader, organisation, mailId: id, kind } as const;
      return post(to, (letters) => letters.accountOpened({ organisation, url }));
    },

    /** Releases a message to somebody whose account is open, and says when the mail about it may leave. */
    async planMessageNotice({ messageId }: { messageId: string }): Promise<NoticePlan> {
      return planNotice(db, messageId, noticeEvery);
    },

    /** Says that a message is there, and those that the same mail tells of. */
    async sendMessageNotice({ messageId }: { messageId: string }): Promise<MailOutcome> {
      // Runs of before 2026-11-28 plan nothing.
      await releaseMessage(db, messageId);
      const notice = await noticeOf(db, messageId);
      if (!notice) return 'not-open';
      const { message, more } = notice;
      const { clientName: organisation, from, personId } = message;
      const sender = from.name === organisation ? organisation : `${from.name} (${organisation})`;
      const url = new URL(more ? '/messages' : `/messages/${messageId}`, publicUrl).href;
      const reader = await person(db, personId);
      const to = { reader, organisation, mailId: messageId, kind: 'message-notice' } as const;
      const outcome = await post(to, (letters) => letters.messageNotice({ organisation, sender, more, url }));
      if (outcome === 'sent') await markNotified(db, messageId);
      else await markUndeliverable(db, messageId);
      return outcome;
    },

    /** The mail did not get through for days: the sender sees it. */
    async giveUpMessageNotice({ messageId }: { messageId: string }): Promise<void> {
      await markUndeliverable(db, messageId);
    },
  };
}
