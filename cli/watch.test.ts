/** The command line's list of stuck people, live. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createInvitedPerson, expectStatusToMatchDatabase, filtered } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';

import { envOf, instap } from '../test/kit/process.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { anyFreePort } from '../tools/local/ports.ts';
import { closedSignInWorkflowId, onboardingWorkflowId } from '../workflows/signals.ts';
import { watchLive } from './watch.ts';

const UI = 'https://temporal.example.org';
const AWAY = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
/** util-linux: runs a program in a terminal of its own. */
const SCRIPT = '/usr/bin/script';
const CTRL_C = '\x03';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { LIMIT_WRONG_FACTORS_PER_ACCOUNT: '2' } });
});
afterAll(() => testEnv.close());

async function askHelp(anna: Participant): Promise<void> {
  await anna.open('/onboarding/help');
  await anna.submit({ reason: 'no-phone' });
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'help-asked' });
}

/** Looks until the list, which lags slightly, satisfies `wanted`. */
const listShows = (wanted: (out: string) => boolean, env: Record<string, string> = {}) =>
  eventually(async () => {
    const { code, out } = await instap(testEnv, 'watch', env);
    expect(code).toBe(0);
    return wanted(out) ? out : undefined;
  });

/** A terminal of this size, and what it shows. */
function terminal(rows: number) {
  let shown = '';
  return {
    rows,
    columns: 200,
    write: (text: string) => {
      shown = text;
    },
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal gets.
    lines: () => shown.replace(/\x1b\[\??\d*[A-Za-z]/g, '').split('\n'),
  };
}

it('without a terminal: nobody is stuck; then who is, at which step, since when, what to do and where, once', async () => {
  const going = await createInvitedPerson(testEnv, 'terms');
  expect(await instap(testEnv, 'watch')).toEqual({ code: 0, out: 'nobody is stuck\n', err: '' });

  const anna = await createInvitedPerson(testEnv, 'sms');
  await askHelp(anna);
  const refused = new Participant(testEnv, `anna.${Date.now()}@refused.example`);
  await refused.invited();
  await expectStatusToMatchDatabase(testEnv, refused.personId);
  await filtered(testEnv, refused.onboardingId, { OnboardingProblem: 'mail-undeliverable' });
  const out = await listShows((text) => text.startsWith('2 are stuck'), { TEMPORAL_UI_URL: UI });
  expect(out).toMatch(
    /\nhelp-asked \(1\)\. The person pressed .* the signal `askFactorReset`\. .*\n {2}sms {7}since 20\d\d-\d\d-\d\d \d\d:\d\d UTC \(\d+ (s|min)\) {2}https/,
  );
  expect(out).toMatch(/\nmail-undeliverable \(1\)\. .*\n {2}terms {5}since/);
  const { runId } = await testEnv.workflow(anna.onboardingId).describe();
  const workflow = onboardingWorkflowId(anna.onboardingId);
  expect(out).toContain(`  ${UI}/namespaces/default/workflows/${workflow}/${runId}/user-metadata\n`);
  expect(out).not.toContain(going.onboardingId);
  for (const personal of [anna.email, refused.email, anna.personId]) expect(out).not.toContain(personal);
  // Without the address of the UI there is no link.
  expect((await instap(testEnv, 'watch')).out).toContain(`  ${workflow}\n`);
});

it('in a terminal: follows who gets stuck and who goes on, until it is stopped', async () => {
  const screen = terminal(40);
  const stop = new AbortController();
  const { engine, config } = testEnv;
  const ended = watchLive({ engine, config, screen, stop: stop.signal, refreshEveryMs: 100 });
  const shows = (text: string, is: boolean) =>
    eventually(async () => screen.lines().join('\n').includes(text) === is || undefined);
  const anna = await createInvitedPerson(testEnv, 'terms');
  await askHelp(anna);
  await shows(anna.onboardingId, true);
  expect(screen.lines()[0]).toMatch(/^\d\d:\d\d:\d\d UTC, every 0\.1 s\. Ctrl-C to stop$/);
  await anna.open('/onboarding/terms');
  await anna.doStep('terms');
  await shows(anna.onboardingId, false);
  stop.abort();
  await ended;
});

it('who cannot sign in is there, too', async () => {
  const anna = await createInvitedPerson(testEnv, 'finished', 'app');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const thief = anna.elsewhere();
  await thief.open('/sign-in');
  await thief.submit({ email: anna.email, password: OWN_PASSWORD });
  for (let i = 0; i < 2; i++) await thief.submit({ token: '000000' });
  const out = await listShows((text) => text.includes('sign-in-closed'));
  expect(out).toMatch(
    /sign-in-closed \(1\)\. Somebody who knew the password .* the signal `reopenSignIn`\.\n/,
  );
  expect(out).toContain(closedSignInWorkflowId(anna.personId));
});

it('in a small terminal: what does not fit is left out and counted', async () => {
  const one = await createInvitedPerson(testEnv, 'terms');
  await askHelp(one);
  await listShows((text) => text.includes(one.onboardingId));
  const screen = terminal(4);
  const stop = new AbortController();
  const { engine, config } = testEnv;
  const ended = watchLive({ engine, config, screen, stop: stop.signal, refreshEveryMs: 100 });
  await eventually(async () => screen.lines().some((line) => line.endsWith('larger')) || undefined);
  expect(screen.lines().filter((line) => line).length).toBeLessThan(4);
  stop.abort();
  await ended;
});

it('in a terminal: says that the engine is away, and goes on when it is back', async () => {
  const port = await anyFreePort();
  const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
  const screen = terminal(40);
  const stop = new AbortController();
  const engine = new Client({ connection });
  const ended = watchLive({
    engine,
    config: testEnv.config,
    screen,
    stop: stop.signal,
    refreshEveryMs: 100,
  });
  const shows = (text: string) =>
    eventually(async () => screen.lines().join('\n').includes(text) || undefined);
  await shows('Temporal does not answer');
  const [host, enginePort] = testEnv.config.temporal.connectionOptions.address!.split(':');
  const open: Socket[] = [];
  const back = createServer((from) => {
    const to = createConnection(Number(enginePort), host);
    open.push(from, to);
    from.pipe(to).pipe(from);
  });
  await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve));
  await shows('stuck');
  stop.abort();
  await ended;
  await connection.close();
  for (const socket of open) socket.destroy();
  back.close();
});

