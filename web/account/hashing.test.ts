/** The limit around argon2: so many at once, so many waiting, and a clear refusal beyond that. */
import { describe, expect, it } from 'vitest';
import { hashPassword, PASSWORD_COST } from '../../db/secrets.ts';
import { createHashing, Overloaded } from './hashing.ts';

describe('the gate', () => {
  it('lets in what may run and wait, and refuses the rest at once', async () => {
    const hashing = createHashing({ atOnce: 1, waiting: 3, cost: PASSWORD_COST });
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => hashing.hash('blauwe fiets')));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(6);
    expect(refused.every(({ reason }) => reason instanceof Overloaded)).toBe(true);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(3);
  });

  it('is open again once those are done', async () => {
    const hashing = createHashing({ atOnce: 1, waiting: 1, cost: PASSWORD_COST });
    await Promise.allSettled([1, 2, 3, 4].map(() => hashing.hash('blauwe fiets')));
    expect(await hashing.hash('blauwe fiets')).toContain('argon2id');
  });
});

describe('a password', () => {
  it('of nobody is never right, whatever is typed', async () => {
    const hashing = createHashing({ atOnce: 2, waiting: 10, cost: PASSWORD_COST });
    for (const nobody of [undefined, null])
      for (const typed of ['', 'nobody has this password', 'blauwe fiets'])
        expect(await hashing.isRight(nobody, typed)).toBe(false);
  });

  it('of somebody is right when it is', async () => {
    const hashing = createHashing({ atOnce: 2, waiting: 10, cost: PASSWORD_COST });
    const hash = await hashPassword('blauwe fiets', PASSWORD_COST);
    expect(await hashing.isRight(hash, 'blauwe fiets')).toBe(true);
    expect(await hashing.isRight(hash, 'blauwe fietsen')).toBe(false);
  });
});
