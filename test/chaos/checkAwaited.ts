/**
 * At the very end: the mail servers hold so many invitations that every worker is busy, and a password reset mail
 * still arrives.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SEND_SLOTS } from '../../processes/startWorker.ts';
import { callApi } from './api.ts';
import type { Findings } from './findings.ts';
import type { Ledger } from './ledger.ts';
import { HELD_USER } from './mailServer.ts';
import type { System } from './system.ts';

const WORKERS = 2;
/** More than the workers send at once. */
const INVITATIONS = WORKERS * SEND_SLOTS + 10;
const BUSY_WITHIN_MS = 30_000;
const MAIL_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 100;

export async function checkAwaited(system: System, ledger: Ledger, findings: Findings): Promise<void> {
  const { url, db, deliveries } = system;
  const resets = (email: string) => deliveries.mailsTo(email).filter(({ text }) => text.includes('/reset/'));
  // A person who already got a reset mail may have reached the limit.
  const account = ledger.accounts.find(
    ({ email, finished, erased }) => finished && !erased && resets(email).length === 0,
  );
  if (!account) return;
  for (let i = 0; i < INVITATIONS; i++) await invite(system, ledger);
  const areBusy = await within(BUSY_WITHIN_MS, async () => {
    const underWay = await db.sql('send_try').where({ kind: 'invitation', outcome: null }).pluck('id');
    return underWay.length >= WORKERS * SEND_SLOTS;
  });
  if (!areBusy) findings.add('stuck', 'the service', 'invitations were not begun');
  await fetch(new URL('/forgot-password', url), {
    method: 'POST',
    body: new URLSearchParams({ email: account.email }),
  });
  const came = await within(MAIL_WITHIN_MS, async () => resets(account.email).length > 0);
  if (!came) findings.add('stuck', account.email, 'the mail for a new password waits behind invitations');
  deliveries.release();
}

const invite = (system: System, ledger: Ledger) =>
  callApi(
    { ...system, ledger },
    {
      method: 'POST',
      path: '/messages',
      headers: { 'idempotency-key': randomUUID() },
      body: {
        to: { email: `${HELD_USER}${randomUUID()}@example.com`, locale: 'nl' },
        from: { name: 'Afdeling Personeel' },
        subject: 'Uw aanstelling',
        body: 'Beste collega.',
      },
    },
  );

async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; await sleep(LOOK_EVERY_MS))
    if (await isSo()) return true;
  return false;
}
