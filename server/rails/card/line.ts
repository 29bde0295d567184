import { connect } from 'node:net';
import type { Clock } from '../../../modem/index.ts';

/** What happens on a line. */
export interface LineEvents {
  opened(): void;
  received(octets: Uint8Array): void;
  /** It has ended, or could not be opened. Called once; nothing else is called afterwards. */
  closed(reason: string): void;
}

/** A line to a host that is open, or being opened. */
export interface Line {
  write(octets: Uint8Array): void;
  /** Ends it; no event comes any more. */
  close(): void;
}

/** Opens a line. */
export type OpenLine = (events: LineEvents) => Line;

/** How long a host may take to accept a connection, ms. */
const CONNECT_LIMIT_MS = 10_000;

/** A line over TCP; one that nobody accepts is closed after ten seconds. */
export function tcpLine(host: string, port: number, clock: Clock): OpenLine {
  return (events) => {
    let isOver = false;
    const end = (reason: string) => {
      cancel();
      socket.destroy();
      if (isOver) return;
      isOver = true;
      events.closed(reason);
    };
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    const cancel = clock.after(CONNECT_LIMIT_MS, () => end('nobody accepts the connection'));
    socket.on('connect', () => {
      cancel();
      events.opened();
    });
    socket.on('data', (octets) => {
      if (!isOver) events.received(octets);
    });
    socket.on('error', (error) => end(error.message));
    socket.on('close', () => end('the host has ended the connection'));
    return {
      write: (octets) => void socket.write(octets),
      close() {
        isOver = true;
        cancel();
        socket.destroy();
      },
    };
  };
}
