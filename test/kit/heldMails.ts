/** A mail server that takes whole mails, and answers each only when the test says so. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { TestContext } from 'vitest';
import { eventually } from './eventually.ts';

export type HeldMail = {
  to: string;
  messageId: string | undefined;
  text: string;
  /** Says 250. */
  accept(): void;
};

export type HeldMails = {
  /** For SMTP_URL. */
  url: string;
  /** All that came, the oldest first. */
  mails: HeldMail[];
  /** The mail to this address, as soon as all of it is here. */
  to(address: string): Promise<HeldMail>;
};

/** It closes at the end of the test. */
export async function holdMails({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<HeldMails> {
  const mails: HeldMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    async onData(stream, { envelope }, done) {
      const { messageId, text = '' } = await simpleParser(await buffer(stream));
      mails.push({ to: envelope.rcptTo[0]!.address, messageId, text, accept: () => done() });
    },
  });
  // Who is killed in the middle hangs up.
  server.on('error', () => undefined);
  onTestFinished(() => new Promise((closed) => server.close(closed)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    to: (address) => eventually(async () => mails.find(({ to }) => to === address)),
  };
}
