/**
 * Lost: a signal that never reached Temporal. Later signals repeat earlier facts, so the final state does not reveal
 * it: each outbox row is looked up in the histories.
 */
import { isDeepStrictEqual } from 'node:util';
import type { SignalName } from '../../domain/signals.ts';
import {
  messageNoticeWorkflowId,
  onboardingWorkflowId,
  passwordResetWorkflowId,
  signInCodeWorkflowId,
} from '../../workflows/signals.ts';
import type { EngineRun, Signalled } from './engineRuns.ts';
import type { Findings } from './findings.ts';
import type { LoggedRow } from './outboxLog.ts';
import type { Records } from './records.ts';

/** The signal that belongs to each audit event of a page. */
const SIGNAL_OF: Record<string, SignalName> = {
  'app.skipped': 'appSkipped',
  'app.verified': 'appVerified',
  'codes.refused': 'codesRefused',
  'factors.reset': 'factorsReset',
  'facts.voided': 'addressCorrected',
  'help.asked': 'helpAsked',
  'invitation.requested': 'invitationRequested',
  'password.changed': 'passwordChanged',
  'profile.saved': 'profileSaved',
  'sms.skipped': 'smsSkipped',
  'sms.verified': 'smsVerified',
  'terms.accepted': 'termsAccepted',
};

const RUN_OF = {
  messageNotice: messageNoticeWorkflowId,
  signInCode: signInCodeWorkflowId,
  passwordReset: passwordResetWorkflowId,
};

export function checkSignals(
  { rows, runs, records }: { rows: LoggedRow[]; runs: EngineRun[]; records: Records },
  findings: Findings,
): void {
  // A run that was lost and restarted, or continued as new, keeps its id.
  const received = new Map<string, Signalled[]>();
  for (const { workflowId, signals } of runs)
    received.set(workflowId, [...(received.get(workflowId) ?? []), ...signals]);
  // Rows still in the outbox are checked by waiting for it to empty.
  const erasures = rows.filter(({ workflow }) => workflow === 'erasure').map(({ subjectId }) => subjectId);
  for (const id of erasures)
    if (received.has(onboardingWorkflowId(id))) findings.add('half_done', id, 'was erased, and has a run');
  const told = rows.filter(
    ({ takenAt, needed, subjectId }) => takenAt && needed && !erasures.includes(subjectId),
  );
  for (const row of told) checkTaken(row, received, findings);
  const put = Map.groupBy(rows, ({ subjectId }) => subjectId);
  for (const { row, audit } of records.values()) {
    const own = put.get(row.id) ?? [];
    for (const [event, signal] of Object.entries(SIGNAL_OF)) {
      const done = audit.filter((one) => one.event === event).length;
      const told = own.filter((one) => one.signal === signal).length;
      if (done !== told)
        findings.add('half_done', row.id, `${event}: ${done} times, in the outbox ${told} times`);
    }
  }
}

function checkTaken(
  { workflow, subjectId, signal, payload }: LoggedRow,
  received: Map<string, Signalled[]>,
  findings: Findings,
): void {
  const workflowId =
    workflow === 'onboarding'
      ? onboardingWorkflowId(subjectId)
      : RUN_OF[workflow as keyof typeof RUN_OF](subjectId);
  const signals = received.get(workflowId);
  const isIt = (candidate: Signalled) =>
    candidate.name === signal && isDeepStrictEqual(candidate.payload, payload);
  const isThere = workflow === 'onboarding' ? signals?.some(isIt) : signals !== undefined;
  if (!isThere)
    findings.add('lost', workflowId, `the engine was not told ${signal} ${payload.version ?? ''}`);
}
