import { openSync, writeSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type Cancel, systemClock } from '../clock.ts';
import type { Modem } from '../modem.ts';
import { portFromName } from '../port/name.ts';
import type { Port } from '../port/port.ts';
import { recordingLine } from '../port/recording.ts';
import { type TraceEvent, tracePort } from '../port/trace.ts';
import { describeState } from '../state.ts';
import { askHidden } from './ask-hidden.ts';
import { heardPort } from './hearing.ts';
import { numberOption } from './options.ts';
import { outputOf, portNameOption, UsageError } from './program.ts';
import { traceText } from './trace-text.ts';

/** The variable with the SIM's PIN. There is no option for it: every user of the machine can read command lines. */
const PIN_VARIABLE = 'GSM_MODEM_PIN';

/** The variable with the port, for commands without `--port`. */
const PORT_VARIABLE = 'GSM_MODEM_PORT';

interface ConnectionOptions {
  readonly port: string;
  readonly baud: number;
  readonly codePort: readonly string[];
  readonly pin?: true;
  readonly trustPin?: true;
  readonly submitTimeout?: number;
  readonly trace?: true;
  readonly record?: string;
}

/** The option that names the modem's port. */
export function portOption(): Option {
  return new Option('--port <name>', 'the modem: a device path or tcp://host:port')
    .env(PORT_VARIABLE)
    .argParser(portNameOption)
    .makeOptionMandatory();
}

/** The end of the help of each command that opens a modem. */
const WHEN_SILENT = `
What a port says that is none of a modem (an echo, noise, nothing) is told after 6 s, GPS sentences after 3 s. On a port that is silent
or only echoes, the search goes on for 10 s more: some modems take that long for their first answer.`;

/** Gives a command the options that say which modem it uses. */
export function withConnection(command: Command): Command {
  return command
    .addHelpText('after', WHEN_SILENT)
    .addOption(portOption())
    .addOption(
      severalOption('--code-port <name>', 'another port of the same modem, to be listened to (again for more)'),
    )
    .option('--baud <rate>', 'bits a second of a serial port', numberOption(50, 4_000_000), 115_200)
    .option('--pin', `ask for the SIM's PIN (otherwise it is taken from ${PIN_VARIABLE})`)
    .option('--trust-pin', 'try the PIN once even if the modem does not say how many tries are left')
    .option(
      '--submit-timeout <seconds>',
      'how long the network may take to take an SMS, before nobody knows; default: 120',
      numberOption(1, 3_600),
    )
    .option('--trace', 'print every octet of the line to stderr')
    .option('--record <file>', 'write every octet of the line, with its time, to a file (for gsm-modem replay)');
}

/** An option that may be given several times; none when it is not. */
export function severalOption(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');
}

/**
 * Opens the modem that the command's options name, lets `use` use it, and closes it, also on Ctrl-C.
 *
 * @throws PortError, ModemError, UsageError, and what `use` throws.
 */
export function withModem(command: Command, use: (modem: Modem) => Promise<void>): Promise<void> {
  return withModems(command, [], ([modem]) => use(modem));
}

/**
 * {@link withModem} for several modems: the one that the options name, and `others`, ports with the same options.
 *
 * @throws PortError, ModemError, UsageError, and what `use` throws.
 */
export async function withModems(
  command: Command,
  others: readonly string[],
  use: (modems: readonly [Modem, ...Modem[]]) => Promise<void>,
): Promise<void> {
  const options = command.opts<ConnectionOptions>();
  const pin = options.pin === true ? await askHidden('PIN of the SIM: ') : process.env[PIN_VARIABLE];
  if (options.pin === true && pin === undefined) {
    throw new UsageError(`--pin asks on a terminal, and this is none: put the PIN into ${PIN_VARIABLE}`);
  }
  const { openModem } = await import('../modem.ts');
  const open = async (bare: Port, codePorts: readonly string[]) => {
    const { port, opened } = heardPort(bare, outputOf(command).json);
    const opening = openModem(port, {
      trustPin: options.trustPin === true,
      ...(options.submitTimeout !== undefined && { submitTimeoutMs: options.submitTimeout * 1_000 }),
      codePorts: codePorts.map((name) => portFromName(name, { baudRate: options.baud })),
      ...(pin !== undefined && pin !== '' && { pin }),
      log: ({ kind, text }) => {
        if (kind !== 'state') process.stderr.write(`${port.name}: ${text}\n`);
      },
    });
    const modem = await opened(opening);
    tellLosses(modem, port, outputOf(command).json);
    return modem;
  };
  const first = await open(portOf(command), options.codePort);
  const rest: Modem[] = [];
  const stopWaiting = tellWaiting(first, options.port);
  const closeAll = () => Promise.all([first, ...rest].map((modem) => modem.close()));
  const interrupted = () => void closeAll().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    for (const name of others) rest.push(await open(portFromName(name, { baudRate: options.baud }), []));
    await use([first, ...rest]);
  } finally {
    stopWaiting();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await closeAll();
  }
}

/** Says on stderr when the modem is lost, and when it is found again: with `--json` a JSON object each. */
function tellLosses(modem: Modem, port: Port, json: boolean): void {
  let isLost = false;
  const tell = (record: object, text: string) =>
    process.stderr.write(json ? `${JSON.stringify({ ...record, port: port.name })}\n` : `${port.name}: ${text}\n`);
  modem.onState((state) => {
    if (state.kind === 'lost' && !isLost) {
      isLost = true;
      tell({ event: 'lost', reason: state.reason }, `lost (${state.reason}): opened again when it is back`);
    } else if (state.kind === 'locked' && isLost) tell({ event: 'locked', reason: state.reason }, describeState(state));
    else if ((state.kind === 'ready' || state.kind === 'searching') && isLost) {
      isLost = false;
      tell(
        { event: 'found', state: state.kind, registration: state.registration },
        `found again, ${describeState(state)}`,
      );
    }
  });
}

/** After this long, in ms, a person is told that the modem has no network yet. */
const NETWORK_PATIENCE_MS = 3_000;

function tellWaiting(modem: Modem, name: string): Cancel {
  return systemClock.after(NETWORK_PATIENCE_MS, () => {
    if (modem.state.kind === 'searching') {
      process.stderr.write(`${name}: waiting for a network: ${modem.state.registration}\n`);
    }
  });
}

/** The port that the command's options name, recorded and shown as they say. @throws PortError, UsageError */
export function portOf(command: Command): Port {
  const options = command.opts<ConnectionOptions>();
  return watched(portFromName(options.port, { baudRate: options.baud }), options);
}

/** The port, traced to stderr or recorded to a file when the options say so. */
function watched(port: Port, { trace, record }: ConnectionOptions): Port {
  let result = port;
  if (trace === true) {
    result = tracePort(result, systemClock, (event) => process.stderr.write(`${traceText(event)}\n`));
  }
  if (record !== undefined) {
    result = tracePort(result, systemClock, recorder(record));
  }
  return result;
}

/**
 * Writes events to a recording. When writing fails later (the disk is full), the recording ends there and the user is told;
 * the command goes on. @throws UsageError when the file cannot be opened.
 */
function recorder(path: string): (event: TraceEvent) => void {
  const file = openRecording(path);
  let isWritable = true;
  return (event) => {
    if (!isWritable) return;
    try {
      writeSync(file, `${recordingLine(event)}\n`);
    } catch (error) {
      isWritable = false;
      process.stderr.write(`${path}: the recording ends here: ${error instanceof Error ? error.message : error}\n`);
    }
  };
}

function openRecording(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
