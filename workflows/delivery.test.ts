/** The poller notices when Temporal was away and is back; and nobody waits for its next look. */
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDispatcher } from '../outbox/dispatch.ts';
import { eventually } from '../test/kit/eventually.ts';
import { somebody } from '../test/kit/message.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { anyFreePort } from '../tools/local/ports.ts';
import { onboardingWorkflowId } from './signals.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

/** A proxy to Temporal that is closed at first. */
async function openGate(port: number): Promise<() => void> {
  const [host = '', enginePort = ''] = inject('temporalAddress').split(':');
  const sockets: Socket[] = [];
  const gate: Server = createServer((near) => {
    const far = dial(Number(enginePort), host);
    sockets.push(near, far);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => gate.listen(port, '127.0.0.1', resolve));
  return () => {
    gate.close();
    for (const socket of sockets) socket.destroy();
  };
}

it('says once that the engine takes signals again, after it was away and not before', async () => {
  const port = await anyFreePort();
  const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
  let recovered = 0;
  const logged: string[] = [];
  const dispatcher = createDispatcher({
    db: testEnv.db,
    engine: new Client({ connection }),
    config: testEnv.config,
    log: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
    onRecovered: () => {
      recovered += 1;
    },
  });
  const deliver = async () => {
    await testEnv.db.sql('outbox').update({ nextTryAt: testEnv.db.sql.raw(`now() - interval '1 second'`) });
    return (await dispatcher.dispatchAll()) || undefined;
  };
  await somebody(testEnv);
  const { subjectId } = (await testEnv.db.sql('outbox').first('subjectId'))!;
  expect(await deliver()).toBeUndefined();
  expect(recovered).toBe(0);
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { workflowId: onboardingWorkflowId(subjectId), reason: expect.any(String) },
  ]);
  const shut = await openGate(port);
  expect(await eventually(deliver)).toBe(1);
  expect(recovered).toBe(1);
  await somebody(testEnv);
  expect(await eventually(deliver)).toBe(1);
  expect(recovered).toBe(1);
  await connection.close();
  shut();
});

it('a worker tells the engine at once what a transaction of its own wrote', async () => {
  const seldom = { RELAY_EVERY: '1h', RECONCILE_EVERY: '1h' };
  const noMail = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_DELAYED_AFTER: '1s' };
  const hasty = await createTestEnvironment({ env: { ...seldom, ...noMail } });
  const anna = new Participant(hasty);
  await anna.invited();
  await eventually(async () => {
    // Exists only once web has told Temporal of the message, which web also does at once.
    const said = await hasty.status(anna.onboardingId).catch(() => undefined);
    return said?.problem === 'mail-delayed' || undefined;
  });
  await hasty.close();
});
