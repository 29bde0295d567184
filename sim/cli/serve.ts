import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Output, outputOf, UsageError } from '../../modem/cli/program.ts';
import { standardPersonality } from '../modem/personality.ts';
import type { ModemLines } from '../modem-lines.ts';
import { latencyProfiles } from '../network/profiles.ts';
import type { ScenarioRun } from '../scenario/scenario-run.ts';
import { number, pin } from '../vocabulary/numbers.ts';
import { moment, pace } from '../vocabulary/times.ts';
import { commandEnvironment, runCommand } from './command-run.ts';
import { readBy } from './options.ts';
import { personalitiesIn } from './personality-option.ts';
import { printResult } from './scenario-file.ts';
import { openServed, type Served, type ServeOptions } from './served.ts';
import { oneOf, wholeNumber } from './values.ts';

type Options = ServeOptions & { readonly dir?: string; readonly view?: true };

const MODEMS = 256;

/** `gsm-sim serve`: a network, until it is interrupted or a command is done. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .argument('[command...]', 'behind --: run it with the modems in its environment, and end with its exit code')
    .option('--modems <count>', 'how many modems', wholeNumber(1, MODEMS), 2)
    .addOption(
      new Option('--numbers <numbers>', 'their numbers, with commas, instead of +393330000001 and so on')
        .argParser(numbersOf)
        .conflicts('modems'),
    )
    .option(
      '--dir <folder>',
      'where the modems appear, as modem1, modem2, ...; default: a new one, taken away at the end',
    )
    .option('--seed <seed>', 'what chance is drawn from', '1')
    .option(
      '--profile <id>',
      `latency and loss: ${Object.keys(latencyProfiles).join(', ')}`,
      oneOf(Object.keys(latencyProfiles)),
      'direct',
    )
    .addOption(
      new Option('--clock <pace>', 'real, x10 or any factor, stopped, or fast')
        .argParser(readBy(pace))
        .default({ kind: 'speed', factor: 1 }, 'real'),
    )
    .option('--start <moment>', 'what time it is in the network: 2010-03-01T09:00:00Z; default: now', readBy(moment))
    .option('--control <port>', 'port of the control API, 0 for any', wholeNumber(0, 65_535), 0)
    .option(
      '--tcp-port <port>',
      'TCP port of the first modem, the others follow; default: any free ones',
      wholeNumber(1, 65_536 - MODEMS),
    )
    .addOption(
      new Option(
        '--personality <ids>',
        'how the modems behave, in turn: gsm-sim personalities, or files of gsm-modem portrait, with commas',
      )
        .argParser(personalitiesIn)
        .default([standardPersonality], 'standard'),
    )
    .option(
      '--rate-per-minute <n>',
      'messages a minute over the air of each modem: real ones do 6 to 30',
      wholeNumber(1, 600),
    )
    .option('--interim-reports', 'senders who want a report are also told that their message waits')
    .option('--log <file>', 'write every event there as it happens, in JSON lines')
    .option('--pin <pin>', 'every SIM asks for this PIN', readBy(pin))
    .option('--scenario <file>', 'the phones of this file, and what happens to them; seed, profile and start are its')
    .option('--view', 'show phones, service centre, faults and log on this terminal, with keys for them')
    .option('--record <folder>', 'keep what passes on the lines there, as gsm-modem trace and replay read it')
    .option('--code-ports', 'each modem has a second tty, modem1-codes, and its unsolicited codes come there')
    .addHelpText('after', HELP);
  return command.action(async (argv: readonly string[]) => {
    const options = command.opts<Options>();
    if (options.view === true) checkView(argv, outputOf(command));
    const folder = options.dir ?? mkdtempSync(join(tmpdir(), 'gsm-sim-'));
    try {
      await serveIn(folder, options, argv, outputOf(command));
    } finally {
      if (options.dir === undefined) rmSync(folder, { recursive: true, force: true });
    }
  });
}

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

/** Numbers with commas between them. */
function numbersOf(text: string): readonly string[] {
  const numbers = text.split(',').map(readBy(number));
  if (new Set(numbers).size < numbers.length) throw new InvalidArgumentError('Each must be another.');
  if (numbers.length > MODEMS) throw new InvalidArgumentError(`They must be ${MODEMS} at most.`);
  return numbers;
}

const HELP = `
With a command, its environment has GSM_SIM_CONTROL (the URL, which gsm-sim's other commands read),
GSM_SIM_MODEM1, GSM_SIM_MODEM2, ... (the ttys), GSM_SIM_MODEM1_TCP, ... and GSM_SIM_NUMBER1, ...:

  gsm-sim serve --modems 2 -- pytest tests/sms`;

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
