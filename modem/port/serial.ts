import { type Clock, sleep, steadyClock } from '../clock.ts';
import { describeHolders, portHolders } from './holder.ts';
import { type ControlLines, type Port, PortError, type PortErrorCode, type PortEvents } from './port.ts';
import { SerialLine, type Tty } from './serial-line.ts';
import { isLeftBehind, type TerminalLink, terminalLink } from './terminal-link.ts';

/** How a serial line is set up. */
export interface SerialOptions {
  /** Bits a second; USB modems ignore it. Default 115200. */
  readonly baudRate?: number;
}

/**
 * A serial device or a PTY, by its path. 8N1, no flow control: forcing RTS/CTS on stops modems on three-wire cables.
 * The port is locked (TIOCEXCL and flock), so that no second program types into it.
 * A PTY that was hung up never comes back: where the path is a link to one, the port is `missing` until the link is made anew.
 */
export function serialPort(path: string, { baudRate = 115_200 }: SerialOptions = {}, clock: Clock = steadyClock): Port {
  let opening: Promise<SerialLine> | undefined;
  let hungUp: TerminalLink | undefined;

  const open = async (events: PortEvents): Promise<SerialLine> => {
    const link = await terminalLink(path);
    if (isLeftBehind(hungUp, link)) {
      throw new PortError(
        'missing',
        path,
        `${path} leads to a terminal that is gone: is the program behind it running?`,
      );
    }
    const tty = await openUnlocked(path, baudRate, clock).catch(async (error: unknown) => {
      throw await openError(path, error);
    });
    return new SerialLine(path, tty, clock, {
      data: (octets) => events.data(octets),
      closed(reason) {
        opening = undefined;
        hungUp = reason && link;
        events.closed(reason);
      },
    });
  };

  const current = async (): Promise<SerialLine> => {
    if (opening === undefined) throw new PortError('closed', path, `${path} is closed`);
    return opening;
  };

  return {
    name: path,

    async open(events: PortEvents) {
      if (opening !== undefined) throw new PortError('busy', path, `${path} is already open in this program`);
      opening = open(events);
      try {
        await opening;
      } catch (error) {
        opening = undefined;
        throw error;
      }
    },

    write: async (octets) => (await current()).write(octets),
    setLines: async (lines: ControlLines) => (await current()).setLines(lines),

    async close() {
      // A line that is still being opened is waited for, then closed: after `close` other programs can open the port.
      const line = await opening?.catch(() => undefined);
      await line?.end();
    },
  };
}

/** A port that was closed just now may stay locked for a moment, until its last read has ended. */
const LOCK_ATTEMPTS = 5;
const LOCK_PAUSE_MS = 30;

async function openUnlocked(path: string, baudRate: number, clock: Clock): Promise<Tty> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // serialport is loaded when a line is opened: its native code takes a tenth of a second at the start of a program.
      const { SerialPort } = await import('serialport');
      return await SerialPort.binding.open({ path, baudRate });
    } catch (error) {
      if (attempt === LOCK_ATTEMPTS || !/lock/i.test(oneLine(error))) throw error;
      await sleep(clock, LOCK_PAUSE_MS);
    }
  }
}

const openFailures: readonly (readonly [
  pattern: RegExp,
  code: PortErrorCode,
  advice: (path: string) => string | Promise<string>,
])[] = [
  [/no such file|ENOENT|ENXIO|ENODEV/i, 'missing', () => 'there is no such port: is the modem plugged in?'],
  [/lock|busy|EBUSY/i, 'busy', async (path) => describeHolders(await portHolders(path))],
  [/permission|EACCES/i, 'denied', () => 'access denied: add your user to the group "dialout" and log in again'],
];

async function openError(path: string, cause: unknown): Promise<PortError> {
  const text = oneLine(cause);
  for (const [pattern, code, advice] of openFailures) {
    if (pattern.test(text)) return new PortError(code, path, `${path}: ${await advice(path)}`, { cause });
  }
  const why = /inappropriate ioctl/i.test(text) ? 'it is none' : text;
  return new PortError('failed', path, `${path} cannot be opened as a serial port: ${why}`, { cause });
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^Error:?\s*/, '').replaceAll(/\s+/g, ' ');
}
