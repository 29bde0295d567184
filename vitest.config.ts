import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}', 'sim/examples/vitest/*.test.ts'],
    globalSetup: './test/temporary-folder.ts',
    reporters: ['default', './test/tally.ts'],
    testTimeout: 20_000,
    // By default one core is left idle: on two cores the tests would take twice as long.
    maxWorkers: availableParallelism(),
  },
});
