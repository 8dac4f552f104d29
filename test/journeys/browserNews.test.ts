/** Without JavaScript, pages that wait for something show the outcome by themselves. */
import { expect, it } from 'vitest';
import { browserParticipants } from '../kit/browser.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants();

it('a number that the provider refuses is said, without a click', async () => {
  const anna = await somebody({ javaScript: false });
  await anna.toSecondFactor();
  await testEnv().stopWorker();
  await anna.askCode(anna.phone.replace(/\d{4}$/, '0001'));
  await anna.sees(WORDS.smsDelivery.nl.onItsWay);
  await testEnv().startWorker();
  await anna.isAt(WORDS.smsDelivery.nl.titles['bad-number']);
  expect(anna.path).toBe('/onboarding/sms/code');
});

it('so it is when going on elsewhere and at the last page', async () => {
  const anna = await somebody({ javaScript: false });
  await anna.toSecondFactor();
  await anna.askCode();
  await anna.confirmCode();
  await anna.sees('Stap 4 van 5');
  await anna.page.context().clearCookies();
  await anna.openLink();
  await anna.press('Aanmelden');
  await testEnv().stopWorker();
  await anna.fill('Uw eigen wachtwoord *', OWN_PASSWORD);
  await anna.press('Verder');
  await anna.isAt(WORDS.smsCode.nl.prove.title);
  await anna.sees(WORDS.smsDelivery.nl.onItsWay);
  await testEnv().startWorker();
  await anna.sees(/^De SMS is op uw telefoon aangekomen\./);
  await anna.fill('Code uit de SMS', await anna.person.code(anna.phone, 2));
  await anna.press('Bevestigen');

  await anna.sees('Stap 4 van 5');
  await anna.skip();
  await anna.isAt('Deelnemerinstellingen');
  await testEnv().stopWorker();
  await anna.saveProfile();
  await anna.isAt(WORDS.finished.nl.title);
  await testEnv().startWorker();
  await anna.isAt('Uw aanstelling');
});
