import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PduEncodeError, PduError } from '../../modem/index.ts';
import { createWebServer, type HttpOptions, refusalOfSite } from '../../server/gate/index.ts';
import type { Simulation } from '../simulation.ts';
import { complaints } from '../vocabulary/complaints.ts';
import { Refused, type RefusedBecause } from '../vocabulary/refused.ts';
import { evidenceRoutes } from './evidence-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { modemRoutes } from './modem-routes.ts';
import { scenarioRoutes } from './scenario-routes.ts';
import { subscriberRoutes } from './subscriber-routes.ts';
import { worldRoutes } from './world-routes.ts';

/** The control API of a running simulation. */
export interface ControlServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** What HTTP says of a refusal. */
const STATUS: Readonly<Record<RefusedBecause, number>> = { wrong: 400, absent: 404, conflict: 409 };

/** The largest request, octets: a scenario. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** So that no browser takes an answer for a script, or shows it to another site. */
const HEADERS_FOR_BROWSERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Opens the control API on loopback: JSON over HTTP, described by `GET /openapi.json`; errors are
 * `{"error": one line, "field": where}`. Web pages of other sites are refused.
 * @param port 0: any free one. @throws NodeJS.ErrnoException `EADDRINUSE` when another program has it.
 */
export async function openControl(
  simulation: Simulation,
  port = 0,
  patience: HttpOptions['patience'] = {},
): Promise<ControlServer> {
  const app = Fastify({
    // No plug-in waits for anything; on a busy machine the limit of 10 s would only end the start with an error.
    pluginTimeout: 0,
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT,
    serverFactory: (listener) => createWebServer(listener, { patience }),
  });
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(HEADERS_FOR_BROWSERS);
    const { method, headers, socket } = request.raw;
    const refusal = refusalOfSite({ method, headers, localAddress: socket.localAddress }, []);
    return refusal === undefined ? undefined : reply.status(refusal.status).send({ error: refusal.sentence });
  });
  // A browser sends a form or a text to another site without asking; JSON it does not.
  app.removeContentTypeParser('text/plain');
  const parse = app.getDefaultJsonParser('error', 'error');
  // Many clients name the type of every body, also where there is none.
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null);
    else void parse(request, body, done);
  });
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (data) => {
    const { success, data: value, error } = z.safeParse(schema, data);
    return success ? { value } : { error: complaintOf(error, httpPart) };
  });
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode, ...body } = readable(error);
    return reply.status(statusCode).send(body);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ error: `There is no ${request.method} ${request.url} here: see /openapi.json` }),
  );
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'gsm-sim', version: '1', description: 'Control of a simulated GSM network.' },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async (scope: FastifyInstance) => {
    // Where every field may be left out, so may be the body; elsewhere the first field is said to be missing.
    scope.addHook('preValidation', async (request) => {
      request.body ??= {};
    });
    scope.get('/', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send(contentsOf(app.swagger())),
    );
    scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
    messageRoutes(scope, simulation);
    subscriberRoutes(scope, simulation);
    modemRoutes(scope, simulation);
    worldRoutes(scope, simulation);
    evidenceRoutes(scope, simulation);
    scenarioRoutes(scope, simulation);
  });
  return { url: await app.listen({ host: '127.0.0.1', port }), close: () => app.close() };
}

/** As much of an OpenAPI document as {@link contentsOf} reads. */
const routes = z.object({ paths: z.record(z.string(), z.record(z.string(), z.object({ summary: z.string() }))) });

/** A line for each route, for who looks at the URL with a browser or curl. */
function contentsOf(document: object): string {
  const lines = Object.entries(routes.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary }]) => `${method.toUpperCase().padEnd(6)} ${path.padEnd(28)} ${summary}`,
    ),
  );
  return [
    'Control of a simulated GSM network: gsm-sim --help. What requests take: /openapi.json',
    '',
    ...lines,
    '',
  ].join('\n');
}

function complaintOf(error: z.ZodError, part: string | undefined): Refused {
  const [first, ...more] = complaints(error.issues);
  if (first === undefined) return new Refused('wrong', 'The request is not valid');
  const field = first.path.join('.');
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return new Refused('wrong', `${field === '' ? (part ?? 'body') : field}: ${first.message}${others}`, field);
}

function readable(error: unknown): { readonly statusCode: number; readonly error: string; readonly field?: string } {
  if (!(error instanceof Error)) return { statusCode: 500, error: String(error) };
  const line = error.message.replaceAll(/\s*\n\s*/g, ' ');
  if (error instanceof Refused) {
    return {
      statusCode: STATUS[error.because],
      error: line,
      ...(error.field === undefined ? {} : { field: error.field }),
    };
  }
  if (error instanceof PduEncodeError || error instanceof PduError) return { statusCode: 400, error: line };
  return { statusCode: 'statusCode' in error ? Number(error.statusCode) : 500, error: line };
}
