import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Folders whose tests start no process and change nothing that outlives a test. */
const SHARED = [
  'test/modem/{at,driver,opening,pdu,portrait,receiving,sending,ussd}/**/*.test.{ts,tsx}',
  'test/{attacks,device/{cash-mobile,firmware,midp,safe-mobile,terminal}}/**/*.test.{ts,tsx}',
  'test/server/{approvals,attempts,enrolment,http,intake,ledger,outgoing,payments,queries,rails,reconciliation,store}/**/*.test.{ts,tsx}',
  'test/sim/{control,hosts,modem,network,vocabulary}/**/*.test.{ts,tsx}',
];

/**
 * Tests of the service that run on both databases, as far as they are quick there: each statement is a message to the server and
 * back. `CASH_MOBILE_POSTGRES=all`, as in CI, runs the others too.
 */
const ON_POSTGRES = [
  'test/server/{attempts/{attempt,postings},intake/{counters,inbox},ledger/start-check,outgoing/outbox}.test.ts',
  'test/server/{payments/{evidence,transitions},queries/status-query,rails/{ledger-rail,overspend}}.test.ts',
  'test/server/{journal/journal,reconciliation/order,service/{taken-over,waits},time/timers,at-once}.test.ts',
];

/**
 * Those of SQLite alone are not here: files that are migrated, locked, backed up, or full; query plans; commits that several
 * transactions share (`payments/budget.test.ts`, `outgoing/outbox-room.test.ts`).
 */
const ALL_ON_POSTGRES = [
  'test/server/{approvals,attempts,enrolment,intake,journal,ledger,queries,rails,reconciliation,service,time}/**/*.test.ts',
  'test/server/payments/{evidence,payments,transitions}.test.ts',
  'test/server/outgoing/{confirmed-receipts,outbox}.test.ts',
  'test/server/at-once.test.ts',
];

/** As CI alone runs it. */
const LONG_ON_POSTGRES = ['test/server/real-kills/moved.postgres.test.ts'];

/** Tests of what happens only there: transactions beside each other, several processes. */
const ONLY_ON_POSTGRES = ['test/server/**/*.postgres.test.ts'];

export default defineConfig({
  test: {
    globalSetup: './test/temporary-folder.ts',
    reporters: ['default', './test/tally.ts'],
    testTimeout: 20_000,
    // Vitest leaves one core idle unless it is told not to.
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        // One process a core for all these files: a process for each would load every module again.
        test: { name: 'shared', include: SHARED, exclude: ONLY_ON_POSTGRES, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.{ts,tsx}', 'sim/examples/vitest/*.test.ts'],
          exclude: [...SHARED, ...ONLY_ON_POSTGRES],
        },
      },
      {
        extends: true,
        test: {
          name: 'PostgreSQL',
          // Each statement is a message to the server and back, which takes long on a busy machine.
          testTimeout: 60_000,
          include: [
            ...(process.env['CASH_MOBILE_POSTGRES'] === 'all' ? ALL_ON_POSTGRES : ON_POSTGRES),
            ...ONLY_ON_POSTGRES,
          ],
          exclude: process.env['CASH_MOBILE_POSTGRES'] === 'all' ? [] : LONG_ON_POSTGRES,
          isolate: false,
          globalSetup: './test/server/postgres-server.ts',
          setupFiles: './test/server/postgres-setup.ts',
          env: { CASH_MOBILE_TEST_DATABASE: 'postgres' },
        },
      },
    ],
  },
});
