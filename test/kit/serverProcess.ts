/** The worker and web as processes of their own beside a test environment: to be stopped, or killed, at a moment of the test. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { inject, type TestContext } from 'vitest';
import { anyFreePort } from '../../tools/local/ports.ts';
import { begin, envOf } from './process.ts';
import type { TestEnvironment } from './testEnvironment.ts';

type Ended = { code: number | null; signal: NodeJS.Signals | null };

export type ServerProcess = {
  /** Resolves when the process is gone, however it went. */
  ended: Promise<Ended>;
  /** SIGKILL: at once, nothing can be finished. */
  kill(): void;
  /** From now on it does nothing, until it is killed. */
  pause(): void;
  /** SIGTERM, as at a new release. */
  stop(): Promise<Ended>;
};

/** No process outlives the test of this context. */
type Test = Pick<TestContext, 'onTestFinished'>;

/** Resolves when `ready` is in its output. */
async function serving(child: ChildProcess, ready: string, test: Test): Promise<ServerProcess> {
  const ended = once(child, 'exit').then(([code, signal]): Ended => ({ code, signal }));
  test.onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const said: string[] = [];
  const serves = new Promise<void>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!])
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (line.includes(ready)) resolve();
      });
  });
  const died = ended.then(() => {
    throw new Error(`it ended before it served:\n${said.join('\n')}`);
  });
  // It may die later, when nobody waits for that any more.
  died.catch(() => undefined);
  await Promise.race([serves, died]);
  return {
    ended,
    kill: () => void child.kill('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

type Env = Record<string, string>;

export function workerEnv(testEnv: TestEnvironment): Env {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, TWILIO_BASE_URL } = testEnv.config;
  return {
    ...envOf(testEnv, 'worker'),
    PUBLIC_URL: testEnv.url,
    SMTP_URL: testEnv.mailbox.url,
    TWILIO_ACCOUNT_SID: TWILIO_ACCOUNT_SID!,
    TWILIO_AUTH_TOKEN: TWILIO_AUTH_TOKEN!,
    TWILIO_FROM: TWILIO_FROM!,
    TWILIO_BASE_URL: TWILIO_BASE_URL!,
    RELAY_EVERY: '200ms',
    WORKFLOW_BUNDLE: inject('bundlePath'),
  };
}

/** `ready`: what it says when it is as far as the test wants it. */
export const workerProcess = (test: Test, testEnv: TestEnvironment, more: Env = {}, ready = 'worker ready') =>
  serving(begin('processes/worker.ts', [], { ...workerEnv(testEnv), ...more }), ready, test);

/** Web at a `url` of its own. What people see in links and mails stays the test environment's. */
export async function webProcess(
  test: Test,
  testEnv: TestEnvironment,
  more: Env = {},
): Promise<ServerProcess & { url: string }> {
  const port = await anyFreePort();
  const env = {
    ...envOf(testEnv, 'web'),
    PUBLIC_URL: testEnv.url,
    HOST: '127.0.0.1',
    PORT: String(port),
    ...more,
  };
  const web = await serving(begin('processes/web.ts', [], env), 'web ready', test);
  return { ...web, url: `http://localhost:${port}` };
}
