/** Hands mails to the mail server. */
import { ApplicationFailure } from '@temporalio/common';
import nodemailer from 'nodemailer';
import { isLoopback } from '../../domain/loopback.ts';
import { nameInFrom } from './nameInFrom.ts';
import { isRefusal, notTaken, reasonOf, type SmtpError } from './smtpFailure.ts';

export type Mail = {
  to: string;
  /** The organisation's name, shown before our own address; without addresses in it. */
  fromName: string;
  subject: string;
  text: string;
  html: string;
  /** The same for every try of one logical mail, so a repeat is recognised as one. */
  messageId: string;
};

/** `undeliverable`: refused for good; `reason` is a code for the record, without an address. */
export type Handover = { outcome: 'sent' } | { outcome: 'undeliverable'; reason: string };

/** `send` throws `MailNotTaken` when the mail is to be tried again. */
export type Mailer = { send(mail: Mail): Promise<Handover>; close(): void };

/** Kept open between mails: a new connection costs a mail server's greeting each time. */
const CONNECTIONS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * A mail server may take its time; cut off too soon it gets the mail again and again. RFC 5321, 4.5.3.2, would wait up
 * to 10 minutes after the text, which would hold up the others too long when it hangs.
 */
const SOCKET_TIMEOUT_MS = 120_000;

/**
 * One plain mailbox. The API takes no other, but the mail library would send to whoever else is named in it: so this is
 * looked at before anything leaves, too.
 */
const isOneMailbox = (to: string) => /^[^\s@,;:<>()"\\[\]\p{Cc}]+@[^\s@,;:<>()"\\[\]\p{Cc}]+$/u.test(to);

/** Mails hold links and temporary passwords: only to this very machine do they go without TLS unasked. */
function mustUseTls(url: string, clearTextHost: string | undefined): boolean {
  const { hostname } = new URL(url);
  return !isLoopback(hostname) && hostname !== clearTextHost;
}

/**
 * `from`: "Name <address>". `clearTextHost`: the one mail server, besides any on this machine, that may get mails without
 * TLS. Throws when the server is away or says "later", in words without an address.
 */
export function createMailer({
  url,
  from,
  clearTextHost,
}: {
  url: string;
  from: string;
  clearTextHost?: string;
}): Mailer {
  const transport = nodemailer.createTransport({
    url,
    requireTLS: mustUseTls(url, clearTextHost),
    pool: true,
    maxConnections: CONNECTIONS,
    // A mail whose connection broke is tried again by the workflow, where it is seen and counted, and not in here.
    maxRequeues: 0,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const address = /<([^>]+)>/.exec(from)?.[1] ?? from;

  return {
    async send({ to, fromName, subject, text, html, messageId }) {
      if (!isOneMailbox(to)) return { outcome: 'undeliverable', reason: 'no mailbox' };
      const sent = await transport
        .sendMail({
          // Objects, not strings: a comma or line break in a string would add recipients.
          from: { name: nameInFrom(fromName), address },
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        })
        .catch((error: SmtpError) => error);
      if (sent instanceof Error) {
        if (isRefusal(sent)) return { outcome: 'undeliverable', reason: reasonOf(sent) };
        throw notTaken(sent);
      }
      const reached = sent.envelope.to;
      if (reached.length !== 1 || reached[0]?.toLowerCase() !== to.toLowerCase())
        throw ApplicationFailure.nonRetryable(
          'the mail library changed the recipient: nothing else may be sent until that is understood',
          'RecipientChanged',
        );
      return { outcome: 'sent' };
    },
    close: () => transport.close(),
  };
}
