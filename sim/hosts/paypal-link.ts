import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../modem/index.ts';
import type { AskOverHttp } from '../../server/index.ts';
import type { PayPalAnswer } from './paypal-answers.ts';
import type { PayPalHost } from './paypal-host.ts';

/** How long an answer is waited for in memory, ms. */
const TIMEOUT_MS = 10_000;

/** Requests to a PayPal host without a socket, on the given clock; each way takes `latencyMs`. */
export function memoryPayPal(host: PayPalHost, clock: Clock, latencyMs = 20): AskOverHttp {
  return ({ method, url, headers, body = '' }) =>
    new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(reason));
      const cancel = clock.after(TIMEOUT_MS, () => fail('no answer in time'));
      const later = (task: () => void) => void clock.after(latencyMs, task);
      const end = (task: () => void) =>
        later(() => {
          cancel();
          task();
        });
      const { pathname, search } = new URL(url);
      const request = { method, path: pathname + search, headers: lowerCase(headers), body };
      later(() =>
        host.serve(
          request,
          (answer) => end(() => resolve(answer)),
          () => end(() => fail('the connection ended in the middle of the answer')),
        ),
      );
    });
}

/** Listens on a port of 127.0.0.1 for requests to a PayPal host. @param make gets the address, which webhooks name. @param port default: a free one */
export async function listenForPayPal(
  make: (address: string) => PayPalHost,
  port = 0,
): Promise<{ readonly host: PayPalHost; readonly url: string; close(): Promise<void> }> {
  const listener = createServer();
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the host does not listen on a port');
  const url = `http://127.0.0.1:${address.port}`;
  const host = make(url);
  listener.on('request', (request, response) => void serve(host, request, response));
  const close = () =>
    new Promise<void>((resolve) => {
      listener.close(() => resolve());
      listener.closeAllConnections();
    });
  return { host, url, close };
}

async function serve(host: PayPalHost, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const asked = { method: request.method ?? '', path: request.url ?? '', headers, body: `${Buffer.concat(chunks)}` };
  const write = ({ status, body }: PayPalAnswer) =>
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  host.serve(
    asked,
    (answer) => void write(answer).end(answer.body),
    (half) => void write(half).write(half.body.slice(0, -3), () => response.destroy()),
  );
}

function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
