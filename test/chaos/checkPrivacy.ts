/**
 * Leaked: personal or secret data where it does not belong: in Temporal, a log, the metrics, or unsealed in the
 * database.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findLink, findTemporaryPassword } from '../kit/pages.ts';
import { blindSpots, type CanaryValues, SECRET_WORD, searchFor, WORD } from './canaryValues.ts';
import type { EngineRun } from './engineRuns.ts';
import type { Findings } from './findings.ts';
import type { Ledger } from './ledger.ts';
import type { System } from './system.ts';

export async function checkPrivacy(
  system: System,
  { ledger, runs }: { ledger: Ledger; runs: EngineRun[] },
  findings: Findings,
): Promise<void> {
  const canaries = canariesIn(system, ledger);
  const search = searchFor(canaries);
  for (const what of blindSpots(search, canaries))
    findings.add('leaked', 'the search', `does not see ${what}`);
  // An address, a link and a temporary password; not every mail has the last.
  const mails = system.deliveries.mails.map(({ to, text }) => `${to} ${text}`).join('\n');
  if (mails && search.foundIn(mails).length < 3)
    findings.add('leaked', 'the search', 'does not even see what is in the mails');
  const places: Record<string, string>[] = [
    Object.fromEntries(runs.map(({ workflowId, text }) => [workflowId, text])),
    logsIn(system.folder),
    await metricsOf(system),
    await tablesOf(system),
  ];
  for (const place of places)
    for (const [where, text] of Object.entries(place))
      for (const what of search.foundIn(text)) findings.add('leaked', where, what);
}

/** Six-digit codes are left out, because they occur by chance in long numbers. */
function canariesIn({ apiKey, deliveries, secretKey }: System, { accounts }: Ledger): CanaryValues {
  const keyInHex = Buffer.from(secretKey, 'base64').toString('hex');
  const values = new Map([
    [WORD, 'a personal value'],
    [SECRET_WORD, 'an own password'],
    [apiKey, 'an API key'],
    [secretKey, 'a key of SECRET_KEYS'],
    [keyInHex, 'a key of SECRET_KEYS'],
  ]);
  for (const { text } of deliveries.mails) {
    const link = findLink(text);
    const reset = findLink(text, 'reset');
    const temporary = findTemporaryPassword(text);
    if (link) values.set(link.slice('/i/'.length), 'a link');
    if (reset) values.set(reset.slice('/reset/'.length), 'a reset link');
    if (temporary) values.set(temporary, 'a temporary password');
  }
  for (const account of accounts) for (const [secret, what] of account.secrets) values.set(secret, what);
  return { values, numbers: [...new Set(deliveries.texts.map(({ to }) => to))] };
}

const logsIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith('.log'))
      .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]),
  );

async function metricsOf({ metrics }: System): Promise<Record<string, string>> {
  const read = async (url: string) => [url, await (await fetch(url)).text()];
  return Object.fromEntries(await Promise.all(metrics.map(read)));
}

/** What a dump of the database shows. */
async function tablesOf({ db }: System): Promise<Record<string, string>> {
  const { rows } = await db.sql.raw<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  );
  const read = async ({ name }: { name: string }) => [
    name,
    JSON.stringify((await db.sql.raw('select * from ??', [name])).rows),
  ];
  return Object.fromEntries(await Promise.all(rows.map(read)));
}
