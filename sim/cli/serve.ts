import { Command } from 'commander';
import { outputOf } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { type ControlServer, openControl } from '../control/server.ts';
import { personalities } from '../modem/personalities.ts';
import { type ModemLines, type OpenLines, openLines } from '../modem-lines.ts';
import { latencyProfiles } from '../network/profiles.ts';
import { createWorld } from '../world.ts';
import { oneOf, wholeNumber } from './options.ts';

interface ServeOptions {
  readonly modems: number;
  readonly dir: string;
  readonly seed: string;
  readonly profile: string;
  readonly control: number;
  readonly pin?: string;
  readonly personality: string;
}

/** The number of the first modem; the others follow. */
const FIRST_NUMBER = 393_330_000_001;
const MODEMS = 256;

/** `gsm-sim serve`: a network in real time, until it is interrupted. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('run a network with modems that any program can open, until interrupted')
    .option('--modems <count>', 'how many modems', wholeNumber(1, MODEMS), 2)
    .requiredOption('--dir <folder>', 'where the modems appear, as modem1, modem2, ...')
    .option('--seed <seed>', 'what chance is drawn from', '1')
    .option(
      '--profile <id>',
      `latency and loss: ${Object.keys(latencyProfiles).join(', ')}`,
      oneOf(Object.keys(latencyProfiles)),
      'direct',
    )
    .option('--control <port>', 'port of the control API, 0 for any', wholeNumber(0, 65_535), 0)
    .option(
      '--personality <id>',
      'how the modems behave: see gsm-sim personalities',
      oneOf(Object.keys(personalities)),
      'standard',
    )
    .option('--pin <pin>', 'every SIM asks for this PIN');
  return command.action(async () => {
    const options = command.opts<ServeOptions>();
    const { lines, control } = await open(options);
    outputOf(command).print(
      { event: 'ready', control: control.url, modems: lines.lines },
      readyText(control.url, lines.lines),
    );
    await interrupted();
    lines.close();
    await control.close();
  });
}

async function open(options: ServeOptions): Promise<{ lines: OpenLines; control: ControlServer }> {
  const { seed, profile, pin } = options;
  const latency = latencyProfiles[profile];
  const personality = personalities[options.personality];
  const world = createWorld({
    seed,
    clock: systemClock,
    responseMs: [0, 0],
    ...(latency === undefined ? {} : { profile: latency }),
  });
  for (let i = 0; i < options.modems; i += 1) {
    world.addModem({
      number: `+${FIRST_NUMBER + i}`,
      ...(pin === undefined ? {} : { pin }),
      ...(personality === undefined ? {} : { personality }),
    });
  }
  const lines = await openLines(world.modems, options.dir);
  process.once('exit', () => lines.close());
  try {
    return { lines, control: await openControl(world, lines.lines, options.control) };
  } catch (error) {
    lines.close();
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
