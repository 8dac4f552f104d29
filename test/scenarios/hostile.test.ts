/** What people and senders type in: treated as text whatever it looks like, or refused with an explanation. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { escaped } from '../../web/ui/html.ts';
import { ask, createInvitedPerson, expectStatusToMatchDatabase } from '../kit/engine.ts';
import { Participant } from '../kit/participant.ts';
import { sendMessage } from '../kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

const NAMES = [
  ['a script', '<script>alert(1)</script>'],
  ['quotes', `"O'Neill" & 'zn'`],
  ['emoji', '🚲 👩‍👩‍👧'],
  ['right-to-left', 'مريم العربية'],
] as const;

it.each(NAMES)(
  '38: a name with %s; kept as it was typed, and text wherever it is shown',
  async (_what, name) => {
    const anna = await createInvitedPerson(testEnv, 'profile');
    await anna.submit({ gender: 'other', initials: name, firstName: '', prefix: name, lastName: name });
    expect(anna.page.status).toBe(422);
    expect(anna.page.text).toContain(escaped(name));
    expect(anna.page.text).not.toMatch(/<script(?! src="\/assets\/)/);
    await anna.submit({ gender: 'other', initials: name, firstName: name, prefix: name, lastName: name });
    const { row } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(row.status).toBe('completed');
    const { body } = await ask<{ profile: object }>(testEnv, `GET /recipients/${anna.personId}`);
    expect(body.profile).toMatchObject({ initials: name, firstName: name, prefix: name, lastName: name });
  },
);

it.each(NAMES)(
  '38: a sender and a subject with %s; the mail is whole and goes to one address',
  async (_what, text) => {
    const anna = new Participant(testEnv);
    const { status, answer } = await sendMessage(testEnv, {
      email: anna.email,
      body: { from: { name: text }, subject: text, body: text },
    });
    expect(status).toBe(202);
    const mail = await anna.mail();
    expect(mail.recipients).toEqual([anna.email]);
    expect(mail.text).toContain(`${text} (Gemeente Voorbeeld) heeft u een vertrouwelijk bericht gestuurd`);
    expect(mail.html).toContain(`${escaped(text)} (Gemeente Voorbeeld)`);
    expect(mail.html).not.toContain('<script');
    await expectStatusToMatchDatabase(testEnv, answer.recipient.id);
  },
);

it('38: 10,000 characters in a name; refused in words at the field, and nothing is lost', async () => {
  const long = 'é'.repeat(10_000);
  const anna = await createInvitedPerson(testEnv, 'profile');
  const right = await anna.rightFields('profile');
  for (const field of ['initials', 'firstName', 'prefix', 'lastName']) {
    await anna.submit({ ...right, [field]: long }, '/onboarding/profile');
    expect([413, 422]).toContain(anna.page.status);
    expect(anna.reads).toMatch(/te lang|hoogstens|De tekst is te lang/);
    await anna.open('/onboarding/profile');
  }
  await anna.doStep('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const refused = await sendMessage(testEnv, { email: 'bob@example.com', body: { subject: long } });
  expect(refused.status).toBe(422);
});

const HOSTILE = ['x@y.nl\r\nBcc: z@w.nl', 'x@y.nl, z@w.nl', 'x@y.nl:z@w.nl', '"x" <z@w.nl>', 'x@y.nl\u0000'];

it('39: an address that carries a second one; refused when sent, found or corrected, and no mail leaves', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const before = await testEnv.db.sql('person').select('id');
  for (const email of HOSTILE) {
    expect((await sendMessage(testEnv, { email })).status).toBe(422);
    expect((await ask(testEnv, 'POST /recipients/search', { body: { email } })).status).toBe(422);
    expect((await ask(testEnv, `PATCH /recipients/${anna.personId}`, { body: { email } })).status).toBe(422);
    const body = { from: { name: 'Afdeling', email } };
    expect((await sendMessage(testEnv, { email: anna.email, body })).status).toBe(422);
  }
  expect(await testEnv.db.sql('person').select('id')).toEqual(before);
  // A mail requested after them has arrived, and nobody else got one.
  await createInvitedPerson(testEnv, 'terms');
  const others = (await testEnv.mailbox.mails()).filter(
    ({ recipients }) => !recipients.join().includes('anna.'),
  );
  expect(others).toEqual([]);
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.version).toBe(
    (await anna.row()).version,
  );
});
