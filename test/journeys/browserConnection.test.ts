/** A slow or broken connection, or a failing server: the page says so, and nothing that was typed is lost. */
import { afterEach, describe, expect, it } from 'vitest';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { WORDS } from '../kit/words.ts';

const { somebody } = browserParticipants();

async function atPhone(): Promise<BrowserParticipant> {
  const anna = await somebody();
  await anna.toSecondFactor();
  await anna.fill('Mobiel telefoonnummer', anna.phone);
  return anna;
}

const connection = (anna: BrowserParticipant) => anna.page.locator('#connection');

describe('a form that does not get through', () => {
  let anna: BrowserParticipant;
  afterEach(() => {
    // The browser's complaints are expected here.
    anna.complaints.splice(0);
  });

  it('because there is no connection: says so, keeps what was typed and the focus, and works once it is back', async () => {
    anna = await atPhone();
    await anna.page.context().setOffline(true);
    await anna.press('Bevestigings-SMS versturen');
    await anna.sees('De verbinding is verbroken. Wat u invulde, staat er nog.');
    expect(await connection(anna).getAttribute('role')).toBe('status');
    expect(await anna.typed('Mobiel telefoonnummer')).toBe(anna.phone);
    await expect.poll(() => anna.page.locator(':focus').innerText()).toBe('Bevestigings-SMS versturen');
    expect(anna.path).toBe('/onboarding/sms');

    await anna.page.context().setOffline(false);
    await anna.press('Bevestigings-SMS versturen');
    await anna.isAt(WORDS.smsCode.nl.enrol.title);
    expect(await connection(anna).innerText()).toBe('');
  });

  it.each([500, 502, 503])(
    'because of trouble on our side (%i): says so, and the page stays',
    async (status) => {
      anna = await atPhone();
      await anna.page.route('**/onboarding/sms', (route) =>
        route.request().method() === 'POST'
          ? route.fulfill({ status, contentType: 'text/html', body: '<!doctype html><h1>Bad gateway</h1>' })
          : route.continue(),
      );
      await anna.press('Bevestigings-SMS versturen');
      await anna.sees('Er ging iets mis bij ons. Wat u invulde, staat er nog.');
      expect(await anna.typed('Mobiel telefoonnummer')).toBe(anna.phone);
      expect(await anna.page.getByText('Bad gateway').count()).toBe(0);
      await expect.poll(() => anna.page.locator(':focus').innerText()).toBe('Bevestigings-SMS versturen');
      await anna.page.unroute('**/onboarding/sms');
      await anna.press('Bevestigings-SMS versturen');
      await anna.isAt(WORDS.smsCode.nl.enrol.title);
    },
  );

  it('soon: says after a few seconds that it takes longer, and goes on by itself', async () => {
    anna = await atPhone();
    let letThrough = () => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await anna.page.route('**/onboarding/sms', async (route) => {
      await held;
      await route.continue();
    });
    await anna.press('Bevestigings-SMS versturen');
    await anna.sees('Het duurt langer dan anders.');
    letThrough();
    await anna.isAt(WORDS.smsCode.nl.enrol.title);
    expect(await connection(anna).innerText()).toBe('');
  });
});

it('the page of the code, whose session is over meanwhile, says by itself how to go on', async () => {
  const anna = await atPhone();
  await anna.fill('Mobiel telefoonnummer', anna.phone.replace(/\d{4}$/, '0002'));
  await anna.press('Bevestigings-SMS versturen');
  await anna.sees(/^De SMS kan nu niet worden verstuurd\./);
  await anna.page.context().clearCookies();
  await anna.shows('noSession');
  // In place of the page, and not within it.
  expect(await anna.page.locator('h1').count()).toBe(1);
  expect(anna.complaints.splice(0).join()).toContain('401');
});
