/**
 * `npm run timing`: whether response times reveal who has an account. Sends a web process 200 requests each, in random
 * order, for addresses with and without an account, while a worker runs. Exit code 1 when a row differs by more than
 * chance.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addClient } from '../../db/clients.ts';
import { connect, type Db, disconnect } from '../../db/connect.ts';
import { acceptMessage, type NewMessage } from '../../db/messages.ts';
import { hashPassword, PASSWORD_COST } from '../../db/secrets.ts';
import type { Infrastructure } from '../../test/kit/environment.ts';
import { openInfrastructure } from '../../test/kit/infrastructure.ts';
import { startPart } from '../local/childProcesses.ts';
import { ROOT } from '../local/folder.ts';
import { anyFreePort } from '../local/ports.ts';
import { SAMPLE_CLIENT } from '../local/sample.ts';
import { say } from '../local/screen.ts';
import { openMailbox } from '../tryout/mailbox.ts';
import { median, rankTest } from './rankTest.ts';

const SAMPLES = 200;
/** Unmeasured requests at the start, to open connections and compile code. */
const WARM_UP = 40;
/** A difference less probable than this is not chance. */
const CHANCE = 0.001;
const LOOK_EVERY_MS = 100;
/** Wait before each "forgotten password", so that work left by the previous one does not count for this one. */
const PAUSE_MS = 40;
const ANSWER_WITHIN_MS = 10_000;
const NO_LIMIT = '1000000';
/** Requested right after "forgotten password": the same for everybody, and it needs the database as that did. */
const FIXED_PAGE = `/reset/${'0'.repeat(96)}`;
const STAND_IN_SID = `AC${'0'.repeat(32)}`;

type Answer = { ms: number; status: number; bytes: number };
type Sample = Answer & { known: boolean };
type Visitor = { known: boolean; email: string };

const stops: (() => unknown)[] = [];

try {
  const infrastructure = await openInfrastructure(stops);
  const env = await settings(infrastructure);
  await addPeople(env);
  const port = Number(env.PORT);
  for (const [name, entry] of [
    ['worker', 'processes/worker.ts'],
    ['web', 'processes/web.ts'],
  ] as const) {
    const command = { command: process.execPath, args: [path.join(ROOT, entry)], env };
    const part = startPart(
      { name, ...command, ready: { line: `${name} ready` }, stopSignal: 'SIGTERM' },
      { restart: false },
    );
    stops.push(part.stop);
    await part.ready;
  }
  await measure(port, people('first', WARM_UP));
  say('timing', `${SAMPLES} samples each, known and unknown in random order`);
  const differ = print(await measure(port, shuffled([...people('known'), ...people('other')])));
  await checkWhoWasKnown(env);
  process.exitCode = differ ? 1 : 0;
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** Settings for web and worker. The limits are out of the way: they apply to known and unknown addresses alike. */
async function settings({ databaseUrl, temporalAddress }: Infrastructure): Promise<NodeJS.ProcessEnv> {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-timing-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const mailbox = await openMailbox({ folder });
  stops.push(() => mailbox.close());
  const port = await anyFreePort();
  return {
    PATH: process.env.PATH,
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://localhost:${port}`,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    SMTP_URL: mailbox.url,
    TWILIO_ACCOUNT_SID: STAND_IN_SID,
    TWILIO_AUTH_TOKEN: 'no SMS is sent here',
    TWILIO_FROM: '+15005550006',
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    DRAIN_WAIT: '0',
    LIMIT_FORGOTTEN_PER_NETWORK: NO_LIMIT,
    LIMIT_SIGN_INS_PER_NETWORK: NO_LIMIT,
  };
}

/** Addresses of equal length, so that pages repeating them are equally long. */
function people(kind: 'known' | 'other' | 'first', count = SAMPLES): Visitor[] {
  const email = (i: number) => `${kind}.${String(i).padStart(4, '0')}@example.com`;
  return Array.from({ length: count }, (_, i) => ({ known: kind === 'known', email: email(i) }));
}

async function withDatabase(env: NodeJS.ProcessEnv, work: (db: Db) => Promise<void>): Promise<void> {
  const [id, key] = env.SECRET_KEYS!.split(':') as [string, string];
  const db = connect({ url: env.DATABASE_URL!, secretKeys: [{ id, key: Buffer.from(key, 'base64') }] });
  await work(db).finally(() => disconnect(db));
}

/** Open accounts, with no work left to do. */
async function addPeople(env: NodeJS.ProcessEnv): Promise<void> {
  await withDatabase(env, async (db) => {
    const { id: clientId } = await addClient(db, SAMPLE_CLIENT);
    for (const { email } of people('known')) await acceptMessage(db, message(clientId, email), () => ({}));
    await openAccounts(db);
  });
}

/** Proves that known and unknown addresses were compared: each known one gets a link, and no other. */
async function checkWhoWasKnown(env: NodeJS.ProcessEnv): Promise<void> {
  await withDatabase(env, async ({ sql }) => {
    while (await sql('password_request').first('id')) await sleep(LOOK_EVERY_MS);
    const links = await sql('reset_link').pluck('id');
    if (links.length !== SAMPLES) throw new Error(`${links.length} links were made for ${SAMPLES} accounts`);
  });
}

function message(clientId: string, email: string): NewMessage {
  return {
    clientId,
    idempotencyKey: email,
    request: email,
    email,
    locale: 'nl',
    from: { name: 'Instap' },
    subject: 'timing',
    body: 'timing',
    temporaryPassword: 'mail',
  };
}

async function openAccounts({ sql }: Db): Promise<void> {
  const now = sql.fn.now();
  await sql('person').update({
    passwordHash: await hashPassword(randomBytes(16).toString('hex'), PASSWORD_COST),
  });
  const done = { termsAcceptedAt: now, passwordChangedAt: now, appVerifiedAt: now, profileSavedAt: now };
  await sql('onboarding').update({ ...done, status: 'completed', endedAt: now });
  await sql('message').delete();
  await sql('outbox').delete();
}

/** Random, so that each kind meets the same moments of the machine. */
function shuffled<T>(all: T[]): T[] {
  const left = [...all];
  return all.map(() => left.splice(randomInt(left.length), 1)[0]!);
}

/** The samples of each row of the table. */
async function measure(port: number, visitors: Visitor[]): Promise<Record<string, Sample[]>> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const to = (path: string, form?: Record<string, string>) => ask({ port, agent, path, form });
  const signIns: Sample[] = [];
  const forgotten: Sample[] = [];
  const after: Sample[] = [];
  for (const { known, email } of visitors)
    signIns.push({ known, ...(await to('/sign-in', { email, password: 'a wrong password 1' })) });
  for (const { known, email } of visitors) {
    await sleep(PAUSE_MS);
    forgotten.push({ known, ...(await to('/forgot-password', { email })) });
    after.push({ known, ...(await to(FIXED_PAGE)) });
  }
  agent.destroy();
  return {
    'sign-in, wrong password': signIns,
    'forgotten password': forgotten,
    'the request after it': after,
  };
}

