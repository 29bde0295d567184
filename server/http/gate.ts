import type { FastifyInstance } from 'fastify';
import { refusalOfSite } from '../gate/site.ts';
import { sendSiteRefusal } from './problem.ts';

/** What browsers are told with each answer: to keep nothing of it, to guess no type, to give it to no other site. */
export const HEADERS_FOR_BROWSERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** Refuses requests behind which a web page of somebody else stands, and gives each answer the headers for browsers. */
export function guardSite(app: FastifyInstance, hosts: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS_FOR_BROWSERS);
    const { method, headers, socket } = request.raw;
    const refusal = refusalOfSite({ method, headers, localAddress: socket.localAddress }, hosts);
    return refusal === undefined ? undefined : sendSiteRefusal(reply, refusal);
  });
}
