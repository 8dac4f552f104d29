/** What an operator reads: the current step, what comes next, what can be done. Never who the person is. */

import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../domain/facts.ts';
import type { Problem } from '../domain/problems.ts';
import { details, type Shown } from './operatorView.ts';
import type { Status } from './signals.ts';

const STATUS: Status = {
  step: 'sms',
  open: ['sms', 'app'],
  since: '2026-11-22T10:15:30.000Z',
  facts: { ...NO_FACTS, termsAccepted: true, passwordChanged: true },
  version: 3,
  problem: null,
  invitationsSent: 2,
  remindersSent: 1,
  nextReminderAt: '2026-11-25T09:00:00.000Z',
};
const SHOWN: Shown = {
  onboardingId: '0199d1f0-1111-7000-8000-000000000000',
  clientId: '0199d1f0-2222-7000-8000-000000000000',
  helpReason: null,
  expiresAt: '2026-12-06T10:15:30.000Z',
  factTimes: {},
  operatorNote: '',
};

/** Every text that `Status` can hold: this would not compile if one could hold personal data. */
type Texts<T> = T extends string
  ? string extends T
    ? 'free text'
    : never
  : T extends object
    ? TextsIn<T>
    : never;
type TextsIn<T> = { [K in keyof T]: K extends 'since' | 'nextReminderAt' ? never : Texts<T[K]> }[keyof T];
const NO_FREE_TEXT: [TextsIn<Omit<Status, 'open'>>] extends [never] ? true : false = true;

describe('the operator', () => {
  it('can be shown nothing personal, because a status has no room for it but two times', () => {
    expect(NO_FREE_TEXT).toBe(true);
  });

  it('reads the step, since when, what was sent and what is done', () => {
    const read = details(STATUS, SHOWN);
    expect(read).toContain('**Waiting for the person to:** verify a mobile number');
    expect(read).toContain('**Since:** 2026-11-22 10:15 UTC');
    expect(read).toContain('**Sent:** 2 invitation(s), 1 reminder(s)');
    expect(read).toContain('| Terms accepted | yes |');
    expect(read).toContain('| Password chosen | yes |');
    expect(read).toContain('| Mobile number | no |');
    expect(read).toContain('| Profile saved | no |');
  });

  it('reads of a try, and no promise, where the address refuses', () => {
    const read = details({ ...STATUS, problem: 'mail-undeliverable' }, SHOWN);
    expect(read).toContain('an attempt to remind the same address at 2026-11-25 09:00 UTC');
  });

  it('reads which factor was set up and which was skipped', () => {
    const facts = { ...STATUS.facts, smsSkipped: true, appVerified: true };
    const read = details({ ...STATUS, facts, step: 'profile' }, SHOWN);
    expect(read).toContain('| Mobile number | skipped |');
    expect(read).toContain('| Authenticator app | verified |');
  });

  it('reads what happens next by itself', () => {
    expect(details(STATUS, SHOWN)).toContain(
      '**Next, if nothing happens:** a reminder at 2026-11-25 09:00 UTC, then the invitation expires at 2026-12-06 10:15 UTC',
    );
    expect(details({ ...STATUS, nextReminderAt: null }, SHOWN)).toContain(
      'no more reminders, then the invitation expires',
    );
  });

  const PROBLEMS: Problem[] = [
    'mail-undeliverable',
    'mail-delayed',
    'too-many-codes',
    'sms-undeliverable',
    'reminders-exhausted',
    'help-asked',
    'not-me',
    'internal-error',
  ];
  it.each(PROBLEMS)('reads with the problem %s what to do about it', (problem) => {
    const line = details({ ...STATUS, problem }, SHOWN)
      .split('\n')
      .find((text) => text.startsWith('**Problem:**'))!;
    expect(line).toContain(`${problem}. `);
    expect(line).toMatch(/Ask|Call|Contact|offers|[Ff]ix/);
  });

  it('reads what the person chose who asked for help', () => {
    const shown: Shown = { ...SHOWN, helpReason: 'lost-phone' };
    expect(details({ ...STATUS, problem: 'help-asked' }, shown)).toContain(
      'help-asked. The person chose: lost-phone. The person pressed',
    );
    // A call for help that is over is no longer shown.
    expect(details(STATUS, shown)).not.toContain('lost-phone');
    expect(details({ ...STATUS, problem: 'not-me' }, shown)).not.toContain('lost-phone');
  });

  it('reads whose message it is, and the command that has the rest', () => {
    const read = details(STATUS, SHOWN);
    expect(read).toContain(`client ${SHOWN.clientId}`);
    expect(read).toContain(`\`npm run instap -- find onboarding-${SHOWN.onboardingId}\``);
  });

  it('reads of no problem when there is none', () => {
    expect(details(STATUS, SHOWN)).not.toContain('Problem');
  });

  it.each([
    ['done', 'the account is open'],
    ['expired', 'the invitation expired. It starts again with'],
    ['cancelled', 'an operator cancelled it. It starts again with'],
  ] as const)(
    'reads of an onboarding that is %s that nothing more comes, and how it goes on',
    (step, words) => {
      const read = details({ ...STATUS, step, nextReminderAt: null }, SHOWN);
      expect(read).toContain(`**Ended:** ${words}`);
      expect(read).not.toContain('Waiting for');
      expect(read).not.toContain('Next, if nothing happens');
    },
  );

  it('is offered no signal for an onboarding that has ended, because none can be sent', () => {
    const read = details(
      { ...STATUS, step: 'expired', problem: 'reminders-exhausted', nextReminderAt: null },
      SHOWN,
    );
    expect(read).toContain('**Problem:** reminders-exhausted');
    expect(read).not.toContain('signal');
  });
});
