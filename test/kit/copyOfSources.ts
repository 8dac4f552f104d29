/** The sources in a folder of their own, for what keeps something in `.instap/`. */
import { chmodSync, cpSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../tools/local/folder.ts';

export function copyOfSources(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'instap-copy-'));
  // PostgreSQL, which root starts as another user, can enter it, and leaves nothing elsewhere.
  chmodSync(copy, 0o755);
  const sources = readdirSync(ROOT).filter((name) => !name.startsWith('.') && name !== 'node_modules');
  for (const name of sources) cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}
