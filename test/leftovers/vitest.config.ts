import { defineConfig, mergeConfig } from 'vitest/config';
import ours from '../../vitest.config.ts';

/** The run that leftovers.test.ts looks at: with everything that a run of ours starts, and one test. */
export default mergeConfig(
  { ...ours, test: { ...ours.test, include: [] } },
  defineConfig({
    root: `${import.meta.dirname}/../..`,
    test: { include: ['test/leftovers/opensAll.ts'], testTimeout: 0, disableConsoleIntercept: true },
  }),
);
