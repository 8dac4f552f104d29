/** The person’s details: all errors at once, everything typed is kept, and names stay as typed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { profile } from '../../db/profiles.ts';
import { Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { escaped } from '../ui/html.ts';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = await new Participant(testEnv).to('profile');
});

const RIGHT = {
  gender: 'female',
  initials: 'A.B.',
  firstName: 'Anna',
  prefix: 'van der',
  lastName: 'Berg-Jansen',
  autoReply: 'yes',
  autoReplyText: 'Ik ben er niet.',
  autoReplyFrom: '2026-12-24',
  autoReplyUntil: '2027-01-02',
};

const save = (given: Record<string, string>) => anna.post('/onboarding/profile', { ...RIGHT, ...given });
const refuse = async (given: Record<string, string>) => {
  anna.page = await save(given);
};
const saved = () => profile(testEnv.db, anna.personId);

it('shows the address, says with whom the details are shared, and has "unknown" chosen', () => {
  expect(anna.reads).toContain(anna.email);
  expect(anna.reads).toContain('We delen ze met de organisaties die berichten sturen');
  expect(anna.page.text).toMatch(/value="unknown"[^>]* checked/);
});

it('keeps every detail as it was typed', async () => {
  expect(await save({})).toMatchObject({ status: 303, location: '/onboarding/finished' });
  expect(await saved()).toEqual({
    gender: 'female',
    initials: 'A.B.',
    firstName: 'Anna',
    prefix: 'van der',
    lastName: 'Berg-Jansen',
    autoReply: { enabled: true, text: 'Ik ben er niet.', from: '2026-12-24', until: '2027-01-02' },
  });
});

it('needs no prefix, no absence and no dates', async () => {
  await save({ prefix: '', autoReply: '', autoReplyText: '', autoReplyFrom: '', autoReplyUntil: '' });
  expect(await saved()).toMatchObject({
    prefix: '',
    autoReply: { enabled: false, text: '', from: null, until: null },
  });
});

it('asks nothing of an answer that was unticked again, and keeps none of it', async () => {
  const hidden = {
    autoReplyText: 'a'.repeat(2_001),
    autoReplyFrom: '2027-01-02',
    autoReplyUntil: 'gisteren',
  };
  expect(await save({ autoReply: '', ...hidden })).toMatchObject({ status: 303 });
  expect((await saved())?.autoReply).toEqual({ enabled: false, text: '', from: null, until: null });
});

describe('refused with words at the field', () => {
  it.each([
    ['gender', { gender: 'x' }, 'Kies een van de mogelijkheden.'],
    ['gender', { gender: '' }, 'Kies een van de mogelijkheden.'],
    ['initials', { initials: '' }, 'Vul uw voorletters in'],
    ['initials', { initials: '  ' }, 'Vul uw voorletters in'],
    ['initials', { initials: 'A.'.repeat(16) }, 'Gebruik hoogstens 30 tekens.'],
    ['firstName', { firstName: '' }, 'Vul uw voornaam in.'],
    ['firstName', { firstName: 'a'.repeat(10_000) }, 'Gebruik hoogstens 100 tekens.'],
    ['firstName', { firstName: 'An\nna' }, 'op één regel'],
    ['firstName', { firstName: 'An\u0000na' }, 'op één regel'],
    ['prefix', { prefix: 'v'.repeat(101) }, 'Gebruik hoogstens 100 tekens.'],
    ['lastName', { lastName: '' }, 'Vul uw achternaam in.'],
    ['autoReplyText', { autoReplyText: '' }, 'Vul de tekst van het antwoord in, of haal het vinkje weg.'],
    ['autoReplyText', { autoReplyText: 'a'.repeat(2_001) }, 'Gebruik hoogstens 2000 tekens.'],
    ['autoReplyFrom', { autoReplyFrom: 'morgen' }, 'Vul een datum in'],
    ['autoReplyFrom', { autoReplyFrom: '2026-02-30' }, 'Vul een datum in'],
    ['autoReplyUntil', { autoReplyUntil: '24-12-2026' }, 'Vul een datum in'],
    ['autoReplyUntil', { autoReplyUntil: '2026-12-23' }, 'De einddatum ligt vóór de begindatum.'],
  ])('%s: %o', async (field, given, words) => {
    await refuse(given as Record<string, string>);
    expectRejected(anna, field, words);
    expect(await saved()).toBeUndefined();
    expect((await anna.row()).profileSavedAt).toBeNull();
  });

  it('all at once, and everything else typed is kept', async () => {
    await refuse({ initials: '', lastName: '', autoReplyUntil: '2026-12-01', firstName: 'Anna "de" <b>' });
    expectRejected(anna, 'initials', 'Vul uw voorletters in');
    expectRejected(anna, 'lastName', 'Vul uw achternaam in.');
    for (const kept of ['Anna &quot;de&quot; &lt;b&gt;', 'van der', 'Ik ben er niet.', '2026-12-24'])
      expect(anna.page.text).toContain(kept);
    expect(anna.page.text).toMatch(/value="female"[^>]* checked/);
    expect(anna.page.text).toContain('name="autoReply" value="yes" checked');
  });

  it('dates that contradict each other are said beside missing names, not after them', async () => {
    await refuse({ lastName: '', autoReplyUntil: '2026-12-01' });
    expectRejected(anna, 'lastName', 'Vul uw achternaam in.');
    expectRejected(anna, 'autoReplyUntil', 'De einddatum ligt vóór de begindatum.');
  });
});

describe('names', () => {
  it.each([
    '李 小龍',
    'Øyvind',
    "O'Neill",
    'd’Artagnan',
    'María José',
    'مريم',
    'N\u0303',
    '🚲',
    'X Æ A-12',
    '<script>alert(1)</script>',
    "Robert'); drop table person; --",
    '{{7*7}} #{7*7} %s',
  ])('are kept and shown as they are: %s', async (name) => {
    await refuse({ firstName: name, lastName: '' });
    expect(anna.page.text).toContain(`value="${escaped(name)}"`);
    expect(anna.page.text).not.toContain('<script>alert');
    await save({ firstName: name });
    expect((await saved())?.firstName).toBe(name);
  });
});

it('nothing else in the post reaches the profile or the person', async () => {
  await save({
    email: 'evil@example.com',
    status: 'completed',
    personId: 'x',
    role: 'admin',
    __proto__: 'x',
  });
  expect(JSON.stringify(await saved())).not.toMatch(/evil|completed|admin/);
  expect((await anna.row()).status).toBe('open');
});

it('is sealed: no name stands in the database', async () => {
  await save({ lastName: 'Onvindbaar' });
  for (const table of ['profile', 'onboarding', 'audit', 'outbox', 'person'] as const)
    expect(JSON.stringify(await testEnv.db.sql(table).select())).not.toContain('Onvindbaar');
});

it.each(['\u200B', '\u0301', '\u2800', 'Jan\u2028sen', 'Jan\u202Esen', 'Jan\u2066sen'])(
  'a name that nobody sees, or that is no single line, is refused in words: %j',
  async (firstName) => {
    await refuse({ firstName });
    expectRejected(anna, 'firstName', 'Gebruik hier gewone letters en tekens, op één regel.');
    expect(await saved()).toBeUndefined();
  },
);

it('joiners and marks inside a name stay', async () => {
  const names = { firstName: 'می\u200Cخواهم', lastName: 'e\u0301' };
  await save(names);
  expect(await saved()).toMatchObject(names);
});
