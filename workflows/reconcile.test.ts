/** Runs that Temporal has lost come back from the database, with every fact, and nothing is sent twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerPasswordRequests } from '../db/passwordRequests.ts';
import { createDispatcher } from '../outbox/dispatch.ts';
import { createReconciliation } from '../outbox/reconcile.ts';
import { allSettled } from '../test/kit/dump.ts';
import { createInvitedPerson, expectStatusToMatchDatabase, filtered, listed } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { startTemporal } from '../tools/local/temporal.ts';
import { findTemporal } from '../tools/local/temporalCli.ts';
import { onboardingWorkflowId, runsOf, sendInvitation } from './signals.ts';

/** temporal.api.enums.v1.ResetReapplyExcludeType */
const RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL = 1;

const logged: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
const reconciliation = ({ db, engine, config }: TestEnvironment) =>
  createReconciliation({ db, engine, config, log });

/** The subjects of all mails to a person, once an operator's invitation has arrived as the last one. */
async function allMails(anna: Participant): Promise<string[]> {
  const { testEnv } = anna;
  const subjects = async () => {
    const mails = await testEnv.mailbox.mails();
    return mails.filter(({ recipients }) => recipients.includes(anna.email)).map(({ subject }) => subject);
  };
  const before = await subjects();
  await testEnv
    .workflow(anna.onboardingId)
    .signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
  return eventually(async () => {
    const now = await subjects();
    return now.length > before.length ? now.slice(1) : undefined;
  });
}

describe('of an engine that goes on', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '200ms' } });
  });
  afterAll(() => testEnv.close());

  it('runs that were terminated, all at once: each comes back where the person stands', async () => {
    const people = [
      await createInvitedPerson(testEnv, 'terms'),
      await createInvitedPerson(testEnv, 'sms'),
      await createInvitedPerson(testEnv, 'profile'),
    ];
    for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
    await allSettled(testEnv);
    for (const { onboardingId } of people) await testEnv.workflow(onboardingId).terminate('by mistake');
    await listed(testEnv, []);

    expect(await reconciliation(testEnv)()).toMatchObject({ shouldRun: 3, started: 3 });
    const { workflowIds } = JSON.parse(logged.at(-1)!);
    expect(workflowIds.sort()).toEqual(
      people.map(({ onboardingId }) => onboardingWorkflowId(onboardingId)).sort(),
    );
    await listed(
      testEnv,
      people.map(({ onboardingId }) => onboardingId),
    );
    const steps = [];
    for (const { personId } of people)
      steps.push((await expectStatusToMatchDatabase(testEnv, personId)).said.step);
    expect(steps).toEqual(['terms', 'sms', 'profile']);
    for (const anna of people) expect(await allMails(anna)).toHaveLength(1);
    expect(await reconciliation(testEnv)()).toMatchObject({ shouldRun: 3, started: 0 });
    for (const { onboardingId } of people) await testEnv.workflow(onboardingId).terminate('the test is over');
    await testEnv.db.sql('person').delete();
  });

  it('a run that goes on all the while hears what it knows, and nothing comes of it', async () => {
    const anna = await createInvitedPerson(testEnv, 'password');
    const before = await expectStatusToMatchDatabase(testEnv, anna.personId);
    await allSettled(testEnv);
    const { version } = before.row;
    const elsewhere = { ...testEnv.config, TEMPORAL_TASK_QUEUE: 'an empty list' };
    const blind = createReconciliation({ db: testEnv.db, engine: testEnv.engine, config: elsewhere, log });
    expect(await blind()).toMatchObject({ started: 1 });
    await allSettled(testEnv);
    const after = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(after.said).toEqual(before.said);
    expect(after.row).toMatchObject({ version, invitationsSent: 1 });
    expect(await allMails(anna)).toHaveLength(1);
  });

  it('a run that was reset without its signals is told how the person stands, and sends nothing twice', async () => {
    const anna = await createInvitedPerson(testEnv, 'sms');
    const before = await expectStatusToMatchDatabase(testEnv, anna.personId);
    await allSettled(testEnv);
    const handle = testEnv.workflow(anna.onboardingId);
    const { events } = await handle.fetchHistory();
    // After the invitation was sent, and before the first step.
    const step = events!.findIndex(
      ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'termsAccepted',
    );
    const place = events!.slice(0, step).findLast((event) => event.workflowTaskCompletedEventAttributes)!;
    await testEnv.engine.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: onboardingWorkflowId(anna.onboardingId) },
      workflowTaskFinishEventId: place.eventId,
      reason: 'by mistake',
      requestId: anna.onboardingId,
      resetReapplyExcludeTypes: [RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL],
    });
    await eventually(async () => {
      await reconciliation(testEnv)();
      await allSettled(testEnv);
      const said = await testEnv.status(anna.onboardingId).catch(() => undefined);
      return said?.version === before.row.version || undefined;
    });
    expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said).toEqual(before.said);
    expect(await allMails(anna)).toHaveLength(1);
  });

  it('a database that went back to an older backup is believed, and its person goes on from there', async () => {
    const anna = await createInvitedPerson(testEnv, 'profile');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await allSettled(testEnv);
    const lost = { appVerifiedAt: null, appSkippedAt: null, smsSkippedAt: null, version: 3 };
    await testEnv.db.sql('onboarding').where({ id: anna.onboardingId }).update(lost);
    await eventually(async () => {
      await reconciliation(testEnv)();
      await allSettled(testEnv);
      return (await testEnv.status(anna.onboardingId)).step === 'sms' || undefined;
    });
    await anna.open('/onboarding/sms');
    await anna.skip();
    expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said).toMatchObject({
      step: 'app',
      facts: { smsSkipped: true },
    });
  });

  it('a notice of a message, a link for a new password and a code to sign in leave once after all', async () => {
    const anna = await createInvitedPerson(testEnv, 'finished', 'sms');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await testEnv.stopWorker();
    const { id } = await anna.invited();
    await anna.open('/forgot-password');
    await anna.submit({ email: anna.email });
    // As a worker does.
    await answerPasswordRequests(testEnv.db, { everyMs: 0, perDay: 5 });
    await createDispatcher({ ...testEnv, log }).dispatchAll();
    const phone = anna.elsewhere();
    await phone.open('/sign-in');
    await phone.submit({ email: anna.email, password: OWN_PASSWORD });
    await allSettled(testEnv);
    const short = {
      query: `${runsOf(testEnv.config.TEMPORAL_TASK_QUEUE)} AND ExecutionStatus = 'Running'`,
    };
    const lost = await eventually(async () => {
      const ids: string[] = [];
      for await (const { workflowId, type } of testEnv.engine.workflow.list(short))
        if (type !== 'onboarding') ids.push(workflowId);
      return ids.length === 3 ? ids : undefined;
    });
    for (const workflowId of lost) await testEnv.engine.workflow.getHandle(workflowId).terminate('lost');
    const still = async () => {
      for await (const { workflowId } of testEnv.engine.workflow.list(short))
        if (lost.includes(workflowId)) return undefined;
      return true;
    };
    await eventually(still);

    expect(await reconciliation(testEnv)()).toMatchObject({ started: 3 });
    expect(await reconciliation(testEnv)()).toMatchObject({ started: 0 });
    await testEnv.startWorker();
    await anna.mail(3);
    const unfinished = async () => ({
      notice: await testEnv.db.sql('message').where({ id, notifiedAt: null }).first('id'),
      link: await testEnv.db.sql('reset_link').where({ personId: anna.personId, sentAt: null }).first('id'),
      code: await testEnv.db
        .sql('sms_code')
        .where({ personId: anna.personId, purpose: 'sign-in', sentAt: null })
        .first('id'),
    });
    await eventually(async () => Object.values(await unfinished()).every((row) => !row) || undefined);
    expect(await reconciliation(testEnv)()).toMatchObject({ started: 0 });
  });

  it('several at once: one does it, the others go on at once', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => reconciliation(testEnv)()));
    const busy = all.filter((answer) => 'refused' in answer);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy.length).toBeLessThan(4);
  });
});

