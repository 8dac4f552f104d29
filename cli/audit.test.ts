/** Every command is audited before it does or shows anything: which, by whom and about whom, but not what was typed. */
import { userInfo } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Participant } from '../test/kit/participant.ts';
import { instap } from '../test/kit/process.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  anna = new Participant(testEnv);
  await anna.invited();
});
afterAll(() => testEnv.close());

async function leaves(...typed: string[]) {
  const before = await testEnv.db.sql('audit').pluck('id');
  await instap(testEnv, typed);
  const rows = await testEnv.db.sql('audit').orderBy('id');
  return rows.filter(({ id }) => !before.includes(id));
}
const by = (command: string) => ({ command, operator: userInfo().username });

it('a look at a person: the command, and who was looked up', async () => {
  const entries = await leaves('find', anna.email);
  const details = by('find PERSON');
  expect(entries).toMatchObject([
    { event: 'command.run', personId: null, details, network: null },
    { event: 'person.looked_up', personId: anna.personId, details, network: null },
  ]);
  expect(JSON.stringify(entries)).not.toContain(anna.email);
});

it('a look that finds nobody: the command', async () => {
  const entries = await leaves('find', 'nobody@example.com');
  expect(entries).toMatchObject([{ event: 'command.run', details: by('find PERSON') }]);
  expect(JSON.stringify(entries)).not.toContain('nobody@');
});

it.each([['outbox'], ['clients', 'list'], ['filters']])(
  'a look at what is nobody’s: %s',
  async (...typed) => {
    const details = by(typed.join(' '));
    expect(await leaves(...typed)).toMatchObject([{ event: 'command.run', details }]);
  },
);

it('an act: the command, and what it did', async () => {
  const details = by('clients add NAME');
  expect(await leaves('clients', 'add', 'Gemeente Elders')).toMatchObject([
    { event: 'command.run', details },
    { event: 'client.added', details },
  ]);
});
