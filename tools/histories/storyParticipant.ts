/** A participant of a story: reads mails and SMS, throws where a page refuses, and knows the recorded run. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { onboardingOf } from '../../db/onboardings.ts';
import type { TestEnvironment } from '../../test/kit/environment.ts';
import { eventually } from '../../test/kit/eventually.ts';
import { Participant, type Place } from '../../test/kit/participant.ts';
import { call } from '../../test/kit/sender.ts';
import type { Answer } from '../../test/kit/webClient.ts';
import type { Status } from '../../workflows/signals.ts';

/** Mails are given up, and reminders sent, within this time, in milliseconds. */
const SETTLED_WITHIN_MS = 30_000;

export class StoryParticipant extends Participant {
  constructor(testEnv: TestEnvironment, email = `${randomUUID()}@example.com`) {
    super(testEnv, email);
    this.readingMails();
  }

  override async follow(path: string, first: Answer): Promise<Answer> {
    const answer = await super.follow(path, first);
    if (answer.status >= 400) throw new Error(`${path} led to ${this.path}, which answered ${answer.status}`);
    return answer;
  }

  async askCodeFor(phone: string): Promise<void> {
    await this.open('/onboarding/sms');
    await this.askCode(phone);
  }

  async verifyPhone(phone = this.phone): Promise<void> {
    await this.askCodeFor(phone);
    await this.enterCode(await this.code(phone));
  }

  /** Only with the app, from the second factor's page to the end. */
  async finishWithApp(): Promise<void> {
    await this.skip();
    await this.registerApp();
    await this.saveProfile();
  }

  // By the sender's system.

  invitedAgain(): Promise<void> {
    return this.#callOfSender('POST', '/invitation');
  }

  /** From now on mails go to `email`. */
  async corrected(email: string): Promise<void> {
    await this.#callOfSender('PATCH', '', { email });
    this.email = email;
  }

  async #callOfSender(method: string, path: string, body: object = {}): Promise<void> {
    const init = { method, body: JSON.stringify(body) };
    const reply = await call(this.testEnv, `/recipients/${this.personId}${path}`, init);
    if (reply.status >= 400)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  }

  // What the engine says.

  get workflow(): WorkflowHandle {
    return this.testEnv.workflow(this.onboardingId);
  }

  /** Waits until the run knows everything the database knows, and its status satisfies `wanted`. */
  async settled(wanted: (status: Status) => boolean = () => true): Promise<void> {
    await eventually(async () => {
      const row = await onboardingOf(this.testEnv.db, this.personId);
      const said = await this.testEnv.status(this.onboardingId).catch(() => undefined);
      return (said?.version === row?.version && said && wanted(said)) || undefined;
    }, SETTLED_WITHIN_MS);
  }

  /** Waits until the run has ended. */
  async ended(): Promise<void> {
    await this.workflow.result();
  }

  /** How often the run received this signal. */
  async signals(name: string): Promise<number> {
    const { events } = await this.workflow.fetchHistory();
    const told = events?.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName) ?? [];
    return told.filter((signal) => signal === name).length;
  }

  /** How often the run scheduled this activity, not counting retries. */
  async scheduled(name: string): Promise<number> {
    const { events } = await this.workflow.fetchHistory();
    const types =
      events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name) ?? [];
    return types.filter((type) => type === name).length;
  }
}

/** A person who was just sent a message. */
export async function invited(testEnv: TestEnvironment, email?: string): Promise<StoryParticipant> {
  const anna = new StoryParticipant(testEnv, email);
  await anna.invited();
  return anna;
}

/** A person who has reached the page of `place`. */
export const at = async (testEnv: TestEnvironment, place: Place): Promise<StoryParticipant> =>
  (await invited(testEnv)).to(place);
