/** Mails that say something is ready: the account, a message. */
import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import { invitationFor } from '../db/invitations.ts';
import { markNotified, markUndeliverable, messageById, releaseMessage } from '../db/messages.ts';
import { onboarding } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import type { MailOutcome } from './invitation.ts';
import type { Post } from './mail/post.ts';

export function createNoticeActivities({ db, post, publicUrl }: { db: Db; post: Post; publicUrl: URL }) {
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

    /** Releases a message to somebody whose account is open, and says that it is there. */
    async sendMessageNotice({ messageId }: { messageId: string }): Promise<MailOutcome> {
      await releaseMessage(db, messageId);
      const message = await messageById(db, messageId);
      if (!message || message.notifiedAt || message.readAt) return 'not-open';
      const { clientName: organisation, from, personId } = message;
      const sender = from.name === organisation ? organisation : `${from.name} (${organisation})`;
      const url = new URL(`/messages/${messageId}`, publicUrl).href;
      const reader = await person(db, personId);
      const to = { reader, organisation, mailId: messageId, kind: 'message-notice' } as const;
      const outcome = await post(to, (letters) => letters.messageNotice({ organisation, sender, url }));
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
