/** Limits argon2: each computation takes 19 MiB and a core, so only so many run and wait at once. */
import pLimit from 'p-limit';
import { hashPassword, type PasswordCost, passwordIsRight, passwordNeedsRehash } from '../../db/secrets.ts';

/** Too many are waiting: answered 503 with Retry-After. */
export class Overloaded extends Error {}

export type Hashing = ReturnType<typeof createHashing>;

/** `atOnce` and `waiting`: numbers of computations. Beyond them `Overloaded` is thrown. */
export type HashingOptions = { atOnce: number; waiting: number; cost: PasswordCost };

export function createHashing({ atOnce, waiting, cost }: HashingOptions) {
  const gate = pLimit(atOnce);
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    if (gate.pendingCount >= waiting) throw new Overloaded('too many passwords at once');
    return gate(work);
  };
  // For accounts without a password: comparing takes the same time, so it reveals nothing (ASVS 6.3.8).
  const nobodys = hashPassword('nobody has this password', cost);
  const compare = async (hash: string | null | undefined, password: string): Promise<boolean> =>
    (await passwordIsRight(hash ?? (await nobodys), password)) && Boolean(hash);
  return {
    hash: (password: string) => through(() => hashPassword(password, cost)),
    needsRehash: (hash: string) => passwordNeedsRehash(hash, cost),
    isRight: (hash: string | null | undefined, password: string) => through(() => compare(hash, password)),
    /** Runs everything that belongs to one comparison in one turn. */
    inTurn: <T>(work: (isRight: typeof compare) => Promise<T>) => through(() => work(compare)),
  };
}
