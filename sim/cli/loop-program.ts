import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { z } from 'zod';
import { createProgram, type Output, outputOf, runProgram, UsageError } from '../../modem/cli/program.ts';
import { systemRandom, toHex } from '../../modem/index.ts';
import { Coverage } from '../loop/coverage.ts';
import { type EpisodePlan, type EpisodeResult, playEpisode } from '../loop/episode.ts';
import { EpisodeThreads } from '../loop/episode-threads.ts';
import { SCRIPT_FILE, writeEvidence } from '../loop/evidence.ts';
import { minimise } from '../loop/minimise.ts';
import { type Played, type Players, playSeries } from '../loop/series.ts';
import { LOOP_DEPTHS, type LoopDepth } from '../loop/service-line.ts';
import { readPlan } from './read-plan.ts';
import { wholeNumber } from './values.ts';

interface LoopOptions {
  readonly payments: number;
  readonly seed: string;
  readonly customers: number;
  readonly shops: number;
  readonly episode: number;
  readonly depth: LoopDepth;
  readonly workers: number;
  readonly results?: string;
  readonly script?: string;
  readonly failures: string;
}

/** What is kept of an episode, a JSON line each. */
const Kept = z.object({
  seed: z.string(),
  taken: z.int(),
  violations: z.array(z.object({ rule: z.string(), text: z.string() })).readonly(),
  faults: z.record(z.string(), z.int()),
  transitions: z.record(z.string(), z.int()),
  digest: z.string(),
});
type Kept = z.infer<typeof Kept>;

/** `npm run loop`: payments by the thousand while everything goes wrong, judged from outside. */
export async function run(): Promise<void> {
  const program = createProgram(
    'npm run loop --',
    'Customers, shops, network and service in one process, from a seed, while everything goes wrong; judges that are told only what people saw.',
  )
    .option('--payments <number>', 'in all', wholeNumber(1, 1e8), 2_000)
    .option('--seed <text>', 'the same seed plays the same payments; "random" draws one', 'loop')
    .option('--customers <number>', 'of an episode', wholeNumber(1, 10_000), 50)
    .option('--shops <number>', 'of an episode', wholeNumber(1, 1_000), 5)
    .option('--episode <number>', 'payments of an episode: then another town begins', wholeNumber(1, 1e6), 500)
    .addOption(
      new Option('--depth <depth>', 'sms: TPDUs; at: a modem too, with the driver').choices(LOOP_DEPTHS).default('sms'),
    )
    .option('--workers <number>', 'threads that play episodes at once: one a core', wholeNumber(1, 256), 1)
    .option('--results <file>', 'keeps each episode as a JSON line; episodes that it has are not played again')
    .option('--script <file>', 'plays this one episode: a file from the folder of failures')
    .option(
      '--failures <folder>',
      'each failure gets a folder in it: script, timeline, diagram, capture',
      'loop-failures',
    )
    .addHelpText('after', '\nExit code 1: a rule was broken.');
  program.action(async (options: LoopOptions) => {
    const output = outputOf(program);
    const isRight =
      options.script === undefined
        ? await series(options, output)
        : await one(options.script, options.failures, output);
    if (!isRight) process.exitCode = 1;
  });
  await runProgram(program);
}

async function one(file: string, failures: string, output: Output): Promise<boolean> {
  const plan = readPlan(file);
  const result = await playEpisode(plan);
  tell(plan, result, output);
  await keepEvidence({ plan, result }, result.violations[0]?.rule, failures, output);
  return result.violations.length === 0;
}

