import { createServer, type Server, type Socket } from 'node:net';
import type { FarEnd, FarEndEvents } from '../../modem/index.ts';

/** What waits for a client that does not read; beyond this, octets are lost as on a line without flow control. */
const WRITE_QUEUE_OCTETS = 256 * 1024;

/** A TCP port on loopback, for one client at a time as a serial port, with the modem on its far end. */
export interface TcpLine extends FarEnd {
  /** `tcp://127.0.0.1:PORT`. */
  readonly url: string;
}

/**
 * Opens a TCP port on 127.0.0.1 and resolves when clients can connect. A second client is turned away while one is
 * there; {@link FarEnd.hangUp} closes the port.
 * @param port 0: any free one. @throws NodeJS.ErrnoException `EADDRINUSE` when another program has it.
 */
export function openTcp(port = 0): Promise<TcpLine> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(new Tcp(server)));
  });
}

class Tcp implements TcpLine {
  readonly url: string;
  readonly #server: Server;
  #events: FarEndEvents | undefined;
  #client: Socket | undefined;

  constructor(server: Server) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('A TCP server without a port');
    this.url = `tcp://${address.address}:${address.port}`;
    this.#server = server;
    server.on('connection', (socket) => this.#clientCame(socket));
  }

  listen(events: FarEndEvents): void {
    this.#events = events;
  }

  write(octets: Uint8Array): void {
    const client = this.#client;
    if (client === undefined || client.writableLength + octets.length > WRITE_QUEUE_OCTETS) return;
    client.write(octets.slice());
  }

  hangUp(): void {
    this.#server.close();
    this.#client?.destroy();
  }

  #clientCame(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#events === undefined || this.#client !== undefined) {
      socket.destroy();
      return;
    }
    this.#client = socket;
    socket.setNoDelay(true);
    socket.on('data', (octets) => this.#events?.data(new Uint8Array(octets)));
    socket.on('close', () => {
      this.#client = undefined;
      this.#events?.closed();
    });
    this.#events.opened();
  }
}
