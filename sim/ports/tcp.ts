import { createServer, type Server, type Socket } from 'node:net';
import type { FarEnd, FarEndEvents } from '../../modem/index.ts';
import { NoBrowser } from './no-browser.ts';

/** What waits for a client that does not read; beyond this, octets are lost as on a line without flow control. */
const WRITE_QUEUE_OCTETS = 64 * 1024;

const LOOPBACK = '127.0.0.1';

/** A TCP port on loopback, for one client at a time as a serial port, with the modem on its far end. */
export interface TcpLine extends FarEnd {
  /** `tcp://127.0.0.1:PORT`. */
  readonly url: string;
  /** The port is open again, under the same number. */
  plugIn(): void;
}

/**
 * Opens a TCP port on 127.0.0.1 and resolves when clients can connect. A second client is turned away while one is
 * there; {@link FarEnd.hangUp} closes the port. A web browser is hung up: any page may send it here.
 * @param port 0: any free one. @throws NodeJS.ErrnoException `EADDRINUSE` when another program has it.
 */
export function openTcp(port = 0): Promise<TcpLine> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve(new Tcp(server)));
  });
}

class Tcp implements TcpLine {
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;
  #events: FarEndEvents | undefined;
  #client: Socket | undefined;

  constructor(server: Server) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A TCP server without a port');
    this.url = `tcp://${address.address}:${address.port}`;
    this.#server = server;
    this.#port = address.port;
    server.on('connection', (socket) => this.#clientCame(socket));
    // Another program has the port when the modem is plugged in again: then the modem stays away on this line.
    server.on('error', () => {});
  }

  listen(events: FarEndEvents): void {
    this.#events = events;
  }

  write(octets: Uint8Array): void {
    const client = this.#client;
    if (client === undefined) return;
    if (client.writableLength + octets.length > WRITE_QUEUE_OCTETS) this.#events?.overflowed?.();
    else client.write(new Uint8Array(octets));
  }

  hangUp(): void {
    this.#server.close();
    this.#client?.destroy();
  }

  plugIn(): void {
    if (!this.#server.listening) this.#server.listen(this.#port, LOOPBACK);
  }

  #clientCame(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#events === undefined || this.#client !== undefined) {
      socket.destroy();
      return;
    }
    this.#client = socket;
    socket.setNoDelay(true);
    const line = new NoBrowser();
    socket.on('data', (octets) => {
      const passed = line.pass(new Uint8Array(octets));
      if (passed === undefined) socket.destroy();
      else if (passed.length > 0) this.#events?.data(passed);
    });
    socket.on('close', () => {
      this.#client = undefined;
      this.#events?.closed();
    });
    this.#events.opened();
  }
}
