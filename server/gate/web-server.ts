import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { normalizeIP } from '@fastify/rate-limit';
import { type HttpOptions, PATIENCE, type Patience } from './http-options.ts';

/** How often it is looked for requests that take too long, ms at most. */
const LOOK_EVERY_MS = 1_000;

/**
 * A web server, HTTPS with a certificate, that does not wait for ever: a connection or request without its headers, a body
 * that does not come, an answer that nobody takes and a connection without a next request are ended, and an address has a
 * number of connections. How long a route takes to answer is its own affair.
 * @throws Error of Node when the certificate or its key cannot be used
 */
export function createWebServer(listener: RequestListener, options: HttpOptions): Server {
  const patience: Patience = { ...PATIENCE, ...options.patience };
  const { headersMs, requestMs, idleMs } = patience;
  const timeOuts = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: Math.min(LOOK_EVERY_MS, headersMs),
  };
  const server: Server =
    options.tls === undefined
      ? createServer(timeOuts)
      : createTlsServer({ ...timeOuts, ...tlsOf(options.tls), handshakeTimeout: headersMs });
  server.on('request', ({ socket }, response) =>
    response.once('prefinish', () => socket.setTimeout(patience.answerMs)),
  );
  server.on('request', listener);
  // All clients of a proxy have its address.
  if (options.behindProxy !== true) limitConnections(server, patience.connections);
  return server;
}

function tlsOf({ cert, key }: NonNullable<HttpOptions['tls']>): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
}

function limitConnections(server: Server, limit: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = normalizeIP(socket.remoteAddress ?? '');
    const count = (open.get(address) ?? 0) + 1;
    if (count > limit) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
