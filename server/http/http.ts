import swagger from '@fastify/swagger';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Clock } from '../../modem/index.ts';
import type { HttpOptions } from '../gate/http-options.ts';
import { createWebServer } from '../gate/web-server.ts';
import type { Service } from '../service/service.ts';
import { adminRoutes } from './admin-routes.ts';
import { aliasRoutes } from './alias-routes.ts';
import { auditActs, checkCibaClient, checkOperator, checkRoles, cibaClientOf, merchantOf, partyOf } from './auth.ts';
import { authenticationRoutes } from './authentication-routes.ts';
import { cibaRoutes, discoveryRoute } from './ciba-routes.ts';
import { clientKeyRoutes } from './client-key-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import { ANSWER_WITHIN_MS } from './deadline.ts';
import { depositRoutes } from './deposit-routes.ts';
import { guardSite, HEADERS_FOR_BROWSERS } from './gate.ts';
import { healthRoutes } from './health-routes.ts';
import { jwsKeyRoutes, keySetRoute } from './jws-key-routes.ts';
import { keyRoutes, vaultKeyRoutes } from './key-routes.ts';
import { merchantRoutes } from './merchant-routes.ts';
import { refuseNul } from './no-nul.ts';
import type { OpenRequests } from './open-requests.ts';
import { operatorRoutes } from './operator-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { partyRoutes } from './party-routes.ts';
import { payoutRoutes } from './payout-routes.ts';
import { sendError, sendProblem } from './problem.ts';
import { publicRoutes } from './public-routes.ts';
import { railRoutes } from './rail-routes.ts';
import { rateLimits } from './rate-limits.ts';
import { registerRoutes } from './register-routes.ts';
import { staffRoutes } from './staff-routes.ts';

/** The largest request body, octets; a payment has a few hundred. */
const BODY_LIMIT = 16 * 1024;

/** The HTTP API of a service. It does not listen yet. */
export function createHttp(
  service: Service,
  requests: OpenRequests,
  clock: Clock,
  options: HttpOptions = {},
): FastifyInstance {
  const answerError = (error: FastifyError, reply: FastifyReply) =>
    sendError(reply, error, (reason) => service.fault(reason));
  const app = fastify({
    // No plug-in waits for anything; on a busy machine the limit of 10 s would only end the start with an error.
    pluginTimeout: 0,
    bodyLimit: BODY_LIMIT,
    handlerTimeout: options.answerWithinMs ?? ANSWER_WITHIN_MS,
    forceCloseConnections: true,
    serverFactory: (listener) => createWebServer(listener, options),
    // Of X-Forwarded-For only the last address is the proxy's own word.
    trustProxy: (_address, hop) => options.behindProxy === true && hop === 0,
    frameworkErrors: (error, _request, reply) => answerError(error, reply.headers(HEADERS_FOR_BROWSERS)),
  });
  // A browser sends a form or a text to another site without asking; JSON it does not.
  app.removeContentTypeParser('text/plain');
  guardSite(app, options.hosts ?? []);
  requests.watch(app);
  refuseNul(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler<FastifyError>((error, _request, reply) => answerError(error, reply));
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Cash-Mobile',
        version: '1',
        description: 'Payments, logins and signatures by encrypted SMS. Errors are problem details (RFC 9457).',
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  void app.register(async (all) => {
    const limits = await rateLimits(all, clock, options.limits);
    app.setNotFoundHandler({ preValidation: limits.public }, (request, reply) =>
      sendProblem(reply, 'not-found', `There is no ${request.method} ${request.url}`),
    );
    const part = (check: typeof limits.public, routes: (scope: FastifyInstance) => unknown) =>
      all.register(async (scope) => {
        scope.addHook('onRequest', check);
        await routes(scope);
      });
    void part(limits.public, (scope) => healthRoutes(scope, service));
    void part(limits.public, (scope) => keySetRoute(scope, service));
    void part(limits.public, (scope) => discoveryRoute(scope, service));
    void part(limits.public, (scope) => publicRoutes(scope, service));
    const operator = limits.key((request) => checkOperator(service, request));
    for (const routes of [
      adminRoutes,
      consentRoutes,
      aliasRoutes,
      depositRoutes,
      jwsKeyRoutes,
      keyRoutes,
      clientKeyRoutes,
      vaultKeyRoutes,
      operatorRoutes,
      orderRoutes,
      partyRoutes,
      payoutRoutes,
      staffRoutes,
    ]) {
      void part(operator, (scope) => {
        checkRoles(scope);
        auditActs(scope, service);
        return routes(scope, service);
      });
    }
    const merchant = limits.key((request) => merchantOf(service, request));
    for (const routes of [merchantRoutes, registerRoutes]) void part(merchant, (scope) => routes(scope, service));
    const party = limits.key((request) => partyOf(service, request));
    void part(party, (scope) => authenticationRoutes(scope, service));
    const client = limits.key(
      (request) => checkCibaClient(service, request),
      (request) => String(cibaClientOf(request)?.id),
    );
    void part(limits.forms, (scope) => {
      // A client assertion is in the body.
      scope.addHook('preValidation', client);
      return cibaRoutes(scope, service);
    });
    void part(limits.notices, (scope) => railRoutes(scope, service));
  });
  return app;
}
