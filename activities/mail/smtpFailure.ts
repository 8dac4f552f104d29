/** What a failure to send a mail means: a refusal for good, or something an operator can fix. */

import { TriedAgain } from '../failures.ts';

/** nodemailer's error. `command`: the SMTP command that failed. */
export type SmtpError = Error & {
  code?: string;
  originalCode?: string;
  command?: string;
  responseCode?: number;
  response?: string;
};

/**
 * The mail was not accepted and is retried. The message is for operators, `reason` for the record; neither contains an
 * address.
 */
export class MailNotTaken extends TriedAgain {
  override name = 'MailNotTaken';
  readonly reason: string;

  constructor(reason: string, hint: string) {
    super(`${hint} (${reason}); the mail is retried`);
    this.reason = reason;
  }
}

/** Replies about our sign-in, which some servers give only later (RFC 4954, 4 and 6). */
const SIGN_IN_REPLIES = [530, 534, 535, 538];
/** "Bad sequence of commands" is about the session, not the mail. */
const BAD_SEQUENCE = 503;
/**
 * SMTP commands whose rejection concerns this recipient or mail. Rejections of earlier commands concern our own
 * settings.
 */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];
const TLS_CODES = /^(ERR_(SSL|TLS)|CERT_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** The reply code and, if given, the enhanced status code (RFC 3463): never the server's text. */
export function reasonOf({ response, responseCode, originalCode, code }: SmtpError): string {
  if (!responseCode) return originalCode ?? code ?? 'no answer';
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1];
  return enhanced ? `${responseCode} ${enhanced}` : String(responseCode);
}

/** Whether the server refused this address or mail for good, so that retrying is pointless. */
export function isRefusal({ command = '', responseCode = 0 }: SmtpError): boolean {
  const permanent = responseCode >= 500 && responseCode < 600 && responseCode !== BAD_SEQUENCE;
  return permanent && ABOUT_THE_MAIL.includes(command) && !SIGN_IN_REPLIES.includes(responseCode);
}

export const notTaken = (error: SmtpError): MailNotTaken => new MailNotTaken(reasonOf(error), hintFor(error));

/** nodemailer also reports missing STARTTLS when the server does not know EHLO. */
const lacksStarttls = ({ command, message }: SmtpError) =>
  command === 'STARTTLS' || /required STARTTLS/.test(message);

function hintFor(error: SmtpError): string {
  const { code = '', originalCode = '', command = '', responseCode } = error;
  if (lacksStarttls(error))
    return 'the mail server offers no STARTTLS, and mail is never sent unencrypted: enable it there, or use smtps:// (port 465) in SMTP_URL';
  if (SIGN_IN_REPLIES.includes(responseCode ?? 0) || ['EAUTH', 'ENOAUTH'].includes(code))
    return 'the mail server refuses our sign-in: check the user and password in SMTP_URL';
  if (responseCode && responseCode < 500) return 'the mail server says "later": nothing to do for now';
  if (responseCode && command === 'MAIL FROM')
    return 'the mail server refuses our sender: check that it lets us send as MAIL_FROM';
  if (responseCode)
    return 'the mail server refuses to talk to us: check that it lets this worker send through it';
  if (code === 'ETLS' || TLS_CODES.test(originalCode))
    return 'no secure connection to the mail server: check its certificate, and smtps:// (port 465) or smtp:// (port 587) in SMTP_URL';
  if (['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS'].includes(code))
    return 'no answer from the mail server: check that SMTP_URL is right and that the worker can reach the server';
  return 'the mail server did not accept the mail: check SMTP_URL and the server';
}
