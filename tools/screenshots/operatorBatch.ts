/**
 * Sends the invitation again to hundreds of people with one batch of signals, using the command in docs/operators.md.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import type { TestEnvironment } from '../../test/kit/environment.ts';
import { eventually } from '../../test/kit/eventually.ts';
import { sendInvitation } from '../../workflows/signals.ts';
import { StoryParticipant } from '../histories/storyParticipant.ts';

const run = promisify(execFile);

/** Simultaneous calls. */
const AT_ONCE = 10;
const MAIL_WITHIN_MS = 120_000;
/** temporal.api.enums.v1.BatchOperationState */
const COMPLETED = 2;

const REASON = 'the mails of this morning were lost';

async function mailed({ mailbox }: TestEnvironment, people: StoryParticipant[]): Promise<void> {
  for (const { email } of people) {
    const mail = await mailbox.waitFor(({ recipients }) => recipients.includes(email), MAIL_WITHIN_MS);
    if (!mail) throw new Error(`no mail after ${MAIL_WITHIN_MS} ms`);
  }
}

/** Waits until Temporal shows that they have been sent this many invitations. */
async function counted(people: StoryParticipant[], invitationsSent: number): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const settled = (person: StoryParticipant) =>
    limit(() => person.settled((status) => status.invitationsSent === invitationsSent));
  await Promise.all(people.map(settled));
}

/** Returns the people, and the filter that finds exactly them, once it does. */
async function inviteMany(testEnv: TestEnvironment, count: number) {
  const begun = new Date().toISOString();
  const filter = `WorkflowType="onboarding" AND OnboardingStep="terms" AND StartTime > "${begun}" AND ExecutionStatus="Running"`;
  const people = Array.from({ length: count }, () => new StoryParticipant(testEnv));
  const limit = pLimit(AT_ONCE);
  await Promise.all(people.map((person) => limit(() => person.invited())));
  await mailed(testEnv, people);
  await counted(people, 1);
  await eventually(async () => (await testEnv.engine.workflow.count(filter)).count === count || undefined);
  return { people, filter };
}

/** Returns the id of the batch. */
async function signalAll(
  filter: string,
  { cli, address }: { cli: string; address: string },
): Promise<string> {
  const signal = [
    '--name',
    sendInvitation.name,
    '--input',
    JSON.stringify({ by: 'j.de.vries', reason: 'fixed' }),
  ];
  const whom = ['--query', filter, '--reason', REASON, '--yes', '--address', address];
  const { stdout } = await run(cli, ['workflow', 'signal', ...signal, ...whom]);
  const [, jobId] = /job ID: (\S+)/.exec(stdout) ?? [];
  if (!jobId) throw new Error(`no batch was started: ${stdout}`);
  return jobId;
}

async function batchEnded({ engine }: TestEnvironment, jobId: string): Promise<void> {
  const { workflowService } = engine.connection;
  await eventually(async () => {
    const { state } = await workflowService.describeBatchOperation({ namespace: 'default', jobId });
    return state === COMPLETED || undefined;
  });
}

/**
 * Invites `count` people, signals them all, and waits for their second mail. Throws unless each got exactly one more.
 * Returns the time since the command, in milliseconds.
 */
export async function inviteManyAgain(
  testEnv: TestEnvironment,
  { count, ...temporal }: { count: number; cli: string; address: string },
): Promise<{ signalledMs: number; mailedMs: number }> {
  const { people, filter } = await inviteMany(testEnv, count);
  testEnv.mailbox.clear();
  const start = performance.now();
  await batchEnded(testEnv, await signalAll(filter, temporal));
  const signalledMs = performance.now() - start;
  await mailed(testEnv, people);
  const mailedMs = performance.now() - start;
  await counted(people, 2);
  const mails = await testEnv.mailbox.mails();
  if (mails.length !== count) throw new Error(`${count} were invited again, with ${mails.length} mails`);
  return { signalledMs, mailedMs };
}