it.skipIf(!existsSync(SCRIPT))('Ctrl-C to stop it, with exit code 0 and the terminal as it was', async () => {
  const command = `exec '${process.execPath}' '${path.join(import.meta.dirname, 'instap.ts')}' watch`;
  const child = spawn(SCRIPT, ['-qec', command, '/dev/null'], { env: envOf(testEnv, 'cli') });
  onTestFinished(() => {
    child.kill();
  });
  let out = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  const code = new Promise((resolve) => child.once('close', resolve));
  await eventually(async () => out.includes('Ctrl-C to stop') || undefined);
  child.stdin.write(CTRL_C);
  expect(await code).toBe(0);
  expect(out.endsWith('\x1b[?1049l')).toBe(true);
});

it('says so when no worker has registered the search attributes yet', async () => {
  const namespace = `fresh-${randomUUID()}`;
  const { workflowService } = testEnv.engine.connection;
  const workflowExecutionRetentionPeriod = msToTs('1 day');
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  const refusal = await eventually(async () => {
    const { err } = await instap(testEnv, 'watch', { TEMPORAL_NAMESPACE: namespace });
    return err.includes('no namespace') ? undefined : err;
  });
  expect(refusal).toBe(
    'Temporal does not know OnboardingProblem yet: a worker registers it when it starts\n',
  );
});

it('says so when the engine is away', async () => {
  const { code, err } = await instap(testEnv, 'watch', AWAY);
  expect([code, err]).toEqual([1, expect.stringMatching(/^Temporal does not answer at 127.0.0.1:1: /)]);
});
