/** People in every state that an operator meets, for the screenshots of the Temporal UI. */

import type { Problem } from '../../domain/problems.ts';
import type { TestEnvironment } from '../../test/kit/environment.ts';
import { fieldsOf } from '../../test/kit/pages.ts';
import { someNumber } from '../../test/kit/participant.ts';
import { cancelOnboarding, extendDeadline, type Status } from '../../workflows/signals.ts';
import { HASTY } from '../histories/stories.ts';
import { at, invited, type StoryParticipant } from '../histories/storyParticipant.ts';

/** Nothing listens there. */
const NO_MAIL_SERVER = 'smtp://127.0.0.1:1';

/** One code a day, so that the second is one too many. */
const STRICT = { LIMIT_SMS_PER_DAY: '1', SMS_RESEND_AFTER: '1ms' };

/** The people in the screenshots: everybody whose problem is not caused by a bug of ours. */
export type People = Record<
  Exclude<Problem, 'internal-error'> | 'expired' | 'cancelled' | 'finished',
  StoryParticipant
>;

const is =
  (problem: Problem) =>
  (status: Status): boolean =>
    status.problem === problem;

/** Creates them one after the other. At the end the mail server is away, for `mail-delayed`. */
export async function populate(testEnv: TestEnvironment): Promise<People> {
  await testEnv.restart(HASTY);
  const expired = await invited(testEnv);
  await expired.ended();
  await testEnv.restart({ ...HASTY, EXPIRE_AFTER: '14d' });
  const tired = await at(testEnv, 'sms');
  await tired.settled(is('reminders-exhausted'));

  await testEnv.restart(STRICT);
  for (const place of ['terms', 'password', 'sms'] as const) await at(testEnv, place);
  const people = {
    expired,
    'reminders-exhausted': tired,
    'mail-undeliverable': await refused(testEnv),
    'too-many-codes': await impatient(testEnv),
    'sms-undeliverable': await outOfReach(testEnv),
    'help-asked': await helpless(testEnv),
    'not-me': await stranger(testEnv),
    cancelled: await stopped(testEnv),
    finished: await finished(testEnv),
  };

  await testEnv.restart({ ...STRICT, SMTP_URL: NO_MAIL_SERVER, MAIL_DELAYED_AFTER: '1s' });
  const delayed = await invited(testEnv);
  await delayed.settled(is('mail-delayed'));
  return { ...people, 'mail-delayed': delayed };
}

async function refused(testEnv: TestEnvironment): Promise<StoryParticipant> {
  const person = await invited(testEnv, 'anna@refused.example');
  await person.settled(is('mail-undeliverable'));
  return person;
}

async function impatient(testEnv: TestEnvironment): Promise<StoryParticipant> {
  const person = await at(testEnv, 'sms');
  const phone = someNumber();
  await person.askCodeFor(phone);
  await person.code(phone);
  // The page answers "no more today".
  await person.submit(fieldsOf.resend()).catch(() => undefined);
  await person.settled(is('too-many-codes'));
  return person;
}

async function outOfReach(testEnv: TestEnvironment): Promise<StoryParticipant> {
  const person = await at(testEnv, 'sms');
  await person.askCodeFor(someNumber('0003'));
  await person.settled(is('sms-undeliverable'));
  return person;
}

/** An operator gave them more time before. */
async function helpless(testEnv: TestEnvironment): Promise<StoryParticipant> {
  const person = await at(testEnv, 'sms');
  const { version } = await testEnv.status(person.onboardingId);
  await person.workflow.signal(extendDeadline, { days: 7, by: 'j.de.vries', reason: 'person-called' });
  await person.settled((said) => said.version > version);
  await person.askHelp();
  await person.settled(is('help-asked'));
  return person;
}

async function stranger(testEnv: TestEnvironment): Promise<StoryParticipant> {
  const person = await invited(testEnv);
  await person.sayNotMe(await person.mail());
  await person.settled(is('not-me'));
  return person;
}

async function stopped(testEnv: TestEnvironment): Promise<StoryParticipant> {
  const person = await at(testEnv, 'password');
  await person.settled();
  await person.workflow.signal(cancelOnboarding, { by: 'j.de.vries', reason: 'sender-asked' });
  await person.ended();
  return person;
}

async function finished(testEnv: TestEnvironment): Promise<StoryParticipant> {
  const person = await at(testEnv, 'sms');
  await person.finishWithApp();
  await person.ended();
  return person;
}