async function series(options: LoopOptions, output: Output): Promise<boolean> {
  const { results, failures, payments, customers, shops, episode, depth, workers } = options;
  const seed = options.seed === 'random' ? toHex(systemRandom.bytes(6)).toLowerCase() : options.seed;
  const earlier = results === undefined ? [] : keptIn(results);
  const coverage = new Coverage(depth);
  let taken = 0;
  let broken = 0;
  const count = (kept: Pick<Kept, 'taken' | 'violations' | 'faults' | 'transitions'>): void => {
    coverage.add(kept);
    taken += kept.taken;
    broken += kept.violations.length;
  };
  for (const kept of earlier) count(kept);
  const played = new Set(earlier.map((kept) => kept.seed));
  const size = { payments, customers, shops, paymentsOfEpisode: episode, depth, played };
  const begun = process.hrtime.bigint();
  const before = taken;
  await using players = playersOf(workers);
  for await (const { plan, result } of playSeries({ seed, ...size }, players)) {
    count(result);
    tell(plan, result, output);
    const rate = (taken - before) / (Number(process.hrtime.bigint() - begun) / 1e9);
    const left = Math.max(0, Math.round((payments - taken) / rate));
    output.print(
      { event: 'progress', taken, rate, secondsLeft: left },
      `${taken} of ${payments}, ${rate.toFixed(0)} a second, ${left} s left`,
    );
    if (results !== undefined)
      appendFileSync(results, `${JSON.stringify(Kept.parse({ seed: plan.seed, ...result }))}\n`);
    if (result.violations.length > 0) await keepFailure({ plan, result }, failures, output);
  }
  const { missedTransitions, missedFaults, pairs } = coverage;
  output.print(
    { event: 'sum', seed, taken, violations: broken, missedTransitions, missedFaults, pairs },
    [`seed ${seed}: ${taken} payments, ${broken} violations`, ...coverage.lines()].join('\n'),
  );
  return broken === 0;
}

/** With one worker this thread plays; else threads of their own, some of which may be ahead of the others by an episode. */
function playersOf(workers: number): Players & AsyncDisposable {
  if (workers === 1) return { play: playEpisode, atOnce: 1, [Symbol.asyncDispose]: async () => {} };
  const threads = new EpisodeThreads(workers);
  return { play: (plan) => threads.play(plan), atOnce: 2 * workers, [Symbol.asyncDispose]: () => threads.close() };
}

function tell({ seed, rail, faults }: EpisodePlan, result: EpisodeResult, output: Output): void {
  const { taken, paid, kills, pinChanges, violations, digest } = result;
  output.print(
    { event: 'episode', seed, rail, faults: faults.length, taken, paid, kills, pinChanges, violations, digest },
    [
      `${seed}, ${rail}: ${taken} payments, ${paid} paid, ${faults.length} faults, ${kills} kills, ${pinChanges} new PINs, ${violations.length} violations`,
      ...violations.map(({ rule, text }) => `  broken: ${rule}: ${text}`),
    ].join('\n'),
  );
}

/** Looks for the shortest script that breaks the first rule that was broken, and writes it down. */
async function keepFailure({ plan, result }: Played, folder: string, output: Output): Promise<void> {
  const rule = result.violations[0]?.rule ?? '';
  const shortest = await minimise(plan, result, rule, ({ payments, faults }) =>
    output.print(
      { event: 'shorter', payments, faults: faults.length },
      `  still broken with ${payments} payments, ${faults.length} faults`,
    ),
  );
  await keepEvidence(shortest, rule, folder, output);
}

/** Writes down what a person needs to see why the rule was broken. */
async function keepEvidence(
  { plan, result }: Played,
  rule: string | undefined,
  folder: string,
  output: Output,
): Promise<void> {
  const violation = result.violations.find((one) => one.rule === rule);
  if (violation === undefined) return;
  const place = join(folder, plan.seed.replaceAll(/[^\w-]+/g, '-'));
  await writeEvidence(plan, violation, place);
  const { payments, faults } = plan;
  output.print(
    { event: 'failure', rule, folder: place, payments, faults: faults.length },
    `  ${payments} payments and ${faults.length} faults are enough: ${place}; again: npm run loop -- --script ${join(place, SCRIPT_FILE)}`,
  );
}

function keptIn(file: string): readonly Kept[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line, n) => {
    const kept = Kept.safeParse(parsed(line));
    if (!kept.success) throw new UsageError(`${file}: line ${n + 1} is no result of an episode`);
    return kept.data;
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
