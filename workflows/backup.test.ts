/** A backup taken during onboardings, restored beside an empty Temporal: everybody continues where they were. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connect, disconnect, migrate } from '../db/connect.ts';
import { factsOf, onboardingOf } from '../db/onboardings.ts';
import type { OnboardingRow } from '../db/tables.ts';
import type { Step } from '../domain/steps.ts';
import { createInvitedPerson, expectStatusToMatchDatabase, readSmsCode } from '../test/kit/engine.ts';
import { openTestEnvironment, type TestEnvironment } from '../test/kit/environment.ts';
import { eventually } from '../test/kit/eventually.ts';
import { linkIn, OWN_PASSWORD, temporaryPasswordIn } from '../test/kit/pages.ts';
import { Participant, type Place } from '../test/kit/participant.ts';
import { startPostgres } from '../tools/local/postgres.ts';
import { backUp } from '../tools/local/postgresBackup.ts';
import { startTemporal } from '../tools/local/temporal.ts';
import { findTemporal } from '../tools/local/temporalCli.ts';
import { tokenOf } from '../tools/tryout/authenticator.ts';

/** How many people go through everything while the backup is taken. */
const AT_ONCE = 4;
const MESSAGE = 'Beste collega, dit is vertrouwelijk.';
/** The life of a token (RFC 6238). */
const PERIOD_MS = 30_000;

const stops: (() => unknown)[] = [];
let testEnv: TestEnvironment;
let url: string;
beforeAll(async () => {
  const postgres = await startPostgres();
  stops.push(postgres.stop);
  url = postgres.url;
  const db = connect({ url, secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }] });
  await migrate(db).finally(() => disconnect(db));
  const infrastructure = {
    databaseUrl: url,
    temporalAddress: inject('temporalAddress'),
    bundlePath: inject('bundlePath'),
  };
  testEnv = await openTestEnvironment(infrastructure);
  stops.push(() => testEnv.close());
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** Switches to the backup, and to an empty Temporal. */
async function restore(folder: string): Promise<void> {
  const found = await findTemporal(() => undefined);
  if ('hint' in found) throw new Error(found.hint);
  const [postgres, temporal] = await Promise.all([
    startPostgres({ folder }),
    startTemporal({ cli: found.cli, uiPort: false }),
  ]);
  stops.unshift(postgres.stop, temporal.stop);
  await testEnv.restart({ DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: temporal.address });
}

type AtWork = { finished: Participant[]; underWay: Set<Participant> };

/** People arrive and finish until `until` is done. */
async function atWork<T>(until: (people: AtWork) => Promise<T>): Promise<T> {
  const finished: Participant[] = [];
  const underWay = new Set<Participant>();
  let closed = false;
  const one = async () => {
    while (!closed) {
      const anna = new Participant(testEnv);
      await anna.invited();
      underWay.add(anna);
      await anna.mail();
      await anna.to('finished', 'both');
      await expectStatusToMatchDatabase(testEnv, anna.personId);
      underWay.delete(anna);
      finished.push(anna);
    }
  };
  const working = Promise.all(Array.from({ length: AT_ONCE }, one));
  const done = await until({ finished, underWay }).finally(() => {
    closed = true;
  });
  await working;
  return done;
}

/** The backup contains everything in this row, and Temporal knows it. */
async function goesOn(before: OnboardingRow): Promise<void> {
  const after = (await onboardingOf(testEnv.db, before.personId))!;
  expect(after.version).toBeGreaterThanOrEqual(before.version);
  const done = Object.entries(factsOf(before)).filter(([, isTrue]) => isTrue);
  expect(factsOf(after)).toMatchObject(Object.fromEntries(done));
  if (after.status === 'open') await expectStatusToMatchDatabase(testEnv, before.personId);
  else expect(after.status).toBe('completed');
}

type Proof = 'password' | 'sms' | 'app';

