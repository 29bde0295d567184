import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}', 'sim/examples/vitest/*.test.ts'],
    globalSetup: './test/temporary-folder.ts',
    reporters: ['default', './test/tally.ts'],
    testTimeout: 20_000,
  },
});
