import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { moment, pace } from '../control/fields.ts';
import { type ControlServer, openControl } from '../control/server.ts';
import { keepLog } from '../evidence/log-file.ts';
import { personalities } from '../modem/personalities.ts';
import type { ModemLines } from '../modem-lines.ts';
import { latencyProfiles } from '../network/profiles.ts';
import { openSimulation, type Simulation } from '../simulation.ts';
import type { Pace } from '../world-clock.ts';
import { commandEnvironment, runCommand } from './command-run.ts';
import { oneOf, readBy, wholeNumber } from './options.ts';

interface ServeOptions {
  readonly modems: number;
  readonly dir?: string;
  readonly seed: string;
  readonly profile: string;
  readonly control: number;
  readonly pin?: string;
  readonly personality: string;
  readonly clock: Pace;
  readonly start?: number;
  readonly log?: string;
}

/** The number of the first modem; the others follow. */
const FIRST_NUMBER = 393_330_000_001;
const MODEMS = 256;

/** `gsm-sim serve`: a network, until it is interrupted or a command is done. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('run a network with modems that any program can open, until interrupted or until the command ends')
    .argument('[command...]', 'behind --: run it with the modems in its environment, and end with its exit code')
    .option('--modems <count>', 'how many modems', wholeNumber(1, MODEMS), 2)
    .option('--dir <folder>', 'where the modems appear, as modem1, modem2, ...; default: a new one')
    .option('--seed <seed>', 'what chance is drawn from', '1')
    .option(
      '--profile <id>',
      `latency and loss: ${Object.keys(latencyProfiles).join(', ')}`,
      oneOf(Object.keys(latencyProfiles)),
      'direct',
    )
    .option('--clock <pace>', 'real, x10 or any factor, stopped, or fast', readBy(pace), { kind: 'speed', factor: 1 })
    .option('--start <moment>', 'what time it is in the network: 2010-03-01T09:00:00Z; default: now', readBy(moment))
    .option('--control <port>', 'port of the control API, 0 for any', wholeNumber(0, 65_535), 0)
    .option(
      '--personality <id>',
      'how the modems behave: see gsm-sim personalities',
      oneOf(Object.keys(personalities)),
      'standard',
    )
    .option('--log <file>', 'write every event there as it happens, in JSON lines')
    .option('--pin <pin>', 'every SIM asks for this PIN')
    .addHelpText('after', HELP);
  return command.action(async (argv: readonly string[]) => {
    const options = command.opts<ServeOptions>();
    if (argv.length === 0 && options.dir === undefined)
      throw new UsageError('give --dir FOLDER, or a command behind --');
    const folder = options.dir ?? mkdtempSync(join(tmpdir(), 'gsm-sim-'));
    const { simulation, control } = await open(options, folder);
    let endLog = () => {};
    try {
      if (options.log !== undefined) endLog = keepLog(simulation.world.log, options.log);
      if (argv.length > 0) {
        process.exitCode = await runCommand(argv, commandEnvironment(control.url, simulation.lines.lines));
      } else {
        const { lines } = simulation.lines;
        const ready = { event: 'ready', control: control.url, modems: lines };
        outputOf(command).print(ready, readyText(control.url, lines));
        await interrupted();
      }
    } finally {
      await control.close();
      simulation.close();
      endLog();
      if (options.dir === undefined) rmdirSync(folder);
    }
  });
}

const HELP = `
With a command, its environment has GSM_SIM_CONTROL (the URL, which gsm-sim's other commands read),
GSM_SIM_MODEM1, GSM_SIM_MODEM2, ... (the ttys), GSM_SIM_MODEM1_TCP, ... and GSM_SIM_NUMBER1, ...:

  gsm-sim serve --modems 2 -- pytest tests/sms`;

async function open(
  options: ServeOptions,
  folder: string,
): Promise<{ simulation: Simulation; control: ControlServer }> {
  const { seed, profile: id, pin, start } = options;
  const profile = latencyProfiles[id];
  const personality = personalities[options.personality];
  const simulation = await openSimulation(
    {
      seed,
      folder,
      clock: { pace: options.clock, ...(start === undefined ? {} : { start }) },
      responseMs: [0, 0],
      ...(profile === undefined ? {} : { profile }),
    },
    (world) => {
      for (let i = 0; i < options.modems; i += 1) {
        world.addModem({
          number: `+${FIRST_NUMBER + i}`,
          ...(pin === undefined ? {} : { pin }),
          ...(personality === undefined ? {} : { personality }),
        });
      }
    },
  );
  process.once('exit', () => simulation.close());
  try {
    return { simulation, control: await openControl(simulation, options.control) };
  } catch (error) {
    simulation.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(`Port ${options.control} is in use: choose another --control, or 0 for any`);
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

function readyText(control: string, lines: readonly ModemLines[]): string {
  const width = Math.max(...lines.map(({ tty }) => tty.length), 3);
  return [
    `${'NUMBER'.padEnd(16)} ${'TTY'.padEnd(width)} TCP`,
    ...lines.map(({ number, tty, tcp }) => `${number.padEnd(16)} ${tty.padEnd(width)} ${tcp}`),
    '',
    `Control: ${control}`,
    'Stop with Ctrl-C.',
  ].join('\n');
}
