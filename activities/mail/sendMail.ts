/** Renders a mail and hands it to the mail server, with heartbeats to Temporal. */
import type { Person } from '../../db/people.ts';
import type { MailKind } from '../../db/sendTries.ts';
import { heartbeating } from '../heartbeat.ts';
import type { SendRecords } from '../sendRecords.ts';
import { type MailContent, renderMail } from './layout.ts';
import type { Handover, Mail, Mailer } from './mailer.ts';
import { MailNotTaken } from './smtpFailure.ts';

export type SendMail = ReturnType<typeof createSendMail>;

/** `undeliverable`: refused for good. `not-open`: the mail is no longer needed. */
export type MailOutcome = Handover['outcome'] | 'not-open';

/** `mailId` identifies the logical mail: every try has the same Message-ID. */
export type Addressee = { reader: Person; organisation: string; mailId: string; kind: MailKind };

export function createSendMail(given: {
  beginTry: SendRecords['beginMail'];
  mailer: Mailer;
  publicUrl: URL;
  helpContact: string;
}) {
  const { beginTry, mailer, publicUrl, helpContact } = given;

  /** Hands the mail over and records the try. */
  async function handOver({ reader, mailId, kind }: Addressee, mail: Mail): Promise<Handover> {
    const endTry = await beginTry({ personId: reader.id, channel: 'mail', kind, subjectId: mailId });
    // An earlier try was accepted but could not record it: the mail must not be sent again.
    if (!endTry) return { outcome: 'sent' };
    const handover = await mailer.send(mail).catch(async (error) => {
      const reason = error instanceof MailNotTaken ? error.reason : 'fault';
      await endTry({ outcome: 'failed', reason });
      throw error;
    });
    if (handover.outcome === 'sent') await endTry({ outcome: 'accepted' });
    else await endTry({ outcome: 'refused', reason: handover.reason });
    return handover;
  }

  return async (to: Addressee, content: MailContent): Promise<Handover['outcome']> => {
    const { organisation, mailId } = to;
    const mail = {
      ...renderMail(content, { organisation, helpContact, publicUrl }),
      to: to.reader.email,
      fromName: organisation,
      messageId: `<${mailId}@${publicUrl.hostname}>`,
    };
    const { outcome } = await heartbeating(() => handOver(to, mail));
    return outcome;
  };
}
