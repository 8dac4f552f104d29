/** The mails with a link: invitation, reminder, account opened, message notice. Each is sent once, or again identically. */

import { client } from '../db/clients.ts';
import type { Db } from '../db/connect.ts';
import {
  type Invitation,
  invitationFor,
  linkExpiresAt,
  markInvitationSent,
  temporaryPasswordFor,
} from '../db/invitations.ts';
import { markNotified, messageById, newestMessage, releaseMessage } from '../db/messages.ts';
import { factsOf, isOpen, markMailRefused, type Onboarding, onboarding } from '../db/onboardings.ts';
import { person } from '../db/people.ts';
import { steps } from '../workflows/steps.ts';
import { heartbeating } from './heartbeat.ts';
import { type Letter, layOut } from './mail/layout.ts';
import { type InvitationFacts, LETTERS } from './mail/letters.ts';
import type { Mailer } from './mail/mailer.ts';

export type MailSettings = {
  publicUrl: URL;
  helpContact: string;
  expireAfter: number;
  timeZone: string;
};

export type MailOutcome = 'sent' | 'undeliverable' | 'not-open';

type Send = { onboardingId: string; sendKey: string };

export function createInvitationActivities({
  db,
  mailer,
  settings,
}: {
  db: Db;
  mailer: Mailer;
  settings: MailSettings;
}) {
  const { publicUrl, helpContact, expireAfter, timeZone } = settings;

  async function post(letter: Letter, to: { personId: string; organisation: string; mailId: string }) {
    const { email, locale } = await person(db, to.personId);
    const parts = layOut(letter, { locale, organisation: to.organisation, helpContact });
    const messageId = `<${to.mailId}@${publicUrl.hostname}>`;
    return heartbeating(() =>
      mailer.send({ ...parts, to: email, fromName: to.organisation, subject: letter.subject, messageId }),
    );
  }

  async function factsFor(row: Onboarding, invitation: Invitation): Promise<InvitationFacts> {
    const { email, locale } = await person(db, row.personId);
    const { name } = await client(db, invitation.clientId);
    const message = await newestMessage(db, { personId: row.personId, clientId: invitation.clientId });
    const { at } = await linkExpiresAt(db, { onboardingId: row.id, expireAfter });
    const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone });
    return {
      organisation: name,
      sender: message && message.from.name !== name ? `${message.from.name} (${name})` : name,
      email,
      url: new URL(`/i/${db.secrets.linkToken(invitation)}`, publicUrl).href,
      temporaryPassword: await temporaryPassword(row),
      until: format.format(at),
    };
  }

  async function temporaryPassword(row: Onboarding): Promise<string | null | undefined> {
    if (row.passwordChangedAt) return undefined;
    return row.temporaryPasswordMode === 'sender' ? null : temporaryPasswordFor(db, row.id);
  }

  async function sendLink(
    { onboardingId, sendKey }: Send,
    {
      counter,
      write,
    }: {
      counter: 'invitationsSent' | 'remindersSent';
      write: (row: Onboarding, facts: InvitationFacts) => Promise<Letter>;
    },
  ): Promise<MailOutcome> {
    const row = await onboarding(db, onboardingId);
    if (!row || !isOpen(row)) return 'not-open';
    const invitation = await invitationFor(db, { onboardingId, clientId: row.clientId, sendKey });
    if (invitation.sentAt) return 'sent';
    const facts = await factsFor(row, invitation);
    const letter = await write(row, facts);
    const outcome = await post(letter, {
      personId: row.personId,
      organisation: facts.organisation,
      mailId: invitation.id,
    });
    if (outcome === 'sent') await markInvitationSent(db, invitation, counter);
    else await markMailRefused(db, onboardingId);
    return outcome;
  }

  return {
    async sendInvitation(send: Send): Promise<MailOutcome> {
      return sendLink(send, {
        counter: 'invitationsSent',
        write: async (row, facts) => LETTERS[(await person(db, row.personId)).locale].invitation(facts),
      });
    },

    /** Names the step where the person stopped, and has a fresh link. */
    async sendReminder({ last, ...send }: Send & { last: boolean }): Promise<MailOutcome> {
      return sendLink(send, {
        counter: 'remindersSent',
        write: async (row, facts) => {
          const { current } = steps(factsOf(row));
          const step = current === 'activate' ? 'profile' : current;
          return LETTERS[(await person(db, row.personId)).locale].reminder({ ...facts, step, last });
        },
      });
    },

    /** For somebody who closed the last page before the account was open. */
    async sendAccountOpened({ onboardingId, sendKey }: Send): Promise<MailOutcome> {
      const row = await onboarding(db, onboardingId);
      if (row?.status !== 'completed') return 'not-open';
      const invitation = await invitationFor(db, { onboardingId, clientId: row.clientId, sendKey });
      const { locale } = await person(db, row.personId);
      const organisation = (await client(db, row.clientId)).name;
      const letter = LETTERS[locale].accountOpened({
        organisation,
        url: new URL('/sign-in', publicUrl).href,
      });
      return post(letter, { personId: row.personId, organisation, mailId: invitation.id });
    },

    /** Releases a message to somebody whose account is open, and says that it is there. */
    async sendMessageNotice({ messageId }: { messageId: string }): Promise<MailOutcome> {
      await releaseMessage(db, messageId);
      const message = await messageById(db, messageId);
      if (!message || message.notifiedAt || message.readAt) return 'not-open';
      const { locale } = await person(db, message.personId);
      const organisation = message.clientName;
      const sender =
        message.from.name === organisation ? organisation : `${message.from.name} (${organisation})`;
      const url = new URL(`/messages/${messageId}`, publicUrl).href;
      const letter = LETTERS[locale].messageNotice({ organisation, sender, url });
      const outcome = await post(letter, { personId: message.personId, organisation, mailId: messageId });
      if (outcome === 'sent') await markNotified(db, messageId);
      return outcome;
    },
  };
}
