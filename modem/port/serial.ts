import { SerialPort } from 'serialport';
import { type Cancel, type Clock, sleep, systemClock } from '../clock.ts';
import { describeHolders, portHolders } from './holder.ts';
import { type ControlLines, type Port, PortError, type PortErrorCode, type PortEvents } from './port.ts';

/** How a serial line is set up. */
export interface SerialOptions {
  /** Bits a second; USB modems ignore it. Default 115200. */
  readonly baudRate?: number;
}

interface Opening {
  readonly serial: SerialPort;
  /** Ends writes that the line will never finish, when it closes under them. */
  readonly unfinished: Set<(error: PortError) => void>;
}

/**
 * A serial device or a PTY, by its path. 8N1, no flow control: forcing RTS/CTS on stops modems on three-wire cables.
 * The port is locked (TIOCEXCL and flock), so that no second program types into it.
 */
export function serialPort(path: string, { baudRate = 115_200 }: SerialOptions = {}, clock: Clock = systemClock): Port {
  let opening: Opening | undefined;

  const current = (): Opening => {
    if (opening === undefined) throw new PortError('closed', path, `${path} is closed`);
    return opening;
  };

  return {
    name: path,

    async open(events: PortEvents) {
      if (opening !== undefined) throw new PortError('busy', path, `${path} is already open in this program`);
      const serial = new SerialPort({ path, baudRate, autoOpen: false });
      const opened: Opening = { serial, unfinished: new Set() };
      opening = opened;
      try {
        await openUnlocked(serial, clock);
      } catch (error) {
        opening = undefined;
        throw await openError(path, error);
      }
      serial.on('data', (octets: Buffer) => events.data(octets));
      serial.on('error', () => serial.close());
      let isGone = false;
      const stopWatching = watchLine(serial, clock, () => {
        isGone = true;
        serial.close();
      });
      serial.once('close', (reason: (Error & { disconnected?: boolean }) | null) => {
        opening = undefined;
        stopWatching();
        const lost = new PortError('lost', path, `${path} was unplugged or hung up`);
        for (const end of opened.unfinished) end(lost);
        events.closed(isGone || reason?.disconnected === true ? lost : undefined);
      });
    },

    write(octets) {
      return new Promise((resolve, reject) => {
        const { serial, unfinished } = current();
        unfinished.add(reject);
        serial.write(Buffer.from(octets), (error) => {
          unfinished.delete(reject);
          if (error) reject(new PortError('failed', path, `${path}: ${oneLine(error)}`, { cause: error }));
          else resolve();
        });
      });
    },

    async setLines(lines: ControlLines) {
      const { serial } = current();
      // A PTY refuses ("Inappropriate ioctl"), and a modem that needs the lines is on a port that has them.
      await new Promise<void>((resolve) => serial.set({ dtr: lines.dtr, rts: lines.rts }, () => resolve()));
    },

    async close() {
      if (opening === undefined) return;
      const { serial } = opening;
      // Without the flush the kernel may hold close(2) for 30 s, waiting for a modem that no longer reads.
      await new Promise<void>((resolve) => serial.flush(() => resolve()));
      if (!serial.isOpen) return;
      await new Promise<void>((resolve) => serial.close(() => resolve()));
    },
  };
}

/** How often a line is asked whether it is there, in ms: serialport misses most hang-ups that follow the opening at once. */
const WATCH_MS = 1_000;

/** What the system says of a line that is gone; of a PTY that is there it says that it has no such lines. */
const GONE = /input\/output error|no such device|bad file/i;

/** Calls `gone` when the device went away; the answer ends that. */
function watchLine(serial: SerialPort, clock: Clock, gone: () => void): Cancel {
  let isWatching = true;
  let cancel: Cancel = () => {};
  const look = () => {
    serial.get((error) => {
      if (!isWatching) return;
      if (error !== null && GONE.test(error.message)) gone();
      else cancel = clock.after(WATCH_MS, look);
    });
  };
  cancel = clock.after(WATCH_MS, look);
  return () => {
    isWatching = false;
    cancel();
  };
}

/** The lock of a port that was closed just now may live for a moment, until a read that was under way has ended. */
const LOCK_ATTEMPTS = 5;
const LOCK_PAUSE_MS = 30;

async function openUnlocked(serial: SerialPort, clock: Clock): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await new Promise<void>((resolve, reject) => serial.open((error) => (error ? reject(error) : resolve())));
      return;
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
