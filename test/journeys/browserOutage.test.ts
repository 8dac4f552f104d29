/** The worker is away during onboardings: people notice little, and lose nothing. */
import { expect, it } from 'vitest';
import { onboardingOf } from '../../db/onboardings.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants({ env: { TELL_WHEN_LATER_THAN: '1ms' } });

/** From the mail to the last page, with the app, because an SMS cannot be sent. */
async function toTheEnd(anna: BrowserParticipant): Promise<void> {
  await anna.openLink();
  await anna.press('Aanmelden');
  await anna.agree();
  await anna.choosePassword();
  await anna.sees('Stap 3 van 5');
  await anna.skip();
  await anna.sees(WORDS.app.nl.how);
  await anna.registerApp();
  await anna.isAt('Deelnemerinstellingen');
  await anna.saveProfile();
  await anna.isAt(WORDS.finished.nl.title);
}

it('everything can be done without the worker but opening the account; then who waits goes on, who left gets a mail', async () => {
  const anna = await somebody();
  const bram = await somebody({ javaScript: false });
  const cora = await somebody();
  const all = [anna, bram, cora];
  const sent = await Promise.all(all.map((one) => one.invited()));
  await Promise.all(all.map((one) => one.person.mail()));
  await testEnv().stopWorker();

  await Promise.all(all.map(toTheEnd));
  for (const { recipient } of sent)
    expect((await onboardingOf(testEnv().db, recipient.id))?.status).toBe('open');
  await anna.sees(WORDS.finished.nl.late);
  await anna.page.goto(`${testEnv().url}/messages`);
  await anna.isAt('Inloggen');
  await anna.page.goBack();
  await anna.isAt(WORDS.finished.nl.title);
  await cora.page.close();

  await testEnv().startWorker();
  await anna.isAt('Uw aanstelling');
  await bram.isAt('Uw aanstelling');
  expect([anna.path, bram.path]).toEqual(sent.slice(0, 2).map(({ id }) => `/messages/${id}`));
  const told = await cora.person.mail(2);
  expect(told.subject).toBe(`Gemeente Voorbeeld: ${WORDS.accountOpened.nl.head.subject}`);
});

it('an SMS that waits for the worker is announced, and its arrival is seen without loading the page again', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  await testEnv().stopWorker();
  await anna.askCode();
  await anna.sees(/^De SMS is onderweg\./);
  await testEnv().startWorker();
  await anna.sees(/^De SMS is op uw telefoon aangekomen\./);
  await anna.confirmCode();
  await anna.sees('Stap 4 van 5');
});
