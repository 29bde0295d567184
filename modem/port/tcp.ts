import { createConnection, type Socket } from 'node:net';
import { type Clock, steadyClock } from '../clock.ts';
import { type Port, PortError, type PortErrorCode, type PortEvents } from './port.ts';

/** How long a TCP connection may take to come up, in ms. */
const CONNECT_MS = 10_000;

/** A modem behind a TCP socket, such as a serial server or a virtual modem. There are no control lines. */
export function tcpPort(host: string, port: number, clock: Clock = steadyClock): Port {
  const name = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  let connection: Socket | undefined;

  return {
    name,

    async open(events: PortEvents) {
      if (connection !== undefined) throw new PortError('busy', name, `${name} is already open in this program`);
      const socket = createConnection({ host, port, noDelay: true });
      connection = socket;
      try {
        await connected(socket, name, clock);
      } catch (error) {
        if (connection === socket) connection = undefined;
        socket.destroy();
        throw error;
      }
      let failure: Error | undefined;
      socket.on('data', (octets: Buffer) => events.data(octets));
      socket.on('error', (error) => {
        failure = error;
      });
      socket.once('end', () => socket.destroy());
      socket.once('close', () => {
        const byUs = connection !== socket;
        if (!byUs) connection = undefined;
        events.closed(byUs ? undefined : new PortError('lost', name, `${name} hung up`, { cause: failure }));
      });
    },

    write(octets) {
      return new Promise((resolve, reject) => {
        if (connection === undefined) throw new PortError('closed', name, `${name} is closed`);
        connection.write(octets, (error) => {
          if (error) reject(new PortError('lost', name, `${name} hung up`, { cause: error }));
          else resolve();
        });
      });
    },

    async setLines() {},

    async close() {
      const socket = connection;
      if (socket === undefined) return;
      connection = undefined;
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.destroy();
      });
    },
  };
}

function connected(socket: Socket, name: string, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(CONNECT_MS, () =>
      fail(new PortError('missing', name, `${name} did not answer within ${CONNECT_MS / 1000} s`)),
    );
    const onError = (cause: NodeJS.ErrnoException) => fail(connectError(name, cause));
    const fail = (error: PortError) => {
      cancel();
      // The promise is rejected with the first error. A later one, without a listener, would end the process.
      socket.off('error', onError).on('error', () => {});
      reject(error);
    };
    const onClose = () => fail(new PortError('closed', name, `${name} was closed`));
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('connect', () => {
      cancel();
      socket.off('error', onError).off('close', onClose);
      resolve();
    });
  });
}

const connectFailures: Readonly<Record<string, readonly [code: PortErrorCode, advice: string]>> = {
  ECONNREFUSED: ['missing', 'nothing listens there: start it, or check the port number'],
  ENOTFOUND: ['missing', 'there is no host of that name'],
  EHOSTUNREACH: ['missing', 'the host cannot be reached'],
  ENETUNREACH: ['missing', 'the network cannot be reached'],
  ECONNRESET: ['busy', 'the connection was closed at once: another client may hold the modem'],
};

function connectError(name: string, cause: NodeJS.ErrnoException): PortError {
  const [code, advice] = connectFailures[cause.code ?? ''] ?? ['failed', cause.message];
  return new PortError(code, name, `${name}: ${advice}`, { cause });
}
