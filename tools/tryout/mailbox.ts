/** A mail server that delivers nothing: every mail is kept as an .eml file, to be read in the browser. */
import { mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

const KEPT_MAILS = 500;
const MAX_MAIL_BYTES = 25 * 1024 * 1024;
const BUSY_TIMES = 2;
const WAIT_STEP_MS = 25;

/** Addresses that simulate a failing mail server. */
export const MAIL_FAILURES = [
  { ending: '@refused.example', does: 'is refused for good (550)' },
  { ending: '@busy.example', does: `is put off ${BUSY_TIMES} times (451), then accepted` },
] as const;

export type Mail = {
  id: string;
  receivedAt: Date;
  /** The recipients in the envelope, who really get it. */
  recipients: string[];
  sender: string;
  from: string;
  to: string;
  subject: string;
  messageId: string | undefined;
  text: string;
  html: string | undefined;
  headers: { name: string; line: string }[];
};

export type Mailbox = {
  port: number;
  /** For SMTP_URL. */
  url: string;
  /** Newest first. */
  mails: () => Promise<Mail[]>;
  mail: (id: string) => Promise<Mail | undefined>;
  /** Changes when a mail arrives or is deleted. */
  version: () => string;
  clear: () => void;
  /** Whether to put every mail off (451) from now on. */
  sayLater: (toAll: boolean) => void;
  /** The newest mail that satisfies `wanted`, once it arrives; undefined after `withinMs` milliseconds. */
  waitFor: (wanted: (mail: Mail) => boolean, withinMs: number) => Promise<Mail | undefined>;
  close: () => Promise<void>;
};

/** Listens on 127.0.0.1; `port` 0 or absent: a free one. Mails kept in `folder` by an earlier start are loaded. */
export async function openMailbox({ folder, port = 0 }: { folder: string; port?: number }): Promise<Mailbox> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Names start with the time, so their order is the order of arrival.
  const ids = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => name.slice(0, -'.eml'.length))
    .sort();
  const parsed = new Map<string, Promise<Mail>>();
  const putOff = new Map<string, number>();
  const fileOf = (id: string) => path.join(folder, `${id}.eml`);
  let lastTime = 0;
  let laterToAll = false;

  async function keep(raw: Buffer, session: SMTPServerSession): Promise<void> {
    // Keeps the order of two mails in the same millisecond.
    lastTime = Math.max(Date.now(), lastTime + 1);
    const id = new Date(lastTime).toISOString().replace(/[-:.]/g, '');
    const { mailFrom, rcptTo } = session.envelope;
    const sender = mailFrom ? mailFrom.address : '';
    const envelope = `X-Envelope-From: <${sender}>\r\n${rcptTo.map(({ address }) => `X-Envelope-To: <${address}>\r\n`).join('')}`;
    // Written under another name and renamed, so that a reader never meets half a mail.
    await writeFile(`${fileOf(id)}.new`, Buffer.concat([Buffer.from(envelope), raw]), { mode: 0o600 });
    await rename(`${fileOf(id)}.new`, fileOf(id));
    ids.push(id);
    for (const old of ids.splice(0, ids.length - KEPT_MAILS)) {
      parsed.delete(old);
      unlinkSync(fileOf(old));
    }
  }

  function refusalFor(address: string): { code: number; message: string } | undefined {
    if (address.endsWith('@refused.example')) return { code: 550, message: '5.1.1 no such mailbox' };
    const times = putOff.get(address) ?? 0;
    const busy = address.endsWith('@busy.example') && times < BUSY_TIMES;
    if (!busy && !laterToAll) return undefined;
    putOff.set(address, times + 1);
    return { code: 451, message: '4.3.2 busy, try again later' };
  }

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    onRcptTo({ address }, _session, done) {
      const refusal = refusalFor(address.toLowerCase());
      done(refusal && Object.assign(new Error(refusal.message), { responseCode: refusal.code }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        keep(Buffer.concat(chunks), session).then(
          () => done(),
          (error: Error) => done(error),
        );
      });
    },
  });
  // A client that disconnects early is not our problem.
  server.on('error', () => undefined);
  const listening = await new Promise<number>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

  function mail(id: string): Promise<Mail> | undefined {
    if (!ids.includes(id)) return undefined;
    const known = parsed.get(id) ?? parse(id, readFileSync(fileOf(id)));
    parsed.set(id, known);
    return known;
  }
  const mails = () => Promise.all(ids.toReversed().map((id) => mail(id)!));

  return {
    port: listening,
    url: `smtp://127.0.0.1:${listening}`,
    mails,
    mail: async (id) => mail(id),
    version: () => `${ids.length}-${ids.at(-1) ?? ''}`,
    clear() {
      for (const id of ids.splice(0)) rmSync(fileOf(id), { force: true });
      parsed.clear();
    },
    sayLater(toAll) {
      laterToAll = toAll;
    },
    async waitFor(wanted, withinMs) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const found = (await mails()).find(wanted);
        if (found || performance.now() > deadline) return found;
        await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
      }
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function parse(id: string, raw: Buffer): Promise<Mail> {
  const mail = await simpleParser(raw);
  const envelope = (name: string) =>
    mail.headerLines
      .filter(({ key }) => key === name)
      .map(({ line }) => line.slice(line.indexOf('<') + 1, line.lastIndexOf('>')));
  return {
    id,
    receivedAt: new Date(
      id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z'),
    ),
    recipients: envelope('x-envelope-to'),
    sender: envelope('x-envelope-from')[0] ?? '',
    from: mail.from?.text ?? '',
    to: addresses(mail.to),
    subject: mail.subject ?? '',
    messageId: mail.messageId,
    text: mail.text ?? '',
    html: mail.html || undefined,
    headers: mail.headerLines.map(({ key, line }) => ({ name: key, line })),
  };
}

const addresses = (to: ParsedMail['to']) =>
  [to ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');
