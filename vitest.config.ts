import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that start no process and change nothing that outlives a test. */
const SHARED = [
  'test/modem/{at,driver,opening,pdu,portrait,receiving,sending,ussd}/**/*.test.{ts,tsx}',
  'test/modem/{clock,random}.test.ts',
  'test/modem/cli/{at-terminal,console,hearing,options,pdu-answer,probe,receive,replay,reset,send}.test.ts',
  'test/modem/cli/{send-file,sending-again,trace-text,ussd,when-ready}.test.ts',
  'test/modem/port/{device,replay,sysfs,trace,usb}.test.ts',
  // written counts what node:fs writes, which another file has imported before.
  'test/{attacks,device/{cash-mobile,firmware,midp,safe-mobile,suite,terminal}}/**/!(written).test.{ts,tsx}',
  'test/device/*.test.ts',
  'test/device/{cli/{descriptor-source,http-download,modem-gauges},hal/{older-flash,screen}}.test.ts',
  'test/server/{approvals,attempts,authentications,enrolment,http,intake,journal,jws-keys,keyring,keys,ledger,limits,merchants,operators,parties,people}/**/*.test.{ts,tsx}',
  'test/server/ciba/{client-assertion,flow,ping,refusals,requirements}.test.ts',
  'test/server/{client,ecr,orders,outgoing,payments,pin-change,queries,rails,reconciliation,service,store,time,upkeep,vocabulary}/**/*.test.{ts,tsx}',
  'test/server/!(broken-database|readme).test.ts',
  'test/server/{gate/site,processes/{leased-store,processes},real-kills/{judge,obliging-phone}}.test.ts',
  'test/server/cli/{absent-modem,administer,backup,card-file,files,keys-and-orders,ledger,operator,operators,wrong-use}.test.ts',
  'test/sim/{control,hosts,loop,modem,network,vocabulary}/**/*.test.{ts,tsx}',
  'test/sim/{cli/{help,read-plan},demo/{balance,events,guide,kept,person,stage},ports/{recorded,tcp},view/desk}.test.ts',
  'test/sim/{evidence/!(capture),scenario/!(examples),!(gammu)}.test.ts',
];

/**
 * Tests of the service that run on both databases, as far as they are quick there: each statement is a message to the server and
 * back. `CASH_MOBILE_POSTGRES=all`, as in CI, runs the others too.
 */
const ON_POSTGRES = [
  'test/server/{attempts/{attempt,postings},intake/{counters,inbox},ledger/start-check,outgoing/outbox}.test.ts',
  'test/server/{payments/{evidence,transitions},queries/status-query,rails/{ledger-rail,overspend}}.test.ts',
  'test/server/{journal/journal,reconciliation/requested-period,service/{taken-over,waits},store/later,time/timers,at-once,limits-at-once}.test.ts',
];

/** All tests that open a service or a store, without those of {@link OF_SQLITE}. */
const ALL_ON_POSTGRES = [
  'test/server/{approvals,attempts,authentications,ciba,client,ecr,enrolment,http,intake,journal,ledger,outgoing,payments,pin-change,processes,queries,rails}/**/*.test.ts',
  'test/server/{jws-keys,keyring,merchants,operators,orders,parties,people,reconciliation,service,time,upkeep}/**/*.test.ts',
  'test/server/*.test.ts',
  'test/sim/hosts/{card,paypal,rail}-{days,laws,settlement,storm}.test.ts',
];

/** Tests of SQLite alone. */
const OF_SQLITE = [
  'test/server/upkeep/backup.test.ts', // a copy of the file
  'test/server/disk-full.test.ts', // a file that has no room
  'test/server/{payments/budget,outgoing/outbox-room}.test.ts', // commits that several transactions share
];

/** As CI alone runs them. */
const LONG_ON_POSTGRES = [
  'test/server/real-kills/{chaos,moved}.postgres.test.ts',
  'test/server/{cli,upkeep}/move.postgres.test.ts',
];