/** Where each person stops, what another device must then prove, and where it continues. */
const STOPPED: { place: Place; asks: Proof[]; path: string }[] = [
  { place: 'terms', asks: [], path: '/onboarding/terms' },
  { place: 'password', asks: [], path: '/onboarding/password' },
  { place: 'sms', asks: ['password'], path: '/onboarding/sms' },
  { place: 'app', asks: ['password', 'sms'], path: '/onboarding/app' },
  { place: 'profile', asks: ['password', 'app'], path: '/onboarding/profile' },
];

/** What this person used up: the temporary password, the SMS code, or the app's token. */
async function spentBy(anna: Participant, proof: Proof): Promise<Record<string, string>> {
  if (proof === 'password') return { password: temporaryPasswordIn(await anna.mail()) };
  if (proof === 'sms') return { code: await anna.smsCode(), action: 'confirm' };
  const { lastStep } = (await testEnv.db
    .sql('app_factor')
    .where({ personId: anna.personId })
    .first('lastStep'))!;
  return { token: tokenOf(anna.appKey, Number(lastStep) * PERIOD_MS) };
}

async function prove(phone: Participant, proof: Proof): Promise<void> {
  if (proof === 'password') await phone.submit({ password: OWN_PASSWORD });
  if (proof === 'sms') await phone.enterCode(await readSmsCode(phone, 'sign-in'));
  if (proof === 'app') await phone.submit({ token: await phone.token() });
}

const STEP_AT: Record<string, Step | 'smsCode'> = {
  '/onboarding/terms': 'terms',
  '/onboarding/password': 'password',
  '/onboarding/sms': 'sms',
  '/onboarding/sms/code': 'smsCode',
  '/onboarding/app': 'app',
  '/onboarding/profile': 'profile',
};

async function finish(phone: Participant): Promise<void> {
  for (let step = STEP_AT[phone.path]; step; step = STEP_AT[phone.path]) {
    await phone.doStep(step);
  }
  await eventually(async () => {
    if (phone.path.startsWith('/messages/')) return true;
    await phone.open('/onboarding/finished');
  });
  expect(phone.reads).toContain(MESSAGE);
}

it('goes on from a backup that was taken under load; what was spent stays spent', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-restored-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const stopped = await Promise.all(
    STOPPED.map(async (one) => {
      const anna = await createInvitedPerson(testEnv, one.place, 'both');
      const proofs = one.asks.map(async (proof) => ({ proof, spent: await spentBy(anna, proof) }));
      return { ...one, anna, proofs: await Promise.all(proofs) };
    }),
  );
  const { finished, rows } = await atWork(async (people) => {
    // Several people are half-way.
    const halfWay = () => [...people.underWay].filter(({ path: at }) => at.startsWith('/onboarding/'));
    await eventually(async () => (people.finished.length >= AT_ONCE && halfWay().length >= 2) || undefined);
    const before = [...people.finished];
    // What answers have confirmed so far is in their rows.
    const stand = await Promise.all([...people.underWay].map((anna) => anna.row()));
    await backUp(url, folder);
    return { finished: before, rows: stand };
  });
  await restore(folder);

  for (const row of rows) await goesOn(row);

  for (const anna of finished) {
    const phone = anna.elsewhere();
    await phone.signIn('app');
    await phone.open(`/messages/${anna.sent!.id}`);
    expect(phone.reads).toContain(MESSAGE);
  }
  for (const { anna, proofs, path: goesOnAt } of stopped) {
    const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(said.facts).toMatchObject({ termsAccepted: goesOnAt !== '/onboarding/terms' });
    const phone = anna.elsewhere();
    await phone.openLink(linkIn(await anna.mail()));
    for (const { proof, spent } of proofs) {
      expect((await phone.submit(spent)).status, `spent ${proof}`).toBe(422);
      await prove(phone, proof);
    }
    expect(phone.path).toBe(goesOnAt);
    await finish(phone);
    expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).row.status).toBe('completed');
  }
});
