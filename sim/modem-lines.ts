import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FarEnd } from '../modem/index.ts';
import type { VirtualModem } from './modem/virtual-modem.ts';
import { openPty, type PtyLine } from './ports/pty.ts';
import { recorded } from './ports/recorded.ts';
import { openTcp, type TcpLine } from './ports/tcp.ts';

/** Where a modem can be opened from outside the process, at this moment: one that is plugged in again may have other names. */
export interface ModemLines {
  readonly number: string;
  /** A device that any program opens as a serial port. */
  readonly tty: string;
  /** A second device, if it has one, on which the unsolicited codes come until `AT^PORTSEL=1` on the first. */
  readonly codes: string | undefined;
  /** `tcp://127.0.0.1:PORT`. */
  readonly tcp: string;
}

/** The lines of several modems. */
export interface OpenLines {
  readonly lines: readonly ModemLines[];
  /** Hangs up and removes the links; the folder too, when it was made for them and nothing else is in it. May be called twice. */
  close(): void;
}

/** How lines are opened. */
export interface LinesOptions {
  /** Called whenever octets come or go. */
  readonly touched?: () => void;
  /** Each modem has a second device, `modem1-codes`, and its unsolicited codes come there. Default: no. */
  readonly codePorts?: boolean;
  /** A folder in which everything is kept that passes on the lines: `modem1.jsonl`, `modem1-tcp.jsonl` and so on. */
  readonly record?: string;
  /** The TCP port of the first modem; those of the others follow. Default: any free ones. */
  readonly tcpPort?: number;
}

/**
 * Gives each modem a pseudo terminal, linked as `folder/modem1`, `folder/modem2` and so on, and a TCP port on loopback.
 * @throws LinkError when one of the links exists already.
 */
export async function openLines(
  modems: readonly VirtualModem[],
  folder: string,
  { touched = () => {}, codePorts = false, record, tcpPort }: LinesOptions = {},
): Promise<OpenLines> {
  const madeFolder = !existsSync(folder);
  const opened = new Set<PtyLine | TcpLine>();
  const close = () => {
    const lines = [...opened];
    opened.clear();
    for (const line of lines) line.hangUp();
    if (madeFolder) removeIfEmpty(folder);
  };
  /** The line as its modem has it: it says when octets pass, and stays away once all are closed. */
  const kept = (line: PtyLine | TcpLine, modem: VirtualModem, name: string): FarEnd => {
    opened.add(line);
    const plugIn = (renamed: boolean) => opened.has(line) && line.plugIn(renamed);
    const live = { ...watched(line, touched), plugIn };
    return record === undefined ? live : recorded(live, join(record, `${name}.jsonl`), modem.clock);
  };
  if (record !== undefined) mkdirSync(record, { recursive: true });
  try {
    const lines: ModemLines[] = [];
    for (const [i, modem] of modems.entries()) {
      const name = `modem${i + 1}`;
      const pty = openPty(join(folder, name));
      modem.attach(kept(pty, modem, name), { codes: !codePorts });
      const codes = codePorts ? openPty(join(folder, `${name}-codes`)) : undefined;
      if (codes !== undefined) modem.attach(kept(codes, modem, `${name}-codes`));
      const tcp = await openTcp(tcpPort === undefined ? 0 : tcpPort + i);
      modem.attach(kept(tcp, modem, `${name}-tcp`));
      lines.push({
        number: modem.number,
        get tty() {
          return pty.path;
        },
        get codes() {
          return codes?.path;
        },
        tcp: tcp.url,
      });
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
