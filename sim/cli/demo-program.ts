import { constants } from 'node:os';
import { createProgram, outputOf, runProgram, UsageError } from '../../modem/cli/program.ts';
import { Bar } from '../demo/bar.ts';
import { PURSES, type PurseName } from '../demo/cast.ts';
import { type LatencyProfile, latencyProfiles } from '../network/profiles.ts';
import { oneOf, wholeNumber } from './values.ts';

interface DemoOptions {
  readonly headless?: true;
  readonly pty?: true;
  readonly seed: number;
  readonly profile: string;
  readonly rail: PurseName;
  readonly data?: string;
  readonly silent?: true;
}

/** Rows and columns that the two phones and the trace need. */
const ROWS = 24;
const COLUMNS = 80;

/** `npm start`: the loop, on a terminal or played by itself. */
export async function run(): Promise<void> {
  const program = createProgram(
    'npm start --',
    'The whole loop in simulation: a merchant, a customer, the service, and the SMS between them.',
  )
    .option('--headless', 'play by itself and print what happens; so it does when there is no terminal')
    .option('--pty', 'over pseudo terminals and in real time')
    .option('--seed <number>', 'the same seed plays the same play', wholeNumber(0, 2 ** 32 - 1), 42)
    .option('--profile <name>', `latency of the network: ${Object.keys(latencyProfiles).join(', ')}`, 'direct')
    .option(
      '--rail <name>',
      'what moves the money: ledger, the prepaid account; card, at a card host; or paypal',
      oneOf(PURSES),
      'ledger',
    )
    .option('--data <folder>', 'keep service and phones there, and go on with them the next time')
    .option('--silent', 'do not ring: no bell of the terminal and no mark on a phone when a request comes');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  program.action(async (options: DemoOptions) => {
    const { json, print } = outputOf(program);
    const { seed, pty = false, data } = options;
    const profile = [options.profile, profileOf(options.profile)] as const;
    const common = { seed, profile, purse: options.rail, ...(data === undefined ? {} : { folder: data }) };
    if (options.headless !== true && !json && process.stdin.isTTY && process.stdout.isTTY) {
      checkSize(process.stdout);
      const bar = new Bar((text) => process.stdout.write(text));
      bar.step('The programs are loaded');
      // What draws and what is drawn takes a second to load: the bar is there before.
      const { showLoop } = await import('../demo/interactive.ts');
      await showLoop({ ...common, lines: pty ? 'pty' : 'memory', rings: options.silent !== true }, bar);
      return;
    }
    const { playHeadless } = await import('../demo/headless.ts');
    if (!(await playHeadless({ ...common, pty }, print))) process.exitCode = 1;
  });
  await runProgram(program);
}

function checkSize({ columns, rows }: { readonly columns: number; readonly rows: number }): void {
  if (rows >= ROWS && columns >= COLUMNS) return;
  throw new Error(`The terminal has ${columns} columns and ${rows} rows: make it ${COLUMNS} by ${ROWS} and try again`);
}

function profileOf(name: string): LatencyProfile {
  const profile = latencyProfiles[name];
  if (profile === undefined) {
    throw new UsageError(
      `There is no latency profile "${name}": choose one of ${Object.keys(latencyProfiles).join(', ')}`,
    );
  }
  return profile;
}