describe('of an engine whose database is lost', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-lost-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function engine(port?: number) {
    const found = await findTemporal(() => undefined);
    if ('hint' in found) throw new Error(found.hint);
    const dataFile = path.join(folder, `${++databases}.db`);
    return startTemporal({ cli: found.cli, port, uiPort: false, dataFile });
  }
  let databases = 0;
  const emptyEngine = (address: string) => engine(Number(address.split(':')[1]));

  it('32: the engine’s database is lost; everybody comes back by themselves, with every fact and no mail twice', async () => {
    let temporal = await engine();
    const { address } = temporal;
    const env = { RECONCILE_EVERY: '1s', INVITE_EVERY: '200ms' };
    const testEnv = await createTestEnvironment({ temporalAddress: address, env });
    try {
      const anna = await createInvitedPerson(testEnv, 'terms');
      const bob = await createInvitedPerson(testEnv, 'profile');
      const finished = await createInvitedPerson(testEnv, 'finished');
      for (const { personId } of [anna, bob, finished]) await expectStatusToMatchDatabase(testEnv, personId);
      await testEnv.stopWorker();
      const unsent = new Participant(testEnv);
      await unsent.invited();
      await allSettled(testEnv);

      await temporal.stop();
      await bob.doStep('profile');
      temporal = await emptyEngine(address);
      await testEnv.startWorker();

      expect((await expectStatusToMatchDatabase(testEnv, bob.personId)).row.status).toBe('completed');
      expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.step).toBe('terms');
      await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'terms' });
      await unsent.mail();
      await expectStatusToMatchDatabase(testEnv, unsent.personId);
      await listed(testEnv, [anna.onboardingId, unsent.onboardingId]);
      expect(await allMails(anna)).toHaveLength(1);
      expect(await allMails(unsent)).toHaveLength(1);
      const gone = testEnv.engine.workflow.getHandle(onboardingWorkflowId(finished.onboardingId));
      await expect(gone.describe()).rejects.toThrow('workflow not found');
    } finally {
      await testEnv.close();
      await temporal.stop();
    }
  });

  it('32: the engine’s database is lost under a worker that goes on; everybody comes back by themselves', async () => {
    let temporal = await engine();
    const { address } = temporal;
    const testEnv = await createTestEnvironment({ temporalAddress: address, env: { RECONCILE_EVERY: '1s' } });
    try {
      const anna = await createInvitedPerson(testEnv, 'password');
      await expectStatusToMatchDatabase(testEnv, anna.personId);
      await temporal.stop();
      temporal = await emptyEngine(address);
      await listed(testEnv, [anna.onboardingId]);
      expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.step).toBe('password');
      await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'password' });
      await anna.doStep('password');
      expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.step).toBe('sms');
    } finally {
      await testEnv.close();
      await temporal.stop();
    }
  });
});
