/** Wrong codes after the right password: what is closed, the mail about it, and reopening. */
import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import { onboardingOf } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import { type Budget, closingOf, markFactorNoticeSent, reopenSignIn } from '../db/wrongFactors.ts';
import type { OrderDetails } from '../domain/orders.ts';
import { timeInWords } from '../domain/times.ts';
import { factorNoticeMail } from './mail/factorNotice.ts';
import type { MailOutcome, SendMail } from './mail/sendMail.ts';

type Id = { personId: string };

/** `noticeId`: the newest mail about it, while unsent. */
type ClosedSignIn = { closed: Budget | null; since: string; noticeId?: string };

type Given = { db: Db; sendMail: SendMail; publicUrl: URL; timeZone: string; perSession: number };

export function createClosedSignInActivities({ db, sendMail, publicUrl, timeZone, perSession }: Given) {
  return {
    async readClosedSignIn({ personId }: Id): Promise<ClosedSignIn> {
      const closing = await closingOf(db, personId);
      const since = closing?.signInClosedAt ?? closing?.resetClosedAt;
      const closed = closing?.signInClosedAt ? 'sign-in' : closing?.resetClosedAt ? 'reset' : null;
      const noticeId = closing?.notice?.sentAt === null ? closing.notice.id : undefined;
      return { closed, since: since?.toISOString() ?? '', noticeId };
    },

    async sendFactorNotice({ personId, noticeId }: Id & { noticeId: string }): Promise<MailOutcome> {
      const notice = (await closingOf(db, personId))?.notice;
      const row = await onboardingOf(db, personId);
      if (!row || notice?.id !== noticeId) return 'not-open';
      if (notice.sentAt) return 'sent';
      const reader = await person(db, personId);
      const { locale } = reader;
      const { name: organisation } = await client(db, row.clientId);
      const facts = {
        locale,
        organisation,
        of: notice.of,
        tries: perSession,
        device: notice.device,
        when: timeInWords(notice.at, { locale, timeZone }),
        url: new URL('/forgot-password', publicUrl).href,
      };
      const to = { reader, organisation, mailId: noticeId, kind: 'factor-notice' } as const;
      const outcome = await sendMail(to, factorNoticeMail(facts));
      if (outcome === 'sent') await markFactorNoticeSent(db, noticeId);
      return outcome;
    },

    /** Reopened by an operator. */
    async reopenSignIn({ personId, ...given }: Id & OrderDetails): Promise<{ opened: boolean }> {
      const { by: operator, reason, ticket } = given;
      const order = { operator, reason, ...(ticket && { ticket }) };
      return { opened: await reopenSignIn(db, personId, order) };
    },
  };
}
