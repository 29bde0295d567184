import { existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FarEnd } from '../modem/index.ts';
import type { VirtualModem } from './modem/virtual-modem.ts';
import { openPty, type PtyLine } from './ports/pty.ts';
import { openTcp, type TcpLine } from './ports/tcp.ts';

/** Where a modem can be opened from outside the process. */
export interface ModemLines {
  readonly number: string;
  /** A device that any program opens as a serial port. */
  readonly tty: string;
  /** `tcp://127.0.0.1:PORT`. */
  readonly tcp: string;
}

/** The lines of several modems. */
export interface OpenLines {
  readonly lines: readonly ModemLines[];
  /** Hangs up and removes the links; the folder too, when it was made for them and nothing else is in it. May be called twice. */
  close(): void;
}

/**
 * Gives each modem a pseudo terminal, linked as `folder/modem1`, `folder/modem2` and so on, and a TCP port on loopback.
 * @param touched called whenever octets come or go on one of them. @throws LinkError when one of the links exists already.
 */
export async function openLines(
  modems: readonly VirtualModem[],
  folder: string,
  touched: () => void = () => {},
): Promise<OpenLines> {
  const madeFolder = !existsSync(folder);
  const opened: (PtyLine | TcpLine)[] = [];
  const close = () => {
    for (const line of opened.splice(0)) line.hangUp();
    if (madeFolder) removeIfEmpty(folder);
  };
  try {
    const lines: ModemLines[] = [];
    for (const [i, modem] of modems.entries()) {
      const pty = openPty(join(folder, `modem${i + 1}`));
      opened.push(pty);
      modem.attach(watched(pty, touched));
      const tcp = await openTcp();
      opened.push(tcp);
      modem.attach(watched(tcp, touched));
      lines.push({ number: modem.number, tty: pty.path, tcp: tcp.url });
    }
    return { lines, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A line that says when octets come or go on it. */
function watched(line: FarEnd, touched: () => void): FarEnd {
  return {
    listen: (events) =>
      line.listen({
        ...events,
        data(octets) {
          touched();
          events.data(octets);
        },
      }),
    write(octets) {
      touched();
      line.write(octets);
    },
    hangUp: () => line.hangUp(),
  };
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone already, or others have put something into it: it stays.
  }
}
