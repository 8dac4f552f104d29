/** Strangers have a limited number of attempts, can slow an account down, and can never lock its owner out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { from } from '../../test/kit/from.ts';
import { OWN_PASSWORD, visible } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import type { Answer } from '../../test/kit/webClient.ts';

const PER_NETWORK = 10;
const PER_ACCOUNT = 14;
const HOME = '192.0.2.1';
const WORK = '192.0.2.2';
const STRANGERS = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = { TRUST_PROXY: '1', LIMIT_SIGN_INS_PER_ACCOUNT: String(PER_ACCOUNT) };
  testEnv = await createTestEnvironment({ worker: false, env });
});
afterAll(() => testEnv.close());

const COMPARED = /of het wachtwoord is niet juist|Dit wachtwoord is niet juist|Dit is niet het tijdelijke/;
const comparedIn = (answers: Answer[]) => answers.filter(({ text }) => COMPARED.test(visible(text))).length;

async function repeat(count: number, ask: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < count; i++) answers.push(await ask());
  return answers;
}

describe('signing in', () => {
  const tryFrom = (address: string, email: string, password = 'a wrong guess') =>
    from(address, new Participant(testEnv, email)).post('/sign-in', { email, password });

  /** How many guesses by strangers on three networks are compared. */
  async function attack(email: string): Promise<number> {
    const answers: Answer[] = [];
    for (const address of STRANGERS) answers.push(...(await repeat(11, () => tryFrom(address, email))));
    return comparedIn(answers);
  }

  const owner = () => from(HOME, new Participant(testEnv)).finished();

  it('has an end for an account, from however many networks', async () => {
    const anna = await owner();
    expect(await attack(anna.email)).toBe(PER_ACCOUNT);
    expect(await attack('nobody@example.com')).toBe(PER_ACCOUNT);
  });

  it('goes on for the owner where the password was right or chosen before, ten tries at a time', async () => {
    const anna = await owner();
    await attack(anna.email);
    expect(comparedIn(await repeat(3, () => tryFrom(HOME, anna.email)))).toBe(3);
    expect(await tryFrom(HOME, anna.email, OWN_PASSWORD)).toMatchObject({ status: 303 });
    expect(comparedIn(await repeat(11, () => tryFrom(HOME, anna.email)))).toBe(PER_NETWORK);
  });

  it('from another network says what was done, and the way on that nobody can close', async () => {
    const anna = await owner();
    await attack(anna.email);
    const refused = await tryFrom(WORK, anna.email, OWN_PASSWORD);
    expect(refused.status).toBe(422);
    expect(visible(refused.text)).toContain('Op een ander apparaat is te vaak geprobeerd');
    expect(visible(refused.text)).toContain('kies "Wachtwoord vergeten?"');
    expect((await tryFrom(WORK, 'nobody@example.com')).status).toBe(422);
  });
});

describe('a forwarded link', () => {
  it('does not use up the attempts at the password', async () => {
    const anna = await from(HOME, new Participant(testEnv)).to('sms');
    for (const address of STRANGERS) {
      const stranger = from(address, anna.elsewhere());
      await stranger.openLink();
      await repeat(11, () => stranger.submit({ password: 'a wrong guess' }, '/onboarding/continue'));
    }
    const phone = from(HOME, anna.elsewhere());
    await phone.openLink();
    await phone.submit({ password: OWN_PASSWORD });
    expect(phone.path).toBe('/onboarding/sms');
  });

  it('has an end of guesses at the password, too', async () => {
    const anna = await from(HOME, new Participant(testEnv)).to('sms');
    const answers: Answer[] = [];
    for (const address of STRANGERS) {
      const stranger = from(address, anna.elsewhere());
      await stranger.openLink();
      answers.push(...(await repeat(11, () => stranger.submit({ password: 'a wrong guess' }))));
    }
    expect(comparedIn(answers)).toBe(PER_ACCOUNT);
    expect(visible(answers.at(-2)!.text)).toContain(
      'Op een ander apparaat is te vaak een verkeerd wachtwoord',
    );
  });

  it('does not use up the tries of the temporary password', async () => {
    const anna = await from(HOME, new Participant(testEnv)).to('password');
    const stranger = from(STRANGERS[0]!, anna.elsewhere());
    await stranger.openLink();
    const guess = { currentPassword: 'x', newPassword: OWN_PASSWORD, newPasswordAgain: OWN_PASSWORD };
    expect(comparedIn(await repeat(11, () => stranger.submit(guess)))).toBe(PER_NETWORK);
    await anna.doStep('password');
    expect(anna.path).toBe('/onboarding/sms');
  });
});
