import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/setup/global.ts',
    // Real processes and a native bridge: forks, not threads.
    pool: 'forks',
    // One more than the two cores that this is meant for: much of a test is waiting for other processes.
    maxWorkers: 3,
    // A fork loads the product once for all its files: a quarter of the time. Whatever a file opens, it closes.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});
