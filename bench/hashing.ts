/** What one argon2id hash costs, with the parameters of docs/security.md. */
import { argon2id, hash } from 'argon2';

const PARAMETERS = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PASSWORD = 'vier blauwe fietsen 88';
const HASHES = 20;

/** CPU time in milliseconds; nothing else may run in this process meanwhile. */
export async function timeHash(): Promise<number> {
  await hash(PASSWORD, PARAMETERS);
  const before = process.cpuUsage();
  for (let i = 0; i < HASHES; i++) await hash(PASSWORD, PARAMETERS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / HASHES;
}
