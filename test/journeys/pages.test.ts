/** Whole journeys over HTTP, as in a browser without JavaScript: what a person reads, and what is then stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onboardingOf } from '../../db/onboardings.ts';
import { eventually } from '../kit/eventually.ts';
import { linkIn, temporaryPasswordIn } from '../kit/pages.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

const PHONE = '+31612345678';

describe('a person goes from the mail to the message', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    testEnv = await createTestEnvironment();
  });
  afterAll(() => testEnv.close());

  it('with a code by SMS only', async () => {
    const anna = new Participant(testEnv);
    const sent = await anna.invited();
    expect(sent.recipient.onboarding).toEqual({ status: 'invited', step: 'terms' });

    const mail = await anna.mail();
    expect(mail.subject).toBe('Gemeente Voorbeeld: er staat een vertrouwelijk bericht voor u klaar');
    expect(mail.text).not.toContain('Uw aanstelling');

    await anna.open(linkIn(mail));
    expect(anna.reads).toContain(WORDS.link.nl.title);
    await anna.submit({});
    expect(anna.path).toBe('/onboarding/terms');
    expect(anna.reads).toContain('Stap 1 van 5');

    await anna.acceptTerms();
    expect(anna.path).toBe('/onboarding/password');
    await anna.choosePassword(temporaryPasswordIn(mail));
    expect(anna.path).toBe('/onboarding/sms');
    expect(anna.reads).toContain('Een betere beveiliging voor vertrouwelijke gegevens');

    await anna.askCode('06 1234 5678');
    expect(anna.path).toBe('/onboarding/sms/code');
    expect(anna.reads).toContain('+31 6 12345678');
    await anna.enterCode(await anna.code(PHONE));
    expect(anna.path).toBe('/onboarding/app');

    await anna.skip();
    expect(anna.path).toBe('/onboarding/profile');
    await anna.saveProfile();
    expect(anna.path).toBe(`/messages/${sent.id}`);
    expect(anna.reads).toContain('Beste collega, dit is vertrouwelijk.');

    const row = await onboardingOf(testEnv.db, sent.recipient.id);
    expect(row?.status).toBe('completed');
    const status = await eventually(async () => {
      const now = await testEnv.status(row!.id);
      return now.step === 'done' ? now : undefined;
    });
    expect(status.problem).toBeNull();
  });
});
