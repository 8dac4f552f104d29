/** A second click whose first answer never reached the browser: one effect, and the person goes on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linkIn, OWN_PASSWORD, Person, temporaryPasswordIn, tokenOf } from '../setup/person.ts';
import { createWorld, type World } from '../setup/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Two clicks as a browser has them: the first answer is dropped with its cookie, only the second counts. */
async function clickTwice(person: Person, fields: Record<string, string>, gapMs: number): Promise<void> {
  const cookies = new Map(person.cookies);
  const { path } = person;
  const first = person.post(path, fields);
  if (gapMs) await first;
  person.cookies.clear();
  for (const [name, value] of cookies) person.cookies.set(name, value);
  const second = person.post(path, fields);
  const [, { status, location }] = await Promise.all([first, second]);
  expect(status).toBe(303);
  await person.open(location!);
}

for (const gapMs of [0, 1]) {
  it(`goes on at every step up (${gapMs ? 'one after the other' : 'both at once'})`, async () => {
    const anna = new Person(world);
    await anna.invited();
    const mail = await anna.mail();
    await anna.open(linkIn(mail));
    await anna.submit({});
    await anna.submit({ accept: 'yes' });
    const chosen = {
      currentPassword: temporaryPasswordIn(mail),
      newPassword: OWN_PASSWORD,
      newPasswordAgain: OWN_PASSWORD,
    };
    await clickTwice(anna, chosen, gapMs);
    expect(anna.path).toBe('/onboarding/sms');
    const phone = gapMs ? '+31611111111' : '+31622222222';
    await anna.submit({ phone, action: 'send' });
    await clickTwice(anna, { code: await anna.code(phone), action: 'confirm' }, gapMs);
    expect(anna.path).toBe('/onboarding/app');
    await clickTwice(anna, { token: tokenOf(anna.secret), action: 'register' }, gapMs);
    expect(anna.path).toBe('/onboarding/profile');
    const events = await world.db
      .sql('audit')
      .where({ personId: await personId(anna) })
      .pluck('event');
    for (const event of ['password.changed', 'sms.verified', 'app.verified'])
      expect(events.filter((one) => one === event)).toHaveLength(1);
  });
}

async function personId(person: Person): Promise<string> {
  const indexes = world.db.secrets.emailIndexes(person.email);
  return (await world.db.sql('person').whereIn('email_index', indexes).first('id')).id;
}
