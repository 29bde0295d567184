import swagger from '@fastify/swagger';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import { adminRoutes } from './admin-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { merchantRoutes } from './merchant-routes.ts';
import { refuseNul } from './no-nul.ts';
import type { OpenRequests } from './open-requests.ts';
import { operatorRoutes } from './operator-routes.ts';
import { sendError, sendProblem } from './problem.ts';
import { publicRoutes } from './public-routes.ts';
import { railRoutes } from './rail-routes.ts';

/** The largest request body, octets; a payment has a few hundred. */
const BODY_LIMIT = 16 * 1024;

/** The HTTP API of a service. It does not listen yet. */
export function createHttp(service: Service, adminKeyHash: Uint8Array, requests: OpenRequests): FastifyInstance {
  const answerError = (error: FastifyError, reply: FastifyReply) =>
    sendError(reply, error, (reason) => service.fault(reason));
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => answerError(error, reply),
  });
  requests.watch(app);
  refuseNul(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 'not-found', `There is no ${request.method} ${request.url}`),
  );
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Cash-Mobile',
        version: '1',
        description: 'Payments by encrypted SMS. Errors are problem details (RFC 9457).',
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  void app.register(async (scope) => healthRoutes(scope, service));
  void app.register(async (scope) => publicRoutes(scope, service));
  void app.register(async (scope) => adminRoutes(scope, service, adminKeyHash));
  void app.register(async (scope) => operatorRoutes(scope, service, adminKeyHash));
  void app.register(async (scope) => merchantRoutes(scope, service));
  void app.register(async (scope) => railRoutes(scope, service));
  return app;
}
