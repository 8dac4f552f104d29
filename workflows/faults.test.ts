/** An activity that cannot succeed: operators see it, and it continues by itself once the database is fixed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allSettled } from '../test/kit/dump.ts';
import {
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  readSmsCode,
} from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { filters } from './filters.ts';
import {
  messageNoticeWorkflowId,
  onboardingWorkflowId,
  passwordResetWorkflowId,
  retryNow,
  signInCodeWorkflowId,
} from './signals.ts';

/** Part of the database's error message, beside the whole row. */
const SECRET = 'geheimwoord';

const FIXED = { by: 'j.de.vries', reason: 'fixed' };

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { FAULT_RETRY_EVERY: '1h' } });
});
afterAll(() => testEnv.close());

/** From now on PostgreSQL refuses these writes; returns a function that ends it. */
async function refuse(
  to: 'update' | 'insert',
  { table, when }: { table: string; when: string },
): Promise<() => Promise<void>> {
  const { sql } = testEnv.db;
  await sql.raw(`
    create or replace function refuse() returns trigger language plpgsql as
      $$ begin raise exception '${SECRET} %', new::text; end $$;
    create or replace trigger refuse before ${to} on ${table} for each row when (${when}) execute function refuse()`);
  return async () => {
    await sql.raw(`drop trigger refuse on ${table}`);
  };
}

const ask = (workflowId: string) => testEnv.engine.workflow.getHandle(workflowId);

/** Whether the filters "stuck" and "internal error" list the workflow. */
async function areListing(workflowId: string): Promise<boolean> {
  const queries = filters(new Date(), testEnv.config.TIME_ZONE).filter(({ name }) =>
    ['stuck', 'internal error'].includes(name),
  );
  const found = queries.map(async ({ query }) => {
    for await (const one of testEnv.engine.workflow.list({ query }))
      if (one.workflowId === workflowId) return true;
    return false;
  });
  return (await Promise.all(found)).every(Boolean);
}

const isFound = (workflowId: string) => eventually(async () => (await areListing(workflowId)) || undefined);

/** What an operator reads in the details. */
async function detailsOf(workflowId: string): Promise<string> {
  const { currentDetails } = await ask(workflowId).query<{ currentDetails: string }>(
    '__temporal_workflow_metadata',
  );
  return currentDetails;
}

/** Nothing of the database's message is in any event. */
async function expectNothingToldTo(workflowId: string): Promise<void> {
  const history = JSON.stringify(await ask(workflowId).fetchHistory());
  const texts = history.replace(/"data":"([^"]*)"/g, (_, data) => Buffer.from(data, 'base64').toString());
  expect(texts).toContain('P0001');
  expect(texts).not.toMatch(new RegExp(`${SECRET}|update "|insert into`));
}

it('an account that cannot be opened: found, said what to do, and tried at once when an operator says so', async () => {
  const anna = await createInvitedPerson(testEnv, 'profile');
  const id = onboardingWorkflowId(anna.onboardingId);
  const when = `new.id = '${anna.onboardingId}' and new.status = 'completed'`;
  const fix = await refuse('update', { table: 'onboarding', when });
  await anna.post(anna.path, await anna.rightFields('profile'));
  await isFound(id);
  const details = await detailsSay(testEnv, anna.onboardingId, '**Problem:** internal-error.');
  expect(details).toContain('activity `activateAccount`');
  expect(details).toContain('signal `retryNow`');
  expect((await testEnv.status(anna.onboardingId)).problem).toBe('internal-error');
  await expectNothingToldTo(id);

  await ask(id).signal(retryNow, FIXED);
  await detailsSay(testEnv, anna.onboardingId, 'retryNow: activateAccount is retried at once');
  await fix();
  await eventually(async () => {
    await ask(id)
      .signal(retryNow, FIXED)
      .catch(() => undefined);
    return (await anna.row()).status === 'completed' || undefined;
  });
  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said.problem).toBeNull();
  expect(await detailsOf(id)).not.toContain('internal-error');
});

