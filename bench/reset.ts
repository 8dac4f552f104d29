/** How long a password reset mail takes while the mail server is busy with invitations. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from './browser.ts';
import { closedLoop } from './load.ts';
import { goThrough } from './participant.ts';
import { sendMessage } from './sender.ts';
import type { BenchService } from './service.ts';
import { untilMailed } from './waiting.ts';

/** `ms`: since the button was pressed; null: not within a minute. */
export type Reset = { invitations: number; ms: number | null };

const INVITED = 'invited.';
const POSTING_AT_ONCE = 16;
/** Until Temporal has received everything that was posted, in milliseconds. */
const SETTLE_MS = 2_000;
/** Longest wait for the mail, in milliseconds. */
const GIVE_UP_MS = 60_000;

export async function measureReset(service: BenchService, invitations: number): Promise<Reset> {
  const { standIns, url } = service;
  const { email } = await goThrough(service);
  const mailsBefore = standIns.mails();
  const { release } = standIns.holdMailsTo(INVITED);
  let invited = 0;
  await closedLoop({ atOnce: POSTING_AT_ONCE, people: invitations }, () =>
    sendMessage(service, { email: `${INVITED}${++invited}@example.com`, body: 'Beste collega.' }),
  );
  await sleep(SETTLE_MS);

  const browser = new Browser(url, '10.255.0.1');
  await browser.open('/forgot-password');
  const mail = standIns.nextMail(email);
  const begun = performance.now();
  await browser.submit({ email });
  const ms = await Promise.race([
    mail.then(() => performance.now() - begun),
    sleep(GIVE_UP_MS, null, { ref: false }),
  ]);
  release();
  await untilMailed(standIns, mailsBefore + invitations + 1);
  return { invitations, ms };
}
