/** A session about to end: announced in time, extended with one button, and nothing typed is lost. */
import { expect, it } from 'vitest';
import { violations } from '../kit/access.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';

const { testEnv, somebody } = browserParticipants();

/** At the profile, with something typed; the test controls the browser's clock. */
async function typing(): Promise<BrowserParticipant> {
  const anna = await somebody();
  await anna.page.clock.install();
  await anna.toSecondFactor();
  await anna.skip();
  await anna.registerApp();
  await anna.isAt('Deelnemerinstellingen');
  await anna.fill('Voornaam *', 'Anna');
  return anna;
}
const dialog = (anna: BrowserParticipant) => anna.page.getByRole('dialog', { name: 'Bent u er nog?' });
const isOpen = (anna: BrowserParticipant) =>
  anna.page.evaluate<boolean>(`document.querySelector('dialog').open`);

async function seenAt(anna: BrowserParticipant): Promise<Date> {
  const indexes = testEnv().db.secrets.emailIndexes(anna.person.email);
  const { id } = (await testEnv().db.sql('person').whereIn('emailIndex', indexes).first('id'))!;
  return (await testEnv().db.sql('session').where({ personId: id }).first('seenAt'))!.seenAt;
}
async function wasSeen(anna: BrowserParticipant, interval: string): Promise<void> {
  const indexes = testEnv().db.secrets.emailIndexes(anna.person.email);
  const { id } = (await testEnv().db.sql('person').whereIn('emailIndex', indexes).first('id'))!;
  await testEnv().db.sql.raw('update session set seen_at = now() - ?::interval where person_id = ?', [
    interval,
    id,
  ]);
}

it('is silent while there is time', async () => {
  const anna = await typing();
  await anna.page.clock.fastForward('24:00');
  expect(await isOpen(anna)).toBe(false);
});

it('five minutes before the end it asks, and "Verder" keeps the session and all that was typed', async () => {
  const anna = await typing();
  await wasSeen(anna, '26 minutes');
  const before = await seenAt(anna);
  await anna.page.getByLabel('Voornaam *', { exact: true }).focus();
  await anna.page.clock.fastForward('26:00');
  await dialog(anna).waitFor();
  await anna.sees('sluiten we deze pagina over 4 minuten');
  expect(await violations(anna.page)).toEqual([]);
  expect(await anna.page.locator(':focus').innerText()).toBe('Verder');

  await anna.press('Verder');
  await dialog(anna).waitFor({ state: 'hidden' });
  expect(await anna.typed('Voornaam *')).toBe('Anna');
  expect(await anna.page.locator(':focus').getAttribute('name')).toBe('firstName');
  expect(anna.path).toBe('/onboarding/profile');
  expect((await seenAt(anna)).getTime()).toBeGreaterThan(before.getTime());
  await anna.page.clock.fastForward('24:00');
  expect(await isOpen(anna)).toBe(false);
  await anna.page.clock.fastForward('02:00');
  await dialog(anna).waitFor();
});

it('Escape says, too, that somebody is there', async () => {
  const anna = await typing();
  await anna.page.clock.fastForward('26:00');
  await dialog(anna).waitFor();
  await anna.page.keyboard.press('Escape');
  await dialog(anna).waitFor({ state: 'hidden' });
  await anna.page.clock.fastForward('20:00');
  expect(await isOpen(anna)).toBe(false);
});

it('once it has ended the page hides what is on it, and says how to go on', async () => {
  const anna = await typing();
  await wasSeen(anna, '31 minutes');
  await anna.page.clock.fastForward('31:00');
  await dialog(anna).waitFor();
  await anna.sees('Voor de veiligheid hebben we deze pagina gesloten.');
  await anna.press('Verder');
  await anna.shows('noSession');
  expect(anna.complaints.splice(0).join()).toContain('401');
});

it('after eleven hours and 55 minutes it says that the person will be asked again, once, however busy it was', async () => {
  const anna = await typing();
  for (let hour = 0; hour < 28; hour++) {
    await anna.page.clock.fastForward('25:00');
    await anna.page.evaluate(`document.dispatchEvent(new CustomEvent('htmx:after:request',
      { detail: { ctx: { target: document.body, response: { status: 200 }, text: '' } } }))`);
  }
  await anna.page.clock.fastForward('16:00');
  await dialog(anna).waitFor();
  await anna.sees('Sla eerst op wat u hebt ingevuld.');
  await anna.press('Verder');
  await dialog(anna).waitFor({ state: 'hidden' });
  expect(await anna.typed('Voornaam *')).toBe('Anna');
  await anna.page.clock.fastForward('02:00');
  expect(await isOpen(anna)).toBe(false);
});
