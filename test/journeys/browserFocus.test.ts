/** Focus and announcements after everything that changes a page without a full load. */
import { describe, expect, it } from 'vitest';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants();

const focused = (anna: BrowserParticipant) => anna.page.locator(':focus');

/** Everything that live regions announce from now on, in order. */
async function listen(anna: BrowserParticipant): Promise<() => Promise<string[]>> {
  await anna.page.evaluate(`{
    window.announced = [];
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target.nodeType === 1 ? target : target.parentElement;
        const region = element?.closest('[role="status"], [role="alert"]');
        const text = region?.textContent.trim();
        if (text && announced.at(-1) !== text) announced.push(text);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }`);
  return () => anna.page.evaluate<string[]>('announced');
}

/** Sends an SMS to a number with this ending, which the provider treats in its own way (tools/tryout/phone.ts). */
async function sendTo(anna: BrowserParticipant, ending: string): Promise<string> {
  const phone = anna.phone.replace(/\d{4}$/, ending);
  await anna.fill('Mobiel telefoonnummer', phone);
  await anna.press('Bevestigings-SMS versturen');
  return phone;
}

describe('a new page', () => {
  it('takes the focus to its heading, scrolls to the top, and is named in the title with its step', async () => {
    const anna = await somebody();
    await anna.signUp();
    await anna.isAt('Gebruiksvoorwaarden');
    await anna.page.evaluate('scrollTo(0, 500)');
    await anna.agree();
    await anna.isAt('Wachtwoord wijzigen');
    expect(await focused(anna).innerText()).toBe('Wachtwoord wijzigen');
    expect(await anna.page.evaluate('scrollY')).toBe(0);
    expect(await anna.page.title()).toBe('Wachtwoord wijzigen (Stap 2 van 5) – Gemeente Voorbeeld');
    await anna.page.keyboard.press('Tab');
    expect(await focused(anna).getAttribute('name')).toBe('currentPassword');
  });

  it('in the other language tells the browser which language it is', async () => {
    const anna = await somebody();
    await anna.signUp();
    await anna.isAt('Gebruiksvoorwaarden');
    await anna.page.locator('html').evaluate((html) => html.setAttribute('data-same-load', ''));
    await anna.press('English');
    await anna.isAt(WORDS.terms.en.title);
    expect(await anna.page.locator('html[data-same-load]').getAttribute('lang')).toBe('en');
    await anna.press('I agree');
    await anna.isAt('Change password');
  });
});

describe('on the page of the code', () => {
  it('a rejected code keeps its message, and the focus is not taken back while the person types', async () => {
    const anna = await somebody();
    await anna.toSecondFactor();
    // This number's SMS is delayed by a few seconds, so the page asks for news meanwhile.
    await anna.askCode(anna.phone.replace(/\d{4}$/, '0002'));
    await anna.fill('Bevestigingscode', '12');
    await anna.press('Doorvoeren');
    await anna.page.getByRole('alert').waitFor();
    expect(await focused(anna).getAttribute('role')).toBe('alert');
    await anna.page.getByLabel('Bevestigingscode', { exact: true }).focus();
    await anna.page.keyboard.type('3');
    await anna.sees(/^De SMS is op uw telefoon aangekomen\./);
    await anna.page.keyboard.type('4');
    expect(await anna.typed('Bevestigingscode')).toBe('34');
  });

  it('each state of the SMS is said once, and the countdown only when it is over', async () => {
    const anna = await somebody();
    await anna.page.clock.install();
    await anna.toSecondFactor();
    await testEnv().stopWorker();
    await anna.askCode();
    await anna.sees(/^De SMS is onderweg\./);
    await anna.page.getByText('Geen SMS ontvangen').click();
    await anna.sees(/^Opnieuw sturen kan over \d+ seconden\.$/);
    const announced = await listen(anna);
    await testEnv().startWorker();
    await anna.sees(/^De SMS is op uw telefoon aangekomen\./);
    await anna.page.clock.fastForward('00:31');
    await anna.sees('U kunt de SMS nu opnieuw laten sturen.');
    const said = await announced();
    const news = said.filter((text) => /aangekomen|verstuurd/.test(text));
    expect(new Set(news).size).toBe(news.length);
    expect(said.at(-1)).toBe('U kunt de SMS nu opnieuw laten sturen.');
    expect(said.filter((text) => text.includes('seconden'))).toEqual([]);
  });

  it('a number that cannot get an SMS is the heading, with another number and the app as the ways on', async () => {
    const anna = await somebody();
    await anna.toSecondFactor();
    await sendTo(anna, '0001');
    await anna.isAt(WORDS.smsDelivery.nl.titles['bad-number']);
    await anna.page.getByRole('link', { name: 'Telefoonnummer wijzigen' }).waitFor();
    expect(await anna.page.getByRole('button', { name: WORDS.smsCode.nl.resend }).count()).toBe(0);
    expect(await anna.page.getByLabel('Bevestigingscode', { exact: true }).count()).toBe(0);
    await anna.page.getByRole('link', { name: WORDS.smsCode.nl.setUpApp }).click();
    await anna.sees(WORDS.app.nl.how);
  });

  it('an SMS that did not arrive can be sent again at once, and a code that comes after all still counts', async () => {
    const anna = await somebody();
    await anna.toSecondFactor();
    const phone = await sendTo(anna, '0003');
    await anna.isAt(WORDS.smsDelivery.nl.titles.unreachable);
    // A failed one costs no wait, and none is counted down any more.
    await anna.page.getByText(/^Opnieuw sturen kan over/).waitFor({ state: 'hidden' });
    await anna.press(WORDS.smsCode.nl.resend);
    const code = await anna.person.code(phone, 2);
    await anna.isAt(WORDS.smsDelivery.nl.titles.unreachable);
    await anna.page.getByText('Toch nog een code gekregen?').click();
    await anna.fill('Bevestigingscode', code);
    await anna.press('Doorvoeren');
    await anna.sees('Stap 4 van 5');
  });
});

it('copying the key is said aloud', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  await anna.skip();
  await anna.sees(WORDS.app.nl.how);
  await anna.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const announced = await listen(anna);
  await anna.press('Kopiëren');
  await anna.sees('Gekopieerd');
  expect(await announced()).toEqual(['Gekopieerd']);
});
