/** Conveniences that JavaScript adds. */
import { expect, it } from 'vitest';
import { browserParticipants } from '../kit/browser.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants();

it('an impatient person presses three times, and it happens once', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  let posts = 0;
  anna.page.on('request', (request) => {
    if (request.method() === 'POST') posts += 1;
  });
  await anna.fill('Mobiel telefoonnummer', anna.phone);
  await anna.page.getByRole('button', { name: 'Bevestigings-SMS versturen' }).click({ clickCount: 3 });
  await anna.sees(WORDS.smsDelivery.nl.delivered);
  expect(posts).toBe(1);
  expect(
    testEnv()
      .phone.messages()
      .filter(({ to }) => to === anna.phone),
  ).toHaveLength(1);
});

it('the page of the code says by itself how the SMS fares, and what is typed meanwhile stays', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  await anna.askCode(anna.phone.replace(/\d{4}$/, '0002'));
  await anna.page.locator('html').evaluate((html) => html.setAttribute('data-same-load', ''));
  await anna.sees(/^De SMS kan nu niet worden verstuurd\./);
  await anna.fill('Bevestigingscode', '12');
  await anna.sees(/^De SMS is op uw telefoon aangekomen\./);
  expect(await anna.page.locator('html[data-same-load]').count()).toBe(1);
  expect(await anna.typed('Bevestigingscode')).toBe('12');
});

it('hints follow a new password while it is typed', async () => {
  const anna = await somebody();
  await anna.signUp();
  await anna.agree();
  await anna.fill('Nieuw wachtwoord *', 'vier blauw');
  await anna.sees('Nog te kort. Er ontbreken tekens: 2.');
  await anna.fill('Nieuw wachtwoord *', OWN_PASSWORD);
  await anna.sees('Lang genoeg.');
  await anna.fill('Nogmaals nieuw wachtwoord *', 'vier blauwe');
  await anna.sees(WORDS.newPassword.nl.live.different);
  await anna.fill('Nogmaals nieuw wachtwoord *', OWN_PASSWORD);
  await anna.sees('De wachtwoorden zijn gelijk.');
});

it('a password can be shown and hidden, and leaves as a password', async () => {
  const anna = await somebody();
  await anna.signUp();
  await anna.agree();
  const field = anna.page.getByLabel('Nieuw wachtwoord *', { exact: true });
  await field.fill(OWN_PASSWORD);
  expect(await field.getAttribute('type')).toBe('password');
  await anna.page.getByRole('button', { name: 'Tonen Nieuw wachtwoord' }).click();
  expect(await field.getAttribute('type')).toBe('text');
  await anna.page.getByRole('button', { name: 'Verbergen Nieuw wachtwoord' }).click();
  expect(await field.getAttribute('type')).toBe('password');
  await anna.page.getByRole('button', { name: 'Tonen Nieuw wachtwoord' }).click();
  await anna.press('Wachtwoord wijziging opslaan');
  await anna.page.getByRole('alert').waitFor();
  expect(await field.getAttribute('type')).toBe('password');
});

it('the secret key can be copied; a browser that refuses to gets it selected', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  await anna.skip();
  await anna.sees(WORDS.app.nl.how);
  await anna.press('Kopiëren');
  await expect.poll(() => anna.page.evaluate('getSelection().toString()')).toMatch(/^([A-Z2-7]{4} ?){8}$/);
  await anna.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await anna.sees('De sleutel is geselecteerd. U kunt hem nu kopiëren.');
  await anna.page.locator('[data-copy]').click();
  await anna.sees('Gekopieerd');
  expect(await anna.page.evaluate('navigator.clipboard.readText()')).toBe(await anna.secret());
});

it('the language can be switched on every page, and the page stays', async () => {
  const anna = await somebody();
  const sent = await anna.invited();
  await anna.openLink();
  await anna.press('English');
  await anna.isAt(WORDS.link.en.title);
  await anna.press('Sign up');
  await anna.isAt(WORDS.terms.en.title);
  await anna.press('Nederlands');
  await anna.isAt('Gebruiksvoorwaarden');
  expect(anna.path).toBe('/onboarding/terms');
  await anna.agree();
  await anna.isAt('Wachtwoord wijzigen');
  await anna.press('Wachtwoord wijziging opslaan');
  await anna.page.getByRole('alert').waitFor();
  await anna.press('English');
  await anna.isAt('Change password');
  expect(anna.path).toBe('/onboarding/password');
  expect(sent.recipient.onboarding.status).toBe('invited');
});

it('the browser says when the policy blocks something, so its silence elsewhere means something', async () => {
  const anna = await somebody();
  await anna.invited();
  await anna.openLink();
  await anna.page.evaluate(
    `document.body.append(Object.assign(document.createElement('script'), { text: '1' }))`,
  );
  expect(anna.complaints.splice(0).join()).toContain('Content Security Policy');
});