type Question = { port: number; agent: http.Agent; path: string; form?: Record<string, string> };

/** From the first byte sent to the last one received. */
function ask({ port, agent, path, form }: Question): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const headers = form && { 'content-type': 'application/x-www-form-urlencoded' };
  const where = { host: '127.0.0.1', port, path, agent, signal, headers, method: form ? 'POST' : 'GET' };
  const begun = performance.now();
  const request = http.request(where, (response) => {
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    response.on('end', () =>
      resolve({ ms: performance.now() - begun, status: response.statusCode ?? 0, bytes }),
    );
    response.on('error', reject);
  });
  request.on('error', reject);
  request.end(form && new URLSearchParams(form).toString());
  return promise;
}

/** Prints the table; returns whether a row differs, in its time or in its answers. */
function print(rows: Record<string, Sample[]>): boolean {
  const line = (cells: string[]) =>
    console.log(cells.map((cell, i) => (i ? cell.padStart(12) : cell.padEnd(26))).join(''));
  line(['median, ms', 'known', 'unknown', 'p', 'answers']);
  const differing = Object.entries(rows).filter(([name, samples]) => {
    const [known, unknown] = [true, false].map((kind) => samples.filter(({ known }) => known === kind));
    const answers = [known!, unknown!].map((some) => answersIn(some));
    const [one, other] = [known!, unknown!].map((some) => some.map(({ ms }) => ms));
    const p = rankTest(one!, other!);
    const alike = answers[0] === answers[1];
    const times = [one!, other!].map((some) => median(some).toFixed(2));
    line([name, ...times, p < CHANCE ? p.toExponential(0) : p.toFixed(3), alike ? 'alike' : 'differ']);
    if (!alike) console.log(`  known: ${answers[0]}; unknown: ${answers[1]}`);
    return p < CHANCE || !alike;
  });
  console.log(differing.length ? 'It tells who has an account.' : 'It tells nothing.');
  return differing.length > 0;
}

/** The distinct statuses and lengths of all answers. */
function answersIn(samples: Sample[]): string {
  return [...new Set(samples.map(({ status, bytes }) => `${status}, ${bytes} bytes`))].sort().join(' and ');
}
