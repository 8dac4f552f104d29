/** One person's onboarding on a real Temporal: what it sends, what it awaits, what an operator sees. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf, onboardingOf, snapshotOf } from '../db/onboardings.ts';
import { steps } from '../domain/steps.ts';
import { eventually } from '../test/kit/eventually.ts';
import { linkIn, temporaryPasswordIn } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { sendMessage } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { WORDS } from '../test/kit/words.ts';
import { sendInvitation } from './signals.ts';

/** The workflow's status, once it knows everything that the database knows. */
async function settled(testEnv: TestEnvironment, personId: string) {
  return eventually(async () => {
    const row = (await onboardingOf(testEnv.db, personId))!;
    const said = await testEnv.status(row.id).catch(() => undefined);
    return said?.version === row.version ? { row, said } : undefined;
  });
}

describe('the workflow', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '2s' } });
  });
  afterAll(() => testEnv.close());

  it('says at every step what the database says', async () => {
    const anna = new Participant(testEnv);
    const { recipient } = await anna.invited();
    const seen: string[] = [];
    const agree = async () => {
      const { row, said } = await settled(testEnv, recipient.id);
      expect(said.facts).toEqual(factsOf(row));
      expect(said.step).toBe(steps(factsOf(row)).current);
      seen.push(said.step);
    };
    await agree();
    const mail = await anna.mail();
    await anna.openLink(linkIn(mail));
    await anna.acceptTerms();
    await agree();
    await anna.choosePassword(temporaryPasswordIn(mail));
    await agree();
    await anna.skip();
    await agree();
    await anna.registerApp();
    await agree();
    expect(seen).toEqual(['terms', 'password', 'sms', 'app', 'profile']);
  });

  it('shows an operator the step, since when, what comes next, and finds the stuck one by a filter', async () => {
    const anna = await new Participant(testEnv).readingMails().to('sms');
    const { recipient } = anna.sent!;
    const { row } = await settled(testEnv, recipient.id);
    await eventually(async () => {
      const { typedSearchAttributes } = await testEnv.workflow(row.id).describe();
      return typedSearchAttributes.getAll().some(({ value }) => value === 'sms') || undefined;
    });
    const found = await eventually(async () => {
      for await (const run of testEnv.engine.workflow.list({
        query: `OnboardingStep = 'sms' AND ExecutionStatus = 'Running'`,
      }))
        if (run.workflowId === `onboarding-${row.id}`) return run;
      return undefined;
    });
    expect(found.type).toBe('onboarding');
    const metadata = await testEnv
      .workflow(row.id)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('verify a mobile number, or skip it for the app');
    expect(metadata.currentDetails).toContain('a reminder at');
  });

  it('sends the invitation again when an operator asks, and both links and the password work', async () => {
    const anna = new Participant(testEnv);
    const { recipient } = await anna.invited();
    const first = await anna.mail();
    const { row } = await settled(testEnv, recipient.id);
    await testEnv.workflow(row.id).signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
    const second = await anna.mail(2);
    expect(linkIn(second)).not.toBe(linkIn(first));
    await anna.openLink(linkIn(first));
    await anna.acceptTerms();
    await anna.choosePassword(temporaryPasswordIn(second));
    expect(anna.path).toBe('/onboarding/sms');
  });

  it('joins a second message: one run, the invitation again, and both are there to read', async () => {
    const anna = new Participant(testEnv);
    const first = await anna.invited();
    await anna.mail();
    const { answer: second } = await sendMessage(testEnv, { email: anna.email.toUpperCase() });
    expect(second.recipient.id).toBe(first.recipient.id);
    const again = await anna.mail(2);
    await anna.openLink(linkIn(again));
    await anna.acceptTerms();
    await anna.choosePassword(temporaryPasswordIn(again));
    await anna.skip();
    await anna.registerApp();
    await anna.saveProfile();
    expect(anna.path).toBe(`/messages/${first.id}`);
    await anna.open('/messages');
    expect(anna.page.text).toContain(`/messages/${second.id}`);
  });

  it('comes back by itself after it was terminated, with everything kept', async () => {
    const anna = await new Participant(testEnv).readingMails().to('sms');
    const { recipient } = anna.sent!;
    const { row } = await settled(testEnv, recipient.id);
    await testEnv.workflow(row.id).terminate('by mistake');
    await anna.skip();
    const { said } = await settled(testEnv, recipient.id);
    expect(said).toMatchObject({
      step: 'app',
      facts: { termsAccepted: true, passwordChanged: true, smsSkipped: true },
    });
  });

  it('goes on when an operator sends nonsense, and says that it was refused', async () => {
    const anna = new Participant(testEnv);
    const { recipient } = await anna.invited();
    const { row } = await settled(testEnv, recipient.id);
    const handle = testEnv.workflow(row.id);
    for (const name of ['termsAccepted', 'smsRequested', 'messageSent', 'extendDeadline'])
      await handle.signal(name, null);
    await handle.signal('profileSaved', 'everything is fine');
    const details = await eventually(async () => {
      const { currentDetails } = await handle.query<{ currentDetails: string }>(
        '__temporal_workflow_metadata',
      );
      return currentDetails.includes('was refused') ? currentDetails : undefined;
    });
    expect(details).toContain('accept the terms of use');
    const { said } = await settled(testEnv, recipient.id);
    expect(said.facts).toEqual(factsOf(row));
  });

  it('hears people, and carries out orders, whatever else was typed into a signal', async () => {
    const anna = new Participant(testEnv);
    const { recipient } = await anna.invited();
    const mail = await anna.mail();
    const { row } = await settled(testEnv, recipient.id);
    const handle = testEnv.workflow(row.id);
    const known = snapshotOf(row);
    await handle.signal('termsAccepted', { ...known, version: 1_000_000_000, facts: { profileSaved: 1 } });
    await handle.signal('termsAccepted', { ...known, version: known.version + 1, progressedAt: 1e300 });
    await handle.signal('reconciled', { ...known, version: 0 });
    await handle.signal('extendDeadline', { days: 1, by: { toString: 'x' }, reason: 'other' });
    await handle.signal('extendDeadline', { days: 1, by: 'NUL \u0000 \ud800', reason: 'other' });
    await handle.signal('extendDeadline', { days: 1, by: 'j.de.vries', reason: 'other' });
    await handle.signal('sendInvitation', { by: 'j.de.vries', reason: 'other' });
    await anna.mail(2);
    await anna.openLink(linkIn(mail));
    await anna.acceptTerms();
    const { row: now, said } = await settled(testEnv, recipient.id);
    expect([said.step, said.facts]).toEqual(['password', factsOf(now)]);
    expect(now.extraDays).toBe(1);
    const { details } = (await testEnv.db
      .sql('audit')
      .where({ personId: recipient.id, event: 'deadline.extended' })
      .first())!;
    expect(details).toMatchObject({ days: 1, by: 'j.de.vries', reason: 'other' });
  });

  it('shows a refused address as a problem that a filter finds', async () => {
    const anna = new Participant(testEnv, `anna.${Date.now()}@refused.example`);
    const { recipient } = await anna.invited();
    const row = (await onboardingOf(testEnv.db, recipient.id))!;
    const said = await eventually(async () => {
      const now = await testEnv.status(row.id).catch(() => undefined);
      return now?.problem ? now : undefined;
    });
    expect(said.problem).toBe('mail-undeliverable');
  });
});

