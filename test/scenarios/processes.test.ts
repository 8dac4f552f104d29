/**
 * Worker and web as real processes: killed at the worst moment, or stopped for a release, while something is under
 * way.
 */
import { createServer } from 'node:net';
import { describe, expect, it, type TestContext } from 'vitest';
import { expectStatusToMatchDatabase } from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { holdMails } from '../kit/heldMails.ts';
import { waitForLock } from '../kit/locks.ts';
import { Participant } from '../kit/participant.ts';
import { webProcess, workerProcess } from '../kit/serverProcess.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

/** The promised time for a stop. */
const STOPPED_WITHIN_MS = 30_000;
/** How long the mail server takes to answer, in milliseconds. */
const SLOW_MS = 2_000;

/** Only web and what the tests start run here. */
async function ownEnvironment({ onTestFinished }: TestContext): Promise<TestEnvironment> {
  const testEnv = await createTestEnvironment({ worker: false });
  onTestFinished(() => testEnv.close());
  return testEnv;
}

async function invited(testEnv: TestEnvironment): Promise<Participant> {
  const anna = new Participant(testEnv);
  await anna.invited();
  return anna;
}

/** The mails to this person that the test environment's own mail server received. */
const arrived = async ({ testEnv, email }: Participant) =>
  (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(email));

/** A proxy to Temporal that runs `then` at the first connection. */
async function trap({ onTestFinished }: TestContext, then: () => void): Promise<string> {
  const server = createServer((socket) => {
    then();
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe.concurrent('killed', () => {
  it('29: the worker is killed before, and the moment, the mail server says 250; another one repeats it identically', async (test) => {
    const testEnv = await ownEnvironment(test);
    const held = await holdMails(test);
    const worker = await workerProcess(test, testEnv, { SMTP_URL: held.url });
    const before = await invited(testEnv);
    const after = await invited(testEnv);
    const people = [before, after];
    const first = await Promise.all(people.map(({ email }) => held.to(email)));
    // Else it may write that the mail was accepted before it is killed.
    worker.pause();
    first[1]!.accept();
    worker.kill();
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' });
    for (const anna of people) expect((await anna.row()).invitationsSent).toBe(0);
    await testEnv.startWorker();

    const again = await Promise.all(people.map((anna) => anna.mail()));
    const seen = ({ messageId, text }: { messageId: string | undefined; text: string }) => ({
      messageId,
      text,
    });
    expect(again.map(seen)).toEqual(first.map(seen));
    for (const anna of people) {
      await anna.to('password');
      expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).row.invitationsSent).toBe(1);
      expect(await arrived(anna)).toHaveLength(1);
    }
    expect(held.mails).toHaveLength(2);
  });

  it('30: web is killed after the commit and before the signal; the relay delivers it, the person goes on by reloading', async (test) => {
    const testEnv = await ownEnvironment(test);
    const web: Awaited<ReturnType<typeof webProcess>> = await webProcess(test, testEnv, {
      TEMPORAL_ADDRESS: await trap(test, () => web.kill()),
    });
    // A proxy that sends people to one web or the other.
    const front = { ...testEnv };
    const anna = await new Participant(front).to('terms');
    front.url = web.url;
    await anna.acceptTerms().catch(() => undefined);
    expect(await web.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect((await anna.row()).termsAcceptedAt).not.toBeNull();
    expect(await testEnv.db.sql('outbox').pluck('signal')).toContain('termsAccepted');

    front.url = testEnv.url;
    await anna.open('/onboarding/terms');
    expect(anna.path).toBe('/onboarding/password');
    await testEnv.startWorker();
    expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.step).toBe('password');
    await anna.doStep('password');
    expect(await anna.events()).toContain('password.changed');
    expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.step).toBe('sms');
  });
});

describe.concurrent('stopped for a release', () => {
  it('the worker waits for a slow mail, not for one that hangs: that one another worker sends', async (test) => {
    const testEnv = await ownEnvironment(test);
    const held = await holdMails(test);
    const worker = await workerProcess(test, testEnv, { SMTP_URL: held.url });
    const slow = await invited(testEnv);
    const hanging = await invited(testEnv);
    const { accept } = await held.to(slow.email);
    await held.to(hanging.email);

    const stoppedAt = performance.now();
    const ending = worker.stop();
    setTimeout(accept, SLOW_MS);
    await eventually(async () => (await slow.row()).invitationsSent === 1 || undefined);
    await testEnv.startWorker();
    expect(await ending).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppedAt).toBeLessThan(STOPPED_WITHIN_MS);

    await hanging.mail();
    for (const anna of [slow, hanging]) {
      await anna.to('password');
      expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).row.invitationsSent).toBe(1);
    }
    expect(await arrived(slow)).toEqual([]);
    expect(held.mails).toHaveLength(2);
  });

  it('web answers what is under way, on connections that end with it, takes nothing new, and goes', async (test) => {
    const testEnv = await ownEnvironment(test);
    const web = await webProcess(test, testEnv);
    const front = { ...testEnv };
    const people = [new Participant(front), new Participant(front)];
    for (const one of people) await one.to('terms');
    front.url = web.url;
    const underWay = [];
    for (const one of people) {
      const lock = await testEnv.db.sql.transaction();
      await lock('onboarding').where({ id: one.onboardingId }).forUpdate().select('id');
      underWay.push({ lock, answer: one.post('/onboarding/terms', { accept: 'yes' }) });
    }
    await waitForLock(testEnv, underWay.length);

    const ending = web.stop();
    const refused = () =>
      fetch(`${web.url}/healthz`).then(
        () => undefined,
        () => true,
      );
    await eventually(refused);
    for (const { lock, answer } of underWay) {
      await lock.commit();
      expect(await answer).toMatchObject({ status: 303, location: '/onboarding/password' });
      expect((await answer).headers.get('connection')).toBe('close');
      expect(await refused()).toBe(true);
    }
    expect(await ending).toEqual({ code: 0, signal: null });
    for (const one of people) expect((await one.row()).termsAcceptedAt).not.toBeNull();
    expect(await testEnv.db.sql('outbox').pluck('signal')).toEqual([]);
  });
});
