/** Temporal is away for a long time at the end: the last page says so by itself, instead of "a few seconds". */
import { expect, it } from 'vitest';
import { violations } from '../kit/access.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants({ env: { TELL_WHEN_LATER_THAN: '6s' } });

const SOON = WORDS.finished.nl.soon;
const LATE = WORDS.finished.nl.late;

async function toTheEnd(anna: BrowserParticipant): Promise<void> {
  await anna.toSecondFactor();
  await anna.skip();
  await anna.sees(WORDS.app.nl.how);
  await anna.registerApp();
  await anna.isAt('Deelnemerinstellingen');
}

it('with and without JavaScript it is said without a click, and who left gets the mail', async () => {
  const all = [await somebody(), await somebody({ javaScript: false })];
  for (const one of all) await toTheEnd(one);
  await testEnv().stopWorker();
  for (const one of all) {
    await one.saveProfile();
    await one.sees(SOON);
  }
  for (const one of all) {
    await one.sees(LATE);
    expect(await one.page.getByText(SOON).count()).toBe(0);
    expect(await one.page.getByRole('status').filter({ hasText: LATE }).count()).toBe(1);
    await one.isAt(WORDS.finished.nl.title);
  }
  expect(await violations(all[0]!.page)).toEqual([]);

  for (const one of all) await one.page.close();
  await testEnv().startWorker();
  for (const one of all)
    expect((await one.person.mail(2)).subject).toBe(
      `Gemeente Voorbeeld: ${WORDS.accountOpened.nl.head.subject}`,
    );
});