describe('time', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    const env = {
      REMIND_AFTER: '2s,4s,6s',
      EXPIRE_AFTER: '8s',
      INVITE_EVERY: '100ms',
      REMIND_FROM_HOUR: '0',
      REMIND_UNTIL_HOUR: '24',
    };
    testEnv = await createTestEnvironment({ env });
  });
  afterAll(() => testEnv.close());

  it('reminds three times, naming the step, then expires; a new mail starts it again with everything kept', async () => {
    const anna = new Participant(testEnv);
    const { recipient } = await anna.invited();
    const invitation = await anna.mail();
    await anna.openLink(linkIn(invitation));
    await anna.acceptTerms();

    const reminder = await anna.mail(2);
    expect(reminder.subject).toBe('Gemeente Voorbeeld: uw vertrouwelijke bericht wacht nog');
    expect(reminder.text).toContain(WORDS.reminder.nl.next.password);
    expect(temporaryPasswordIn(reminder)).toBe(temporaryPasswordIn(invitation));
    const last = await anna.mail(4);
    expect(last.text).toContain(WORDS.reminder.nl.last);

    const row = await eventually(async () => {
      const now = await onboardingOf(testEnv.db, recipient.id);
      return now?.status === 'expired' ? now : undefined;
    });
    expect(row.remindersSent).toBe(3);
    const said = await eventually(async () => {
      const now = await testEnv.status(row.id);
      return now.step === 'expired' ? now : undefined;
    });
    expect(said.remindersSent).toBe(3);

    await anna.open(linkIn(invitation));
    expect(anna.reads).toContain(WORDS.link.nl.expired);
    await anna.submit({}, `${linkIn(invitation)}/renew`);
    expect(anna.notice).toBe('renewed');
    const fresh = await anna.mail(5);
    await anna.openLink(linkIn(fresh));
    expect(anna.path).toBe('/onboarding/password');
    expect(temporaryPasswordIn(fresh)).not.toBe(temporaryPasswordIn(invitation));
  });
});
