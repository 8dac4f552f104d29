/** The terms of use: agreed to with proof of the exact text; declining loses nothing. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = await new Participant(testEnv).to('terms');
});

const proofs = () => testEnv.db.sql('terms_acceptance').where({ personId: anna.personId });

it('show their text, version and date as step 1 of 5', () => {
  expect(anna.reads).toContain('Stap 1 van 5');
  expect(anna.reads).toContain('Gebruiksvoorwaarden');
  expect(anna.reads).toContain('Versie van 1 november 2026');
  expect(anna.reads).toMatch(/Akkoord .*Ik ga niet akkoord/);
});

describe('agreeing', () => {
  it('keeps version, language, time and the hash of the very text that was shown', async () => {
    await anna.acceptTerms();
    const text = readFileSync(new URL('../../terms/2026-11-01.nl.md', import.meta.url));
    expect(await proofs()).toMatchObject([
      {
        version: '2026-11-01',
        locale: 'nl',
        hash: createHash('sha256').update(text).digest('hex'),
        acceptedAt: expect.any(Date),
        confirmedAt: null,
      },
    ]);
  });

  it('counts from the temporary password, which no program that reads links can type', async () => {
    await anna.acceptTerms();
    await anna.submit({ ...(await anna.rightFields('password')), currentPassword: 'acdf-gh34-acdf-gh34' });
    expect(await proofs()).toMatchObject([{ confirmedAt: null }]);
    await anna.doStep('password');
    const [proof] = await proofs();
    expect(proof!.confirmedAt!.getTime()).toBeGreaterThanOrEqual(proof!.acceptedAt.getTime());
  });

  it.each(['', 'maybe', 'YES'])(
    'is said with the button and nothing else: "%s" brings the page again',
    async (accept) => {
      await anna.submit({ accept });
      expect(anna.path).toBe('/onboarding/terms');
      expect(await proofs()).toEqual([]);
    },
  );
});

describe('not agreeing', () => {
  it('says what happens then and leads back; nothing is written', async () => {
    const before = await anna.row();
    await anna.submit({ accept: 'no' });
    expect(anna.notice).toBe('declined');
    expect(anna.page.text).toContain('href="/onboarding/terms"');
    expect(await anna.row()).toEqual(before);
    expect(await proofs()).toEqual([]);
  });

  it('can be thought over', async () => {
    await anna.submit({ accept: 'no' });
    await anna.open('/onboarding/terms');
    await anna.acceptTerms();
    expect(anna.path).toBe('/onboarding/password');
  });
});
