/** What became of an SMS: told by the provider, seen by the person and the operator. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onboardingOf } from '../../db/onboardings.ts';
import { eventually, Person } from '../setup/person.ts';
import { createWorld, type World } from '../setup/world.ts';

/** See dev/phone.ts: accepted by the provider, and never delivered. */
const PHONE_OFF = '+31612340003';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** The code page, once it says `words`. */
const says = (person: Person, words: string) =>
  eventually(async () => {
    await person.open('/onboarding/sms/code');
    return person.reads.includes(words) || undefined;
  });

it('15: the phone is off: the page says it within seconds and the operator sees it, until the SMS comes', async () => {
  const anna = new Person(world);
  const { recipient } = await anna.toSecondFactor();
  await anna.submit({ phone: PHONE_OFF, action: 'send' });
  await says(anna, 'De SMS is niet aangekomen. Staat uw telefoon aan en hebt u bereik?');
  const row = (await onboardingOf(world.db, recipient.id))!;
  await eventually(async () => (await world.status(row.id)).problem === 'sms-undeliverable' || undefined);

  // The code counts all the same when the phone is on again, and asking once more costs no wait.
  await anna.submit({ code: await anna.code(PHONE_OFF), action: 'confirm' });
  expect(anna.path).toBe('/onboarding/app');
  await eventually(async () => (await world.status(row.id)).problem === null || undefined);
});

it('an SMS that arrived is said to be there', async () => {
  const anna = new Person(world);
  await anna.toSecondFactor();
  await anna.submit({ phone: '06 5566 7788', action: 'send' });
  await says(anna, 'De SMS is op uw telefoon aangekomen.');
});

it('a receipt that is not signed by the provider changes nothing', async () => {
  const [code] = await world.db
    .sql('sms_code')
    .whereNotNull('provider_id')
    .orderBy('requested_at', 'desc')
    .limit(1);
  const body = new URLSearchParams({ MessageSid: code.providerId, MessageStatus: 'undelivered' });
  for (const signature of ['', 'bm8=']) {
    const headers = { 'X-Twilio-Signature': signature };
    const { status } = await fetch(`${world.url}/webhooks/twilio`, { method: 'POST', body, headers });
    expect(status).toBe(403);
  }
  const after = await world.db.sql('sms_code').where({ id: code.id }).first();
  expect(after.failure).toBe(code.failure);
});
