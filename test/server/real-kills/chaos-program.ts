import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { createProgram, outputOf, runProgram } from '../../../modem/cli/program.ts';
import { systemClock } from '../../../modem/index.ts';
import { seededRandom } from '../../../sim/index.ts';
import temporaryFolderOfTests from '../../temporary-folder.ts';
import { startPostgres } from '../postgres-server.ts';
import { type Course, type CourseResult, type Disturbance, runCourse } from './course.ts';
import type { StageRail } from './stage.ts';

const RAILS: readonly StageRail[] = ['ledger', 'reverse', 'inquire', 'repeat'];
const KINDS: readonly Disturbance[] = ['stop', 'kill', 'cut', 'database', 'kill', 'stop'];

/** Each customer pays so often at most: one payment in thirty takes nearly all that a customer has. */
const PAYMENTS_A_CUSTOMER = 25;

/** One SMS in so many may be sent twice. */
const ONCE_TWICE = 50;

interface ChaosOptions {
  readonly payments: number;
  readonly slice: number;
  readonly disturbances: number;
  readonly processes: number;
  readonly rails: readonly StageRail[];
  readonly seed: string;
  readonly speed: number;
  readonly workers: number;
  readonly results?: string;
}

const Slice = z.object({
  rail: z.string(),
  seed: z.string(),
  processes: z.int(),
  seconds: z.number(),
  payments: z.int(),
  paid: z.int(),
  happened: z.object({ kill: z.int(), stop: z.int(), cut: z.int(), database: z.int(), minute: z.int() }),
  sms: z.int(),
  twice: z.int(),
  violations: z.array(z.string()).readonly(),
  alarms: z.array(z.string()).readonly(),
});
type Slice = z.infer<typeof Slice>;

const program = createProgram(
  'chaos',
  'Several processes share payments on PostgreSQL while they are killed, stopped and cut off, and are judged from outside',
)
  .option('--payments <number>', 'in all', wholeNumber, 1_000)
  .option('--slice <number>', 'payments on one database, until all has come to rest', wholeNumber, 500)
  .option('--disturbances <number>', 'of each slice', wholeNumber, 20)
  .option('--processes <number>', 'two or more', severalProcesses, 4)
  .option('--rails <names>', `which slices have in turn, of ${RAILS.join(',')}`, railNames, RAILS)
  .option('--seed <text>', 'the same seed makes the same choices (not the same moments)', 'chaos')
  .option('--speed <number>', 'of all clocks; a busy machine needs 5', wholeNumber, 20)
  .option('--workers <number>', 'merchants who ask at the same time', wholeNumber, 12)
  .option('--results <file>', 'keeps each slice as a JSON line; slices that it has are not run again')
  .addHelpText(
    'after',
    '\nThe database is away for a minute once, in the middle of the first slice. Exit code 1: something was lost, charged twice or did not end.',
  )
  .action(async (options: ChaosOptions) => {
    const output = outputOf(program);
    // Before the folder, which only this user can enter: PostgreSQL may run as another one.
    const server = startPostgres();
    if (server === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
    const removeFolder = temporaryFolderOfTests();
    const slices: Slice[] = earlierSlices(options.results);
    try {
      for (let place = 0; paymentsOf(slices) < options.payments; place += 1) {
        const course = courseAt(place, options);
        if (slices.some(({ seed }) => seed === course.seed)) continue;
        const begun = systemClock.now();
        const result = await runCourse(server, course).catch(brokenOff);
        const { rail, seed, processes } = course;
        const slice = { rail, seed, processes, seconds: Math.round((systemClock.now() - begun) / 1000), ...result };
        slices.push(slice);
        if (options.results !== undefined) appendFileSync(options.results, `${JSON.stringify(slice)}\n`);
        output.print(
          { event: 'slice', ...slice },
          [sliceText(`${seed}, ${rail}`, slice), ...slice.violations].join('\n  '),
        );
      }
    } finally {
      server.remove();
      removeFolder();
    }
    const sum = summed(slices);
    output.print({ event: 'sum', ...sum }, sliceText(`${slices.length} slices`, sum));
    const isRight = sum.violations.length === 0 && sum.twice <= sum.sms / ONCE_TWICE;
    process.exit(isRight ? 0 : 1);
  });

await runProgram(program);

function courseAt(place: number, options: ChaosOptions): Course {
  const { slice, disturbances, processes, rails, speed, workers } = options;
  const seed = `${options.seed} ${place + 1}`;
  const random = seededRandom(seed);
  const anyKind = () => KINDS[Math.floor(random.fraction() * KINDS.length)] ?? 'kill';
  return {
    rail: rails[place % rails.length] ?? 'ledger',
    ...{ seed, processes, speed, workers, payments: slice },
    disturbances: Array.from({ length: disturbances }, (_, done) =>
      place === 0 && done === disturbances >> 1 ? 'minute' : anyKind(),
    ),
    twoAtOnce: true,
    customers: Math.max(workers, Math.ceil(slice / PAYMENTS_A_CUSTOMER)),
    pauseMs: 2_000,
  };
}

/** What is left of a course that did not end. */
function brokenOff(error: unknown): CourseResult {
  const nothing = { payments: 0, paid: 0, sms: 0, twice: 0, alarms: [] };
  const happened = { kill: 0, stop: 0, cut: 0, database: 0, minute: 0 };
  return { ...nothing, happened, violations: [error instanceof Error ? error.message : String(error)] };
}

function earlierSlices(file: string | undefined): Slice[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => Slice.parse(JSON.parse(line)));
}

function paymentsOf(slices: readonly CourseResult[]): number {
  return slices.reduce((sum, { payments }) => sum + payments, 0);
}

function summed(slices: readonly CourseResult[]): CourseResult {
  const sum = (figure: (slice: CourseResult) => number) => slices.reduce((all, slice) => all + figure(slice), 0);
  return {
    payments: paymentsOf(slices),
    paid: sum(({ paid }) => paid),
    happened: {
      kill: sum(({ happened }) => happened.kill),
      stop: sum(({ happened }) => happened.stop),
      cut: sum(({ happened }) => happened.cut),
      database: sum(({ happened }) => happened.database),
      minute: sum(({ happened }) => happened.minute),
    },
    sms: sum(({ sms }) => sms),
    twice: sum(({ twice }) => twice),
    violations: slices.flatMap(({ violations }) => violations),
    alarms: slices.flatMap(({ alarms }) => alarms),
  };
}

function sliceText(name: string, { payments, paid, happened, sms, twice, violations, alarms }: CourseResult): string {
  const { kill, stop, cut, database, minute } = happened;
  return [
    `${name}: ${payments} payments, ${paid} of them paid`,
    `${kill} kills, ${stop} stops, ${cut} cuts, ${database + minute} times without the database`,
    `${sms} SMS, ${twice} of them twice`,
    `${alarms.length} alarms, ${violations.length} violations`,
  ].join('; ');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}

function severalProcesses(text: string): number {
  const value = wholeNumber(text);
  if (value < 2) throw new InvalidArgumentError('Chaos needs two processes or more.');
  return value;
}

function railNames(text: string): readonly StageRail[] {
  return text.split(',').map((name) => {
    const rail = RAILS.find((known) => known === name);
    if (rail === undefined) throw new InvalidArgumentError(`The rails are ${RAILS.join(', ')}.`);
    return rail;
  });
}
