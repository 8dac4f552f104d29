import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Their sizes say nothing of how long they take, by which a first run would order them. */
const LONGEST = ['/test/chaos/chaos.test.ts', '/test/matrix/', '/test/journeys/browserAccess.test.ts'];

/** So that at the end no fork runs alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((part) => moduleId.includes(part));
    const ordered = await super.sort(files);
    return [...ordered.filter(isLong), ...ordered.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules', '.instap'],
    globalSetup: 'test/kit/globalSetup.ts',
    // Real processes and a native bridge: forks, not threads.
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // One more than the two cores that this is meant for: much of a test is waiting for other processes.
    maxWorkers: 3,
    // A fork loads the product once for all its files: a quarter of the time. Whatever a file opens, it closes.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    retry: 0,
  },
});
