import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

/** What came to a notification endpoint. */
export interface Pinged {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly auth_req_id: string };
}

/** The notification endpoint of a client, which gives these answers, the last one again and again. */
export async function notificationEndpoint(...answers: readonly number[]) {
  const pings: Pinged[] = [];
  const first = Promise.withResolvers<Pinged>();
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const ping = { method, url, headers, body: z.strictObject({ auth_req_id: z.string() }).parse(await json(request)) };
    const status = answers[Math.min(pings.length, answers.length - 1)] ?? 204;
    pings.push(ping);
    first.resolve(ping);
    response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/ping`, pings, pinged: first.promise };
}
