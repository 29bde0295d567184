import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { fromHex, PduEncodeError, PduError } from '../../modem/index.ts';
import { jsonLine } from '../log.ts';
import type { ModemLines } from '../modem-lines.ts';
import { latencyProfiles } from '../network/profiles.ts';
import type { World } from '../world.ts';
import { deliverBody, faultBody, profileBody, subscriberBody } from './schema.ts';

/** The control API of a running world. */
export interface ControlServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A request that the world cannot do. Answered with status 400, or the given one, and `{"error"}`. */
class Refused extends Error {
  readonly statusCode: number;

  constructor(message: string, statusCode = 400) {
    super(message);
    this.statusCode = statusCode;
  }
}

/**
 * Opens the control API on loopback: JSON over HTTP, errors as `{"error": one line}`.
 * @param port 0: any free one. @throws NodeJS.ErrnoException `EADDRINUSE` when another program has it.
 */
export async function openControl(world: World, lines: readonly ModemLines[], port = 0): Promise<ControlServer> {
  const app = Fastify({ forceCloseConnections: true });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode, message } =
      error instanceof Error ? readable(error) : { statusCode: 500, message: String(error) };
    return reply.status(statusCode).send({ error: message });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ error: `There is no ${request.method} ${request.url} here` }),
  );
  addRoutes(app, world, lines);
  return { url: await app.listen({ host: '127.0.0.1', port }), close: () => app.close() };
}

function addRoutes(instance: FastifyInstance, world: World, lines: readonly ModemLines[]): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get('/modems', async () => lines);
  app.post('/deliver', { schema: { body: deliverBody } }, async ({ body }) => {
    const content =
      body.text === undefined
        ? { kind: 'data' as const, data: fromHex(body.data ?? '') }
        : { kind: 'text' as const, text: body.text };
    const { destinationPort, sourcePort = 0 } = body;
    const sms = world.deliver({
      to: body.to,
      from: body.from,
      content,
      ...(destinationPort === undefined ? {} : { ports: { destination: destinationPort, source: sourcePort } }),
      ...(body.alphabet === undefined ? {} : { alphabet: body.alphabet }),
    });
    return { sms };
  });
  app.get('/submitted', { schema: { querystring: z.object({ from: z.string() }) } }, async ({ query }) =>
    world.submitted(query.from).map((message) => ({ ...message, at: new Date(message.at).toISOString() })),
  );
  app.get(
    '/log',
    { schema: { querystring: z.object({ after: z.coerce.number().int().min(0).default(0) }) } },
    async ({ query }, reply) => {
      const text = world.log.entries(query.after).map((entry) => `${jsonLine(entry)}\n`);
      return reply.type('application/x-ndjson').send(text.join(''));
    },
  );
  app.get('/faults', async () => world.faults.list());
  app.post('/faults', { schema: { body: faultBody } }, async ({ body }) => ({ id: world.faults.add(body) }));
  app.delete('/faults/:id', { schema: { params: z.object({ id: z.string() }) } }, async ({ params }) => {
    if (!world.faults.remove(params.id)) throw new Refused(`There is no fault ${params.id}`, 404);
    return { removed: params.id };
  });
  app.post(
    '/subscribers/:number',
    { schema: { params: z.object({ number: z.string() }), body: subscriberBody } },
    async ({ params, body }) => {
      const subscriber = world.subscriber(params.number);
      if (subscriber === undefined) throw new Refused(`There is no subscriber ${params.number}`, 404);
      subscriber.setCovered(body.covered);
      return { number: subscriber.number, covered: subscriber.covered, waiting: world.waitingFor(subscriber.number) };
    },
  );
  app.put('/profile', { schema: { body: profileBody } }, async ({ body }) => {
    const profile = latencyProfiles[body.id];
    if (profile === undefined) throw new Refused(`There is no profile ${body.id}`, 404);
    world.profile = profile;
    return profile;
  });
}

function readable(error: Error & { statusCode?: number }): { statusCode: number; message: string } {
  const badInput = error instanceof PduEncodeError || error instanceof PduError;
  return {
    statusCode: badInput ? 400 : (error.statusCode ?? 500),
    message: error.message.replaceAll(/\s*\n\s*/g, ' '),
  };
}
