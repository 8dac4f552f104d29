/** Hands mails to the mail server. */
import { ApplicationFailure } from '@temporalio/common';
import nodemailer from 'nodemailer';
import { isLoopback } from '../../domain/loopback.ts';
import { nameInFrom } from './nameInFrom.ts';
import { isRefusal, notTaken, reasonOf, type SmtpError } from './smtpFailure.ts';

export type Mail = {
  to: string;
  /** The organisation's name, shown before our own address; any addresses in it are removed. */
  fromName: string;
  subject: string;
  text: string;
  html: string;
  /** The same for every try of one logical mail, so that mail programs recognise a repeat. */
  messageId: string;
};

/** `undeliverable`: refused for good; `reason` is a code for the record, without an address. */
export type Handover = { outcome: 'sent' } | { outcome: 'undeliverable'; reason: string };

/** `send` throws `MailNotTaken` when the mail should be retried. */
export type Mailer = { send(mail: Mail): Promise<Handover>; close(): void };

/** Kept open, because each new connection costs a handshake with the mail server. */
const CONNECTIONS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Mail servers can be slow, and cutting one off too early delivers the mail again and again. RFC 5321, 4.5.3.2, would
 * wait up to 10 minutes after the text, but then one hanging server would delay other mails too long.
 */
const SOCKET_TIMEOUT_MS = 120_000;

/**
 * A single plain mailbox. The API accepts nothing else, but the mail library would send to everybody named in the
 * string, so it is checked again before sending.
 */
const isOneMailbox = (to: string) => /^[^\s@,;:<>()"\\[\]\p{Cc}]+@[^\s@,;:<>()"\\[\]\p{Cc}]+$/u.test(to);

/**
 * Mails contain links and temporary passwords, so only a mail server on this machine may be used without TLS by
 * default.
 */
function mustUseTls(url: string, clearTextHost: string | undefined): boolean {
  const { hostname } = new URL(url);
  return !isLoopback(hostname) && hostname !== clearTextHost;
}

/**
 * `from`: "Name <address>". `clearTextHost`: the one mail server, besides any on this machine, that may receive mails
 * without TLS. Throws when the server is away or answers "later"; the error contains no address.
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
    // A mail whose connection broke is retried by the workflow, where it is visible and counted, not here.
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
