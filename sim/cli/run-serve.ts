import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Output, UsageError } from '../../modem/cli/program.ts';
import type { ModemLines } from '../modem-lines.ts';
import type { ScenarioRun } from '../scenario/scenario-run.ts';
import { commandEnvironment, runCommand } from './command-run.ts';
import { personalitiesNamed } from './personality-option.ts';
import { printResult } from './scenario-file.ts';
import { openServed, type Served, type ServeOptions } from './served.ts';

/** What `gsm-sim serve` is told on the command line. */
export type ServeCommandOptions = Omit<ServeOptions, 'personality'> & {
  /** Ids, or files of `gsm-modem portrait`. */
  readonly personality: readonly string[];
  readonly dir?: string;
  readonly view?: true;
};

/** Runs a network until it is interrupted, its scenario is over, or the command behind `--` has ended. */
export async function runServe(
  { personality, ...options }: ServeCommandOptions,
  argv: readonly string[],
  output: Output,
): Promise<void> {
  if (options.view === true) checkView(argv, output);
  const told = { ...options, personality: personalitiesNamed(personality) };
  const folder = options.dir ?? mkdtempSync(join(tmpdir(), 'gsm-sim-'));
  try {
    await serveIn(folder, told, argv, output);
  } finally {
    if (options.dir === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

type Options = ServeOptions & { readonly view?: true };

async function serveIn(folder: string, options: Options, argv: readonly string[], output: Output): Promise<void> {
  // Before there is a link in the folder, which is taken away at the end.
  const interruption = interrupted();
  const served = await openServed(options, folder);
  try {
    if (argv.length > 0) process.exitCode = await runBeside(served, interruption, argv);
    else if (options.view === true) await look(served, interruption.came);
    else await serve(served, interruption.came, output);
    if (served.scenario !== undefined) judge(served.scenario, output);
  } finally {
    await served.close();
  }
}

async function runBeside(
  { control, simulation }: Served,
  interruption: Interruption,
  argv: readonly string[],
): Promise<number> {
  if (interruption.signal !== undefined) return 128 + constants.signals[interruption.signal];
  return runCommand(argv, commandEnvironment(control.url, simulation.lines.lines));
}

/** Until it is interrupted, or the scenario is over. */
async function serve(
  { control, simulation, scenario }: Served,
  interruption: Promise<void>,
  output: Output,
): Promise<void> {
  const { lines } = simulation.lines;
  output.print(
    { event: 'ready', pid: process.pid, control: control.url, modems: lines },
    readyText(control.url, lines),
  );
  await Promise.race([interruption, ...(scenario === undefined ? [] : [scenario.ended])]);
}

/** @throws UsageError when there is no terminal to show anything on. */
function checkView(argv: readonly string[], { json }: Output): void {
  if (argv.length > 0 || json) throw new UsageError('--view goes with no command and without --json');
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UsageError('--view needs a terminal');
}

/** Until the user quits, or the process is told to end. */
async function look({ control, simulation }: Served, interruption: Promise<void>): Promise<void> {
  const { showNetwork } = await import('../view/network-view.tsx');
  await showNetwork({ simulation, control: control.url, interrupted: interruption });
}

function judge(scenario: ScenarioRun, output: Output): void {
  scenario.finish();
  const result = scenario.result();
  printResult(output, result);
  if (!result.ok) process.exitCode ||= 1;
}

/** Whether the process was told to end. */
interface Interruption {
  readonly signal: NodeJS.Signals | undefined;
  readonly came: Promise<void>;
}

/** Its listeners stay: ink ends a process at once that has no other listener, and the links would stay behind. */
function interrupted(): Interruption {
  let signal: NodeJS.Signals | undefined;
  const came = Promise.withResolvers<void>();
  const hear = (heard: NodeJS.Signals) => {
    signal ??= heard;
    came.resolve();
  };
  for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(one, hear);
  return {
    get signal() {
      return signal;
    },
    came: came.promise,
  };
}

function readyText(control: string, lines: readonly ModemLines[]): string {
  const width = Math.max(3, ...lines.map(({ tty }) => tty.length));
  return [
    `${'NUMBER'.padEnd(16)} ${'TTY'.padEnd(width)} TCP`,
    ...lines.map(({ number, tty, tcp, codes }) => {
      const row = `${number.padEnd(16)} ${tty.padEnd(width)} ${tcp}`;
      return codes === undefined ? row : `${row} codes: ${codes}`;
    }),
    '',
    `Control: ${control}`,
    'Stop with Ctrl-C. With --view, serve shows what happens.',
  ].join('\n');
}
