/** The terms change for people half-way and for people who have finished: everybody agrees once, with proof. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onboardingOf } from '../../db/onboardings.ts';
import { type RunningWeb, startWeb } from '../../processes/startWeb.ts';
import { asRole } from '../../tools/local/postgresRoles.ts';
import { tokenOf } from '../../tools/tryout/authenticator.ts';
import { CHEAP_PASSWORDS } from '../kit/environment.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

const NEWER = '2031-01-01';

let testEnv: TestEnvironment;
let folder: string;
let web: RunningWeb;
/** The same test environment after a release with newer terms. */
let later: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
  folder = mkdtempSync(path.join(tmpdir(), 'instap-terms-'));
  cpSync(testEnv.config.TERMS_FOLDER, folder, { recursive: true });
  for (const locale of ['nl', 'en'])
    writeFileSync(path.join(folder, `${NEWER}.${locale}.md`), 'De nieuwe tekst.');
  const { config: before } = testEnv;
  const config = {
    ...before,
    DATABASE_URL: asRole(before.DATABASE_URL, 'web'),
    PORT: 0,
    TERMS_FOLDER: folder,
  };
  web = await startWeb({ config, log: pino({ level: 'silent' }), passwordCost: CHEAP_PASSWORDS });
  later = { ...testEnv, url: `http://localhost:${web.port}` };
});
afterAll(async () => {
  await web.stop();
  await testEnv.close();
  rmSync(folder, { recursive: true });
});

const proofs = async (personId: string) =>
  testEnv.db
    .sql('terms_acceptance')
    .where({ personId })
    .orderBy('acceptedAt')
    .select('version', 'hash', 'locale', 'confirmedAt');

/** The same browser, using the web with the newer terms. */
function afterRelease(person: Participant): Participant {
  const same = new Participant(later, person.email);
  for (const [name, value] of person.cookies) same.cookies.set(name, value);
  return same;
}

async function toProfile(): Promise<{
  anna: Participant;
  personId: string;
  secret: string;
  messageId: string;
}> {
  const anna = await new Participant(testEnv).readingMails().to('profile');
  return { anna, personId: anna.personId, secret: anna.appKey, messageId: anna.sent!.id };
}

describe('22: the terms change', () => {
  it('while somebody is half-way: asked at the end, then goes on, with proof of both', async () => {
    const { anna, personId, messageId } = await toProfile();
    const then = afterRelease(anna);
    await then.open('/onboarding/profile');
    await then.saveProfile();
    expect(then.path).toBe('/onboarding/terms');
    expect(then.reads).toContain('De voorwaarden zijn veranderd sinds u akkoord ging');
    expect(then.reads).toContain('De nieuwe tekst.');
    expect((await onboardingOf(testEnv.db, personId))?.status).toBe('open');

    await then.acceptTerms();
    expect(then.path).toBe(`/messages/${messageId}`);
    const [first, second] = await proofs(personId);
    expect([first!.version, second!.version]).toEqual(['2026-11-01', NEWER]);
    expect(first!.hash).not.toBe(second!.hash);
    expect([first!.confirmedAt, second!.confirmedAt]).toEqual([expect.any(Date), expect.any(Date)]);
  });

  it('after somebody has finished: asked at the next sign-in, before any message', async () => {
    const { anna, personId, secret, messageId } = await toProfile();
    await anna.saveProfile();
    expect(anna.path).toBe(`/messages/${messageId}`);

    const then = new Participant(later, anna.email);
    await then.open('/sign-in');
    await then.submit({ email: anna.email, password: OWN_PASSWORD });
    // The set-up's token is used up; the next step's is accepted early.
    await then.submit({ token: tokenOf(secret, Date.now() + 30_000) });
    expect(then.path).toBe('/terms');
    await then.open(`/messages/${messageId}`);
    expect(then.path).toBe('/terms');
    expect(then.reads).toContain('De nieuwe tekst.');

    await then.submit({ accept: 'no' });
    expect(then.notice).toBe('declinedNew');
    await then.open('/terms');
    await then.acceptTerms();
    expect(then.path).toBe('/messages');
    await then.open(`/messages/${messageId}`);
    expect(then.reads).toContain('Beste collega, dit is vertrouwelijk.');
    expect((await proofs(personId)).map(({ version }) => version)).toEqual(['2026-11-01', NEWER]);
  });
});
