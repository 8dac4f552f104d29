/** One worker's mail server: it accepts mails, and sometimes refuses, hangs, is slow, or drops the connection. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Deliveries } from './deliveries.ts';
import type { FaultList } from './faultList.ts';

const SLOW_MS = 3_000;
/** Silence, then the connection is cut: sooner than the worker would give up, which takes minutes. */
const HANGS_MS = 15_000;
/** No such address exists: refused for good. */
export const UNKNOWN_USER = 'unknown.';

/** Mails to such addresses are answered only when the deliveries are released. */
export const HELD_USER = 'held.';

export type MailServer = {
  /** For SMTP_URL. */
  url: string;
  close(): void;
};

export type Station = {
  /** The worker it serves. */
  worker: string;
  faults: FaultList;
  deliveries: Deliveries;
  /** Kills that worker. */
  kill: () => void;
};

export async function openMailServer({ worker, faults, deliveries, kill }: Station): Promise<MailServer> {
  /** The 250 has been sent when `accept` returns. */
  async function take(raw: Buffer, session: SMTPServerSession, accept: (error?: Error) => void) {
    const cameAt = Date.now();
    if (faults.take('smtp-refuse'))
      return accept(Object.assign(new Error('4.3.2 try again later'), { responseCode: 451 }));
    if (faults.take('smtp-hang')) {
      await sleep(HANGS_MS);
      return lineOf(session)?.destroy();
    }
    if (faults.take('smtp-slow')) await sleep(SLOW_MS);
    const answerLost = faults.take('smtp-drop');
    const { messageId, subject, text = '', html } = await simpleParser(raw);
    const to = session.envelope.rcptTo[0]!.address;
    if (to.startsWith(HELD_USER)) await deliveries.released;
    const mail = { messageId, to, subject, text, html: html || undefined };
    deliveries.addMail({ ...mail, cameAt, at: Date.now(), worker, answerLost });
    if (answerLost) return lineOf(session)?.destroy();
    accept();
    if (faults.take('after-smtp-250')) kill();
  }

  const lineOf = (session: SMTPServerSession) =>
    [...server.connections].find((connection) => 'id' in connection && connection.id === session.id)
      ?._socket as { destroy(): void } | undefined;

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo({ address }, _session, done) {
      if (!address.startsWith(UNKNOWN_USER)) return done();
      done(Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      // A worker that dies during a mail has not sent it.
      buffer(stream)
        .then((raw) => take(raw, session, done))
        .catch(done);
    },
  }) as SMTPServer & { connections: Set<{ id: string; _socket: unknown }> };
  server.on('error', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    close() {
      for (const { _socket } of server.connections) (_socket as { destroy(): void }).destroy();
      server.close(() => undefined);
    },
  };
}
