/** Choosing a password: all errors at once, each at its field, and nothing that was typed is shown again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWN_PASSWORD } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let anna: Participant;
let temporary: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = await new Participant(testEnv).to('password');
  temporary = await anna.temporaryPassword();
});

const type = (currentPassword: string, newPassword = OWN_PASSWORD, newPasswordAgain = newPassword) =>
  anna.submit({ currentPassword, newPassword, newPasswordAgain });

describe('the page', () => {
  it('has the user name to read, the rules behind a question mark, and what password managers need', () => {
    const { text } = anna.page;
    expect(text).toMatch(new RegExp(`name="username"[^>]*value="${anna.email}"[^>]*readonly`));
    expect(text).toContain('<summary>Eisen aan het wachtwoord</summary>');
    expect(text.match(/autocomplete="new-password"/g)).toHaveLength(2);
    expect(anna.reads).toContain('Minstens 12 tekens, hoogstens 128');
  });

  it('has no rules of composition', () => {
    expect(anna.reads).not.toMatch(/minstens (één|1) (hoofdletter|cijfer|leesteken)/i);
  });
});

describe('the temporary password', () => {
  it.each([
    ['', 'Vul het tijdelijke wachtwoord in dat u hebt gekregen.'],
    ['   ', 'Vul het tijdelijke wachtwoord in dat u hebt gekregen.'],
    ['iets anders', 'Dit is niet het tijdelijke wachtwoord.'],
    ['x'.repeat(10_000), 'Dit is niet het tijdelijke wachtwoord.'],
  ])('typed as "%.20s" is refused in words', async (typed, words) => {
    await type(typed);
    expectRejected(anna, 'currentPassword', words);
  });

  it('counts as people write it: capitals, spaces, without dashes', async () => {
    await type(` ${temporary.toUpperCase().replaceAll('-', ' ')} `);
    expect(anna.path).toBe('/onboarding/sms');
  });

  it('of an older mail counts as well, until one was used', async () => {
    const { addTemporaryPassword } = await import('../../db/temporaryPasswords.ts');
    const newer = await addTemporaryPassword(testEnv.db, anna);
    expect(testEnv.db.secrets.temporaryPassword(newer)).not.toBe(temporary);
    await type(temporary);
    expect(anna.path).toBe('/onboarding/sms');
    expect(await testEnv.db.sql('temporary_password').where({ onboardingId: anna.onboardingId })).toEqual([]);
  });

  it('of another person is wrong', async () => {
    const bob = await new Participant(testEnv).to('password');
    await type(await bob.temporaryPassword());
    expectRejected(anna, 'currentPassword', 'Dit is niet het tijdelijke wachtwoord.');
  });

  it('guessed at ten times is not compared any more for a quarter of an hour, 30 at once too', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        anna.post(anna.path, {
          currentPassword: `guess ${i}`,
          newPassword: OWN_PASSWORD,
          newPasswordAgain: OWN_PASSWORD,
        }),
      ),
    );
    const compared = answers.filter(({ text }) => text.includes('Dit is niet het tijdelijke wachtwoord'));
    expect(compared.length).toBeLessThanOrEqual(10);
    await type(temporary);
    expectRejected(anna, 'currentPassword', 'Wacht een kwartier');
  });
});

describe('the new password', () => {
  it.each([
    ['kort', 'Kies een wachtwoord van minstens 12 tekens.'],
    ['', 'Kies een wachtwoord van minstens 12 tekens.'],
    ['vier fiets '.repeat(12), 'Kies een wachtwoord van hoogstens 128 tekens.'],
    ['passwordpassword', 'Te veel mensen gebruiken dit wachtwoord.'],
    [
      'voorbeeld gemeente',
      'niet is gemaakt van uw e-mailadres, de naam van de organisatie of de naam Instap',
    ],
    ['instap instap', 'niet is gemaakt van uw e-mailadres, de naam van de organisatie of de naam Instap'],
  ])('"%.20s" is refused in words', async (typed, words) => {
    await type(temporary, typed);
    expectRejected(anna, 'newPassword', words);
  });

  it('made of the e-mail address is refused', async () => {
    await type(temporary, anna.email);
    expectRejected(anna, 'newPassword', 'niet is gemaakt van uw e-mailadres');
  });

  it('that is the temporary one is refused, however it is written', async () => {
    await type(temporary, temporary.toUpperCase());
    expectRejected(anna, 'newPassword', 'Kies een ander wachtwoord dan het tijdelijke.');
  });

  it('typed differently the second time is refused at the second field', async () => {
    await type(temporary, OWN_PASSWORD, 'vier blauwe fietsen 89');
    expectRejected(anna, 'newPasswordAgain', 'De twee nieuwe wachtwoorden zijn niet gelijk.');
  });

  it('with everything wrong gets all the words at once', async () => {
    await type('wrong', 'instap', 'anders');
    expectRejected(anna, 'currentPassword', 'Dit is niet het tijdelijke wachtwoord.');
    expectRejected(anna, 'newPassword', 'minstens 12 tekens');
    expectRejected(anna, 'newPassword', 'niet is gemaakt van');
    expectRejected(anna, 'newPasswordAgain', 'niet gelijk');
  });

  it('of 128 emoji is accepted, and signs in', async () => {
    const own = '🚲🌷'.repeat(64);
    await type(temporary, own);
    expect(anna.path).toBe('/onboarding/sms');
    const phone = anna.elsewhere();
    await phone.openLink();
    await phone.submit({ password: own });
    expect(phone.path).toBe('/onboarding/sms');
  });
});

it('nothing typed is shown again', async () => {
  await type('geheim nummer een', 'geheim2', 'geheim nummer drie');
  for (const typed of ['geheim nummer een', 'geheim2', 'geheim nummer drie'])
    expect(anna.page.text).not.toContain(typed);
});

it('a refused form writes nothing but its count', async () => {
  const before = await anna.row();
  await type('wrong', 'kort');
  expect(await anna.row()).toEqual(before);
  expect(await testEnv.db.sql('person').where({ id: anna.personId }).first('passwordHash')).toEqual({
    passwordHash: null,
  });
});
