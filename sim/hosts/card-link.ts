import { createServer } from 'node:net';
import type { Clock } from '../../modem/index.ts';
import type { OpenLine } from '../../server/index.ts';
import type { CardHost } from './card-host.ts';

/** A line to a card host without a socket, on the given clock; each way takes `latencyMs`. */
export function memoryCardLine(host: CardHost, clock: Clock, latencyMs = 20): OpenLine {
  return (events) => {
    let isOpen = true;
    const later = (task: () => void) =>
      void clock.after(latencyMs, () => {
        if (isOpen) task();
      });
    const close = () => {
      isOpen = false;
      atHost.closed();
    };
    const atHost = host.connected({
      write: (octets) => later(() => events.received(octets)),
      end: (half) => {
        later(() => {
          events.received(half);
          if (!isOpen) return;
          close();
          events.closed('the host has ended the connection');
        });
      },
    });
    later(() => events.opened());
    return { write: (octets) => later(() => atHost.received(octets)), close };
  };
}

/** Listens on a port of 127.0.0.1 for connections to a card host. @param wanted default: a free one */
export function listenForCards(host: CardHost, wanted = 0): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>();
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const atHost = host.connected({
      write: (octets) => void socket.write(octets),
      end: (half) => void socket.end(half),
    });
    socket.on('data', (octets) => atHost.received(octets));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      atHost.closed();
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      listener.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(wanted, '127.0.0.1', () => {
      const address = listener.address();
      if (address === null || typeof address === 'string') reject(new Error('the host does not listen on a port'));
      else resolve({ port: address.port, close });
    });
  });
}
