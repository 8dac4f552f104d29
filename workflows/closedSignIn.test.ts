/**
 * Sign-in closed by wrong codes: the owner is notified, an operator sees it and can open it, and a reset opens it too.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Locale } from '../domain/locale.ts';
import { createInvitedPerson } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import type { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { closedSignInWorkflowId, reopenSignIn } from './signals.ts';

const PER_SESSION = 2;
const PER_ACCOUNT = 3;
const NEW_PASSWORD = 'zes groene bussen 77';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  const env = {
    LIMIT_WRONG_FACTORS_PER_SESSION: String(PER_SESSION),
    LIMIT_WRONG_FACTORS_PER_ACCOUNT: String(PER_ACCOUNT),
  };
  testEnv = await createTestEnvironment({ env });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = await createInvitedPerson(testEnv, 'finished', 'app');
  await eventually(async () => (await anna.row()).status === 'completed' || undefined);
  await anna.longAfter();
});

const run = () => testEnv.engine.workflow.getHandle(closedSignInWorkflowId(anna.personId));
const isOver = () =>
  eventually(async () => (await run().describe()).status.name === 'COMPLETED' || undefined);

async function withPassword(): Promise<Participant> {
  const there = anna.elsewhere();
  await there.open('/sign-in');
  await there.submit({ email: anna.email, password: OWN_PASSWORD });
  return there;
}

/** Wrong codes by somebody who has the password. */
async function guess(times: number): Promise<void> {
  let thief = await withPassword();
  for (let i = 0; i < times; i++) {
    if (thief.page.status === 403) thief = await withPassword();
    await thief.submit({ token: '000000' });
  }
}

const noticeWith = (words: string) =>
  eventually(async () => {
    const mails = await testEnv.mailbox.mails();
    return mails.find(({ recipients, text }) => recipients.includes(anna.email) && text.includes(words));
  });

/** What an operator filters by and reads. */
const problem = () =>
  eventually(async () => {
    const { typedSearchAttributes } = await run().describe();
    const [found] = typedSearchAttributes.getAll().filter(({ key }) => key.name === 'OnboardingProblem');
    return found?.value;
  });
const details = async () =>
  (await run().query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;

it.each<[Locale, string[]]>([
  [
    'nl',
    ['2 keer achter elkaar een verkeerde code in', 'op een computer', 'Nederlandse tijd', 'Was u dit niet?'],
  ],
  ['en', ['entered a wrong code 2 times in a row', 'on a computer', 'Dutch time', 'If it was not you']],
])('a mail in %s says what, when, on what and what to do, and the run ends', async (locale, words) => {
  await testEnv.db.sql('person').where({ id: anna.personId }).update({ locale });
  await guess(PER_SESSION);
  const mail = await noticeWith(words[0]!);
  for (const one of words) expect(mail.text).toContain(one);
  expect(mail.text).toContain('/forgot-password');
  expect(mail.text).not.toMatch(/127\.0\.0\.1|\/i\/|\/reset\/|\d{6}/);
  await isOver();
});

it('closed sign-in is a problem that an operator sees; the signal opens it, and the run ends', async () => {
  await guess(PER_ACCOUNT);
  expect(await problem()).toBe('sign-in-closed');
  expect(await details()).toContain('send the signal `reopenSignIn`');
  await noticeWith('Daarom kan nu niemand meer inloggen');
  await run().signal(reopenSignIn, { by: 'j.de.vries', reason: 'person-called', ticket: 'T-1' });
  await isOver();
  const owner = await withPassword();
  await owner.submit({ token: await owner.token() });
  expect(owner.path).toBe('/messages');
  const opened = await testEnv.db
    .sql('audit')
    .where({ personId: anna.personId, event: 'factor.opened' })
    .first();
  expect(opened?.details).toEqual({
    by: 'operator',
    operator: 'j.de.vries',
    reason: 'person-called',
    ticket: 'T-1',
  });
});

it('a reset by mail and factor opens it, and the run ends', async () => {
  await guess(PER_ACCOUNT);
  await problem();
  const owner = anna.elsewhere();
  await owner.open('/forgot-password');
  await owner.submit({ email: anna.email });
  const mail = await noticeWith('/reset/');
  await owner.open(/\/reset\/\S+/.exec(mail.text)![0]);
  await owner.submit({});
  await owner.submit({ token: await owner.token() });
  await owner.submit({ newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD });
  await isOver();
});

it('a run that the engine lost comes back', async () => {
  await guess(PER_ACCOUNT);
  await problem();
  await run().terminate('lost');
  await testEnv.restart({ RECONCILE_EVERY: '1s' });
  await eventually(async () => (await run().describe()).status.name === 'RUNNING' || undefined);
});
