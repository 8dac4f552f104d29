/** Whole journeys in a real browser, as a person sees them: with JavaScript and without, in both languages. */
import { describe, expect, it } from 'vitest';
import { onboardingOf } from '../../db/onboardings.ts';
import { browserParticipants } from '../kit/browser.ts';
import { eventually } from '../kit/eventually.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import type { Sent } from '../kit/sender.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants();

async function hasFinished({ recipient }: Sent): Promise<void> {
  const row = await onboardingOf(testEnv().db, recipient.id);
  expect(row?.status).toBe('completed');
  const status = await eventually(async () => {
    const now = await testEnv().status(row!.id);
    return now.step === 'done' ? now : undefined;
  });
  expect(status.problem).toBeNull();
}

describe.each([
  { name: 'with JavaScript', javaScript: true },
  { name: 'without JavaScript', javaScript: false },
])('from the mail to the message, $name', ({ javaScript }) => {
  it('with a code by SMS only', async () => {
    const anna = await somebody({ javaScript });
    const sent = await anna.invited();
    await anna.openLink();
    await anna.isAt(WORDS.link.nl.title);
    await anna.press('Aanmelden');
    await anna.isAt('Gebruiksvoorwaarden');
    await anna.sees('Stap 1 van 5');
    await anna.agree();
    await anna.isAt('Wachtwoord wijzigen');
    await anna.sees('Stap 2 van 5');
    await anna.choosePassword();
    await anna.isAt('Een betere beveiliging voor vertrouwelijke gegevens');
    await anna.sees('Stap 3 van 5');
    await anna.askCode(anna.phone.replace('+316', '06 '));
    await anna.sees(anna.phone.replace('+316', '+31 6 '));
    await anna.confirmCode();
    await anna.sees('Stap 4 van 5');
    await anna.skip();
    await anna.isAt('Deelnemerinstellingen');
    await anna.sees('Stap 5 van 5');
    await anna.saveProfile();
    await anna.isAt('Uw aanstelling');
    await anna.sees('Beste collega, dit is vertrouwelijk.');
    expect(anna.path).toBe(`/messages/${sent.id}`);
    await hasFinished(sent);
  });

  it('with the authenticator app only', async () => {
    const anna = await somebody({ javaScript });
    const sent = await anna.toSecondFactor();
    await anna.skip();
    await anna.sees(WORDS.app.nl.how);
    await anna.page.getByText('QR-code tonen').click();
    await anna.page.getByRole('img', { name: 'QR-code voor de authenticatie-app' }).waitFor();
    await anna.registerApp();
    await anna.isAt('Deelnemerinstellingen');
    await anna.saveProfile();
    await anna.isAt('Uw aanstelling');
    await hasFinished(sent);
  });

  it('with both, in English', async () => {
    const anna = await somebody({ javaScript, locale: 'en' });
    const sent = await anna.invited();
    await anna.openLink();
    await anna.isAt(WORDS.link.en.title);
    await anna.press('Sign up');
    await anna.isAt(WORDS.terms.en.title);
    await anna.sees('Step 1 of 5');
    await anna.agree();
    await anna.isAt('Change password');
    await anna.choosePassword();
    await anna.isAt('Better protection for confidential data');
    await anna.askCode();
    await anna.confirmCode();
    await anna.sees('Step 4 of 5');
    await anna.registerApp();
    await anna.isAt('Participant settings');
    await anna.saveProfile();
    await anna.isAt('Uw aanstelling');
    await hasFinished(sent);
  });

  it('who skips both is told plainly what is needed, and goes back to SMS', async () => {
    const anna = await somebody({ javaScript });
    const sent = await anna.toSecondFactor();
    await anna.skip();
    await anna.sees('Stap 4 van 5');
    await anna.skip();
    await anna.sees(/^U hebt SMS al overgeslagen\. Eén van de twee is nodig/);
    await anna.page.getByRole('link', { name: 'Naar SMS', exact: true }).click();
    await anna.askCode();
    await anna.confirmCode();
    await anna.sees('Stap 4 van 5');
    await anna.skip();
    await anna.isAt('Deelnemerinstellingen');
    await anna.saveProfile();
    await anna.isAt('Uw aanstelling');
    await hasFinished(sent);
  });

  it('in two sittings, and signing in later', async () => {
    const anna = await somebody({ javaScript });
    await anna.toSecondFactor();
    // Another device knows nothing of this one's session.
    await anna.page.context().clearCookies();
    await anna.openLink();
    await anna.press('Aanmelden');
    await anna.isAt(WORDS.continuing.nl.title);
    await anna.fill('Uw eigen wachtwoord *', OWN_PASSWORD);
    await anna.press('Verder');
    await anna.sees('Stap 3 van 5');
    await anna.askCode();
    await anna.confirmCode();
    await anna.sees('Stap 4 van 5');
    await anna.skip();
    await anna.isAt('Deelnemerinstellingen');
    await anna.saveProfile();
    await anna.isAt('Uw aanstelling');

    await anna.press('Uitloggen');
    await anna.isAt('Inloggen');
    await anna.fill('E-mailadres', anna.person.email);
    await anna.fill('Wachtwoord', OWN_PASSWORD);
    await anna.press('Inloggen');
    await anna.isAt(WORDS.smsCode.nl.prove.title);
    await anna.fill('Code uit de SMS', await anna.person.code(anna.phone, 2));
    await anna.press('Bevestigen');
    await anna.isAt('Uw berichten');
    await anna.page.getByRole('link', { name: 'Uw aanstelling' }).click();
    await anna.sees('Beste collega, dit is vertrouwelijk.');
  });
});