it('an invitation that cannot be called sent is mailed once', async () => {
  const anna = new Participant(testEnv);
  const fix = await refuse('update', {
    table: 'onboarding',
    when: 'new.invitations_sent > old.invitations_sent',
  });
  await anna.invited();
  const id = onboardingWorkflowId(anna.onboardingId);
  await isFound(id);
  expect(await detailsOf(id)).toContain('activity `sendInvitation`');
  await fix();
  await ask(id).signal(retryNow, FIXED);
  const { said } = await eventually(async () => {
    const now = await expectStatusToMatchDatabase(testEnv, anna.personId);
    return now.said.invitationsSent === 1 ? now : undefined;
  });
  expect(said.problem).toBeNull();
  const mine = (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(anna.email));
  expect(mine).toHaveLength(1);
});

it('the very first look at the database, and by itself', async () => {
  await testEnv.restart({ FAULT_RETRY_EVERY: '500ms' });
  await testEnv.stopWorker();
  const anna = new Participant(testEnv);
  await anna.invited();
  await allSettled(testEnv);
  const id = onboardingWorkflowId(anna.onboardingId);
  await testEnv.db.sql.raw('alter table onboarding rename to onboarding_renamed');
  await testEnv.startWorker();
  await isFound(id);
  expect(await detailsOf(id)).toContain('activity `loadOnboarding`');
  await testEnv.db.sql.raw('alter table onboarding_renamed rename to onboarding');
  await anna.mail();
  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said.problem).toBeNull();
  await eventually(async () => !(await areListing(id)) || undefined);
  await testEnv.restart({ FAULT_RETRY_EVERY: '1h' });
});

it('the notice of a message', async () => {
  const anna = await createInvitedPerson(testEnv, 'finished');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const fix = await refuse('update', { table: 'message', when: 'new.released_at is not null' });
  const { id: messageId } = await anna.invited();
  const id = messageNoticeWorkflowId(messageId);
  await isFound(id);
  expect(await detailsOf(id)).toContain('activity `planMessageNotice`');
  await expectNothingToldTo(id);
  await fix();
  await ask(id).signal(retryNow, FIXED);
  await ask(id).result();
  expect(await detailsOf(id)).toBe('');
});

it('the mail for a new password leaves once when it is fixed', async () => {
  const anna = await createInvitedPerson(testEnv, 'finished');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const fix = await refuse('insert', { table: 'send_try', when: "new.kind = 'password-reset'" });
  await anna.elsewhere().post('/forgot-password', { email: anna.email });
  const link = await eventually(async () =>
    testEnv.db.sql('reset_link').where({ personId: anna.personId }).first('id'),
  );
  const id = passwordResetWorkflowId(link.id);
  await isFound(id);
  expect(await detailsOf(id)).toContain('activity `sendPasswordReset`');
  await fix();
  await ask(id).signal(retryNow, FIXED);
  await ask(id).result();
  const mine = (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(anna.email));
  expect(mine.filter(({ text }) => text.includes('/reset/'))).toHaveLength(1);
});

it('the code of a sign-in', async () => {
  const anna = await createInvitedPerson(testEnv, 'finished', 'sms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const fix = await refuse('insert', { table: 'send_try', when: "new.kind = 'code'" });
  await anna.open('/sign-in');
  await anna.submit({ email: anna.email, password: OWN_PASSWORD });
  const codes = testEnv.db.sql('sms_code').where({ personId: anna.personId, purpose: 'sign-in' });
  const id = signInCodeWorkflowId((await codes.first('id'))!.id);
  await isFound(id);
  expect(await detailsOf(id)).toContain('activity `sendSmsCode`');
  await fix();
  await ask(id).signal(retryNow, FIXED);
  await ask(id).result();
  await readSmsCode(anna, 'sign-in');
});
