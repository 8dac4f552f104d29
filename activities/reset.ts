/** Mails with a link to choose a new password or to set up the second factor again. */
import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import { isOpen, onboarding, onboardingOf, readSnapshotOf } from '../db/onboardings.ts';
import { endFactorReset } from '../db/operatorOrders.ts';
import { person } from '../db/people.ts';
import { markResetSent, type ResetLink, resetLink, resetLinkFor } from '../db/resetLinks.ts';
import { needsPassedOn, whoPassesOn } from '../db/temporaryPasswords.ts';
import { factorResetKey } from '../domain/dueActions.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { factorResetMail } from './mail/factorReset.ts';
import { passwordResetMail } from './mail/passwordReset.ts';
import type { MailOutcome, SendMail } from './mail/sendMail.ts';

/** The organisation whose temporary password is needed besides this link. */
async function passedOnBy(db: Db, { personId, clientId }: ResetLink): Promise<string | undefined> {
  const row = await onboardingOf(db, personId);
  return row && needsPassedOn(row) ? whoPassesOn(db, { onboardingId: row.id, clientId }) : undefined;
}

type Given = { db: Db; sendMail: SendMail; publicUrl: URL };

export function createResetActivities({ db, sendMail, publicUrl }: Given) {
  async function send(link: ResetLink): Promise<MailOutcome> {
    if (link.sentAt) return 'sent';
    if (link.usedAt || link.expired) return 'not-open';
    const { name: organisation } = await client(db, link.clientId);
    const url = new URL(`/reset/${db.secrets.linkToken(link, 'reset')}`, publicUrl).href;
    const kind = `${link.purpose}-reset` as const;
    const reader = await person(db, link.personId);
    const facts = { locale: reader.locale, url };
    const mail =
      link.purpose === 'password'
        ? passwordResetMail({ ...facts, passedOnBy: await passedOnBy(db, link) })
        : factorResetMail({ ...facts, organisation });
    // The mail is not needed when an address correction deleted the link or a newer one was requested.
    const now = await resetLink(db, link.id);
    if (!now || now.superseded) return 'not-open';
    const to = { reader, organisation, mailId: link.id, kind };
    const outcome = await sendMail(to, mail);
    if (outcome === 'sent') await markResetSent(db, link.id);
    return outcome;
  }

  return {
    async sendPasswordReset({ resetId }: { resetId: string }): Promise<MailOutcome> {
      const link = await resetLink(db, resetId);
      return link ? send(link) : 'not-open';
    },

    /** Ordered by an operator; the person confirms it with this mail and their password. */
    async sendFactorReset({
      onboardingId,
      key: sendKey,
    }: {
      onboardingId: string;
      key: string;
    }): Promise<{ outcome: MailOutcome; snapshot: ReadSnapshot | undefined }> {
      const row = await onboarding(db, onboardingId);
      const { factorResetDue: order } = row ?? {};
      if (!row || !isOpen(row) || !order || factorResetKey(order) !== sendKey)
        return { outcome: 'not-open', snapshot: row && readSnapshotOf(row) };
      const { personId, clientId } = row;
      const link = await resetLinkFor(db, { personId, clientId, purpose: 'factor', sendKey });
      const outcome = await send(link);
      return { outcome, snapshot: await endFactorReset(db, { onboardingId, order }) };
    },
  };
}
