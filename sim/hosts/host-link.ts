import { connect, createServer, type Server } from 'node:net';
import type { Clock } from '../../modem/index.ts';

/** The longest line that either side takes, characters; a longer one ends the connection. */
const LINE_LIMIT = 1_024;

/** Sends one line to a host and hears the lines that come back, until it is closed. A connection that fails is silent. */
export type HostLink = (line: string, heard: (line: string) => void) => { close(): void };

/** What a host does with a line: answers by `reply`, any number of times, at once or later; `cut` ends the connection. */
export type LineServer = (line: string, reply: (line: string) => void, cut: (half: string) => void) => void;

/** A link without a socket, on the given clock; each way takes `latencyMs`. */
export function memoryLink(server: LineServer, clock: Clock, latencyMs = 20): HostLink {
  return (line, heard) => {
    let open = true;
    const reply = (answer: string) =>
      void clock.after(latencyMs, () => {
        if (open) heard(answer);
      });
    clock.after(latencyMs, () => server(line, reply, () => {}));
    return {
      close() {
        open = false;
      },
    };
  };
}

/** A link over TCP to a host on this machine; one connection a request. */
export function tcpLink(port: number): HostLink {
  return (line, heard) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`));
    socket.setEncoding('ascii');
    socket.on('error', () => socket.destroy());
    socket.on(
      'data',
      linesOf(heard, () => socket.destroy()),
    );
    return {
      close: () => void socket.destroy(),
    };
  };
}

/** Listens on a free port of 127.0.0.1 for the connections of {@link tcpLink}. */
export function listenForLines(server: LineServer): Promise<{ readonly port: number; close(): Promise<void> }> {
  const listener: Server = createServer((socket) => {
    const reply = (line: string) => void socket.write(`${line}\n`);
    const cut = (half: string) => void socket.end(half);
    socket.setEncoding('ascii');
    socket.on('error', () => socket.destroy());
    socket.on(
      'data',
      linesOf(
        (line) => server(line, reply, cut),
        () => socket.destroy(),
      ),
    );
  });
  const close = () => new Promise<void>((resolve) => void listener.close(() => resolve()));
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      if (address === null || typeof address === 'string') reject(new Error('the host does not listen on a port'));
      else resolve({ port: address.port, close });
    });
  });
}

function linesOf(heard: (line: string) => void, tooLong: () => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if ([...lines, rest].some(({ length }) => length > LINE_LIMIT)) tooLong();
    else for (const line of lines) heard(line);
  };
}
