/** Opens all that a test may open, closes none of it, and fails. Then nothing happens any more. */
import { it } from 'vitest';
import { startBrowser } from '../kit/chromium.ts';
import { begin, envOf } from '../kit/process.ts';
import { createTestEnvironment } from '../kit/testEnvironment.ts';
import { OPEN } from './open.ts';

it('fails', async () => {
  const testEnv = await createTestEnvironment();
  const browser = await startBrowser();
  await browser.newPage();
  begin('cli/instap.ts', ['watch'], envOf(testEnv, 'cli'));
  throw new Error('as it should');
});

it('is never done', async () => {
  console.log(OPEN);
  await new Promise(() => undefined);
});
