/** The mail server and SMS provider for Instap and the floor: in this process, and as slow as real ones. */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

/** In milliseconds: from the end of a mail's text to "250", and from a call of Twilio's API to its answer. */
type Latency = { mail: number; sms: number };
const REALISTIC: Latency = { mail: 50, sms: 150 };
const NONE: Latency = { mail: 0, sms: 0 };
/** From the answer to the delivery receipts "sent" and "delivered", in milliseconds. */
const RECEIPTS = [
  { status: 'sent', afterMs: 200 },
  { status: 'delivered', afterMs: 800 },
];
/** Longest wait for a mail or SMS, in milliseconds: a slow service is measured, a broken one is given up. */
const ARRIVES_WITHIN_MS = 5 * 60_000;

export type StandIns = {
  smtpUrl: string;
  twilioUrl: string;
  accountSid: string;
  authToken: string;
  /** The text of the next mail to this address, or SMS to this number; ask before it is sent. */
  nextMail(address: string): Promise<string>;
  nextSms(number: string): Promise<string>;
  /** How many mails were accepted. */
  mails(): number;
  /** Accepts mails to addresses with this prefix, but answers only after `release`. */
  holdMailsTo(beginning: string): { held(): number; release(): void };
  /** Whether to answer at once, or as slowly as real ones. */
  answer(how: 'at once' | 'realistically'): void;
  close(): void;
};

export async function openStandIns(): Promise<StandIns> {
  const mails = createArrivals('mail');
  const texts = createArrivals('SMS');
  const accountSid = `AC${randomBytes(16).toString('hex')}`;
  const authToken = randomBytes(16).toString('hex');
  let latency = REALISTIC;
  let taken = 0;
  let hold: { beginning: string; held: number; released: Promise<void> } | undefined;

  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    async onData(stream, { envelope }, done) {
      const text = await textOf(stream);
      if (hold && envelope.rcptTo[0]?.address.startsWith(hold.beginning)) {
        hold.held++;
        await hold.released;
      }
      await sleep(latency.mail);
      taken++;
      done();
      for (const { address } of envelope.rcptTo) mails.came(address, plain(text));
    },
  });
  const provider = createServer(async (request, response) => {
    const fields = new URLSearchParams(await textOf(request));
    const sid = `SM${randomBytes(16).toString('hex')}`;
    await sleep(latency.sms);
    response.writeHead(201, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ sid, status: 'queued' }));
    texts.came(fields.get('To')!, fields.get('Body')!);
    const callback = fields.get('StatusCallback');
    if (callback) await sendReceipts({ callback, sid, to: fields.get('To')!, authToken });
  });
  const smtpPort = await listen((ready) => smtp.listen(0, '127.0.0.1', ready));
  const providerPort = await listen((ready) => provider.listen(0, '127.0.0.1', ready));
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    twilioUrl: `http://127.0.0.1:${providerPort}`,
    accountSid,
    authToken,
    nextMail: mails.next,
    nextSms: texts.next,
    mails: () => taken,
    holdMailsTo(beginning) {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const mine = { beginning, held: 0, released };
      hold = mine;
      return { held: () => mine.held, release };
    },
    answer(how) {
      latency = how === 'at once' ? NONE : REALISTIC;
    },
    close() {
      smtp.close(() => undefined);
      provider.close();
      provider.closeAllConnections();
    },
  };
}

/** `what`: for the error when it does not arrive. Only one caller waits per name. */
function createArrivals(what: string) {
  const waiting = new Map<string, (text: string) => void>();
  return {
    async next(name: string): Promise<string> {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const tooLate = setTimeout(
        () => reject(new Error(`no ${what} after ${ARRIVES_WITHIN_MS / 60_000} minutes`)),
        ARRIVES_WITHIN_MS,
      );
      waiting.set(name, resolve);
      return promise.finally(() => clearTimeout(tooLate));
    },
    came(name: string, text: string): void {
      waiting.get(name)?.(text);
      waiting.delete(name);
    },
  };
}

/** Signed as Twilio signs: HMAC-SHA-1 of the address and the sorted fields. Not repeated. */
async function sendReceipts(sms: { callback: string; sid: string; to: string; authToken: string }) {
  const begun = performance.now();
  for (const { status, afterMs } of RECEIPTS) {
    await sleep(begun + afterMs - performance.now(), undefined, { ref: false });
    const fields: Record<string, string> = { MessageSid: sms.sid, MessageStatus: status, To: sms.to };
    const signed = Object.keys(fields)
      .sort()
      .reduce((text, name) => text + name + fields[name], sms.callback);
    const signature = createHmac('sha1', sms.authToken).update(signed).digest('base64');
    const headers = { 'X-Twilio-Signature': signature };
    const body = new URLSearchParams(fields);
    const response = await fetch(sms.callback, { method: 'POST', headers, body }).catch(() => undefined);
    await response?.arrayBuffer();
  }
}

const listen = (start: (ready: () => void) => Pick<Server, 'address'>): Promise<number> =>
  new Promise((resolve) => {
    const server = start(() => resolve((server.address() as AddressInfo).port));
  });

async function textOf(stream: IncomingMessage | AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Decodes quoted-printable as far as links and passwords need it. */
const plain = (mail: string): string => mail.replace(/=\r\n/g, '').replace(/=3D/g, '=');
