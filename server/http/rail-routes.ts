import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Service } from '../service/service.ts';

/** The largest message of a rail's host, octets; anybody may send one. */
const NOTICE_LIMIT = 64 * 1024;

const NoticeBody = z.instanceof(Uint8Array, { error: 'expected the message of the host, of one octet at least' });

/** Routes for the hosts of rails. They have no key: the rail itself checks that a message is its host's. */
export async function railRoutes(app: FastifyInstance, service: Service): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: NOTICE_LIMIT }, (_request, body, done) =>
    done(null, body),
  );
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/v1/rails/:rail/notices',
    {
      bodyLimit: NOTICE_LIMIT,
      schema: {
        tags: ['rails'],
        summary: "A message that the host of a rail sends by itself (webhook), in the host's own format",
        security: [],
        params: z.strictObject({ rail: z.string().max(32) }),
        body: NoticeBody,
        response: { 204: z.undefined().describe('What the message says is on disk') },
      },
    },
    async (request, reply) => {
      await service.notice(request.params.rail, request.body, headersOf(request.headers));
      return reply.code(204).send();
    },
  );
}

/** A header that came several times is one text, with commas. */
function headersOf(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
