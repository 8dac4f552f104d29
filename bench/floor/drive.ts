/** One person of the floor: the signals of an onboarding, in order. */
import type { BenchService } from '../service.ts';
import { addressOf, numberOf } from './activities.ts';

export const TASK_QUEUE = 'floor';

let people = 0;

export async function goThroughFloor({
  engine,
  standIns,
}: Pick<BenchService, 'engine' | 'standIns'>): Promise<void> {
  const id = ++people;
  const mailCame = standIns.nextMail(addressOf(id));
  const smsCame = standIns.nextSms(numberOf(id));
  const run = await engine.workflow.signalWithStart('floor', {
    taskQueue: TASK_QUEUE,
    workflowId: `floor-${id}`,
    args: [id],
    signal: 'messageSent',
  });
  await mailCame;
  for (const signal of ['termsAccepted', 'passwordChanged', 'smsRequested']) await run.signal(signal);
  await smsCame;
  for (const signal of ['smsVerified', 'appSkipped', 'profileSaved']) await run.signal(signal);
  await run.result();
}