/** Tests of what happens only there: transactions beside each other, several processes. */
const ONLY_ON_POSTGRES = ['test/server/**/*.postgres.test.ts'];

/** Tests that put something else in the place of a module. It would stay there for the files after them, or come too late. */
const WITH_OTHER_MODULES = globSync('test/**/*.test.{ts,tsx}').filter((file) =>
  readFileSync(file, 'utf8').includes('vi.mock('),
);

const CORES = availableParallelism();

/**
 * Real programs and modems wait half of their time. The tests without programs come after them in the same group (a group is sorted by the
 * name of the project), so that a core whose last program still waits has something to do.
 */
const BESIDE_PROGRAMS = CORES + 1;

/**
 * Real programs, terminals and a database share two cores in CI, and one that gets no processor for seconds is not a fault of the
 * project. With `CASH_MOBILE_SECOND_TRY=1`, as in CI, their tests have a second try, and the run names each that needed it.
 */
const OF_REAL_PROGRAMS = { retry: process.env['CASH_MOBILE_SECOND_TRY'] === '1' ? 1 : 0 };

/**
 * Programs whose simulated modems are killed look for them under a link to a pseudo terminal, whose number another test's terminal may get
 * meanwhile: so no other test has one while this one runs.
 */
const KILLED = 'test/sim/cli/killed.test.ts';

/** When no test has a terminal any more. */
const AFTERWARDS = 1;

export default defineConfig({
  // With NODE_ENV=production: screens are drawn by React as the programs have it, without its checks of itself.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    globalSetup: './test/temporary-folder.ts',
    reporters: ['default', './test/tally.ts'],
    // What takes a second on a quiet machine takes a minute on a busy one: a limit is there to end what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // Ink would start tput at each change of a screen to learn the size of a terminal that is not there.
    env: { COLUMNS: '80', LINES: '24', NODE_ENV: 'production' },
    // Vitest leaves one core idle unless it is told not to.
    maxWorkers: CORES,
    projects: [
      {
        extends: true,
        // One process a worker for all these files: a process for each would load every module again.
        test: {
          name: 'shared',
          include: SHARED,
          exclude: ONLY_ON_POSTGRES,
          isolate: false,
          maxWorkers: BESIDE_PROGRAMS,
        },
      },
      {
        extends: true,
        test: {
          ...OF_REAL_PROGRAMS,
          name: 'alone',
          include: WITH_OTHER_MODULES,
          exclude: [...SHARED, ...ONLY_ON_POSTGRES],
          maxWorkers: BESIDE_PROGRAMS,
        },
      },
      {
        extends: true,
        test: {
          ...OF_REAL_PROGRAMS,
          name: 'programs',
          include: ['test/**/*.test.{ts,tsx}', 'sim/examples/*/*.test.ts'],
          exclude: [...SHARED, ...ONLY_ON_POSTGRES, ...WITH_OTHER_MODULES, KILLED],
          isolate: false,
          maxWorkers: BESIDE_PROGRAMS,
        },
      },
      {
        extends: true,
        // Its name lets it begin before the tests on PostgreSQL, beside which it waits.
        test: { ...OF_REAL_PROGRAMS, name: 'Killed', include: [KILLED], sequence: { groupOrder: AFTERWARDS } },
      },
      {
        extends: true,
        test: {
          ...OF_REAL_PROGRAMS,
          name: 'PostgreSQL',
          include: [
            ...(process.env['CASH_MOBILE_POSTGRES'] === 'all' ? ALL_ON_POSTGRES : ON_POSTGRES),
            ...ONLY_ON_POSTGRES,
          ],
          exclude: process.env['CASH_MOBILE_POSTGRES'] === 'all' ? OF_SQLITE : LONG_ON_POSTGRES,
          isolate: false,
          sequence: { groupOrder: AFTERWARDS },
          globalSetup: './test/server/postgres-server.ts',
          setupFiles: './test/server/postgres-setup.ts',
          env: { CASH_MOBILE_TEST_DATABASE: 'postgres' },
        },
      },
    ],
  },
});
