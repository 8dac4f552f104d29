/** PostgreSQL is killed while people are in the middle of a step, and comes back. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connect, disconnect, migrate } from '../../db/connect.ts';
import type { OnboardingRow } from '../../db/tables.ts';
import type { Step } from '../../domain/steps.ts';
import { type Postgres, startPostgres } from '../../tools/local/postgres.ts';
import { expectStatusToMatchDatabase } from '../kit/engine.ts';
import { openTestEnvironment, type TestEnvironment } from '../kit/environment.ts';
import { eventually } from '../kit/eventually.ts';
import { waitForLock } from '../kit/locks.ts';
import { noticeIn } from '../kit/pages.ts';
import { Participant, type Place } from '../kit/participant.ts';

let postgres: Postgres;
let testEnv: TestEnvironment;
beforeAll(async () => {
  postgres = await startPostgres({}, { restart: true });
  const db = connect({ url: postgres.url, secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }] });
  await migrate(db);
  await disconnect(db);
  testEnv = await openTestEnvironment({
    databaseUrl: postgres.url,
    temporalAddress: inject('temporalAddress'),
    bundlePath: inject('bundlePath'),
  });
});
afterAll(async () => {
  await testEnv.close();
  await postgres.stop();
});

/** A step, what it writes, and where it leads. */
type Doing = { place: Step; fact: keyof OnboardingRow; event: string; next: string };

const STEPS: Doing[] = [
  { place: 'terms', fact: 'termsAcceptedAt', event: 'terms.accepted', next: '/onboarding/password' },
  { place: 'password', fact: 'passwordChangedAt', event: 'password.changed', next: '/onboarding/sms' },
  { place: 'app', fact: 'appVerifiedAt', event: 'app.verified', next: '/onboarding/profile' },
  { place: 'profile', fact: 'profileSavedAt', event: 'profile.saved', next: '/onboarding/finished' },
];

async function participantsAt(places: Place[]): Promise<Participant[]> {
  const people = places.map(() => new Participant(testEnv));
  for (const [i, anna] of people.entries()) await anna.to(places[i]!);
  for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
  return people;
}

/** Each person's step with valid input. */
const filledIn = (people: Participant[]) =>
  Promise.all(
    people.map(async (anna, i) => ({
      path: anna.path,
      fields: await anna.rightFields(STEPS[i % STEPS.length]!.place),
    })),
  );

const back = () => eventually(async () => (await fetch(`${testEnv.url}/readyz`)).ok || undefined);

it('31: the database is killed in the middle of every step; nothing is done, the page says "try again", and trying again works', async () => {
  const people = await participantsAt(STEPS.map(({ place }) => place));
  const forms = await filledIn(people);
  const lock = await testEnv.db.sql.transaction();
  await lock('onboarding').forUpdate().select('id');
  const posted = people.map((anna, i) => anna.post(forms[i]!.path, forms[i]!.fields));
  await waitForLock(testEnv, STEPS.length);
  process.kill(postgres.pid()!, 'SIGKILL');
  const answers = await Promise.all(posted);
  await lock.rollback().catch(() => undefined);
  for (const { status, text } of answers) {
    expect(status).toBe(503);
    expect(noticeIn(text)).toBe('broken');
  }
  await back();
  for (const [i, { fact, event, next }] of STEPS.entries()) {
    const anna = people[i]!;
    expect(await anna.row()).toMatchObject({ [fact]: null });
    expect(await anna.events()).not.toContain(event);
    // The browser still has what was typed, and sends it again.
    expect((await anna.post(forms[i]!.path, forms[i]!.fields)).location).toBe(next);
    expect((await anna.events()).filter((one) => one === event)).toHaveLength(1);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  }
});

it('31: the database is killed while many post; what was answered is kept, each step is done or not, and everybody goes on', async () => {
  const people = await participantsAt([1, 2, 3].flatMap(() => STEPS.map(({ place }) => place)));
  const forms = await filledIn(people);
  const posted = people.map((anna, i) => anna.post(forms[i]!.path, forms[i]!.fields));
  await Promise.race(posted);
  process.kill(postgres.pid()!, 'SIGKILL');
  const answers = await Promise.all(posted);
  await back();
  for (const [i, anna] of people.entries()) {
    const { fact, event, next } = STEPS[i % STEPS.length]!;
    const done = (await anna.row())[fact] !== null;
    expect((await anna.events()).includes(event)).toBe(done);
    if (answers[i]!.status === 303) expect(done).toBe(true);
    else expect(noticeIn(answers[i]!.text)).toBe('broken');
    const again = await anna.post(forms[i]!.path, forms[i]!.fields);
    expect(again.location).toBe(next);
    expect((await anna.events()).filter((one) => one === event)).toHaveLength(1);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  }
});
