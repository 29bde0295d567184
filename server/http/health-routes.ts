import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import { LONGEST_WAIT_SECONDS, waitsUpTo } from './deadline.ts';
import { HealthQuery, HealthView, LiveView } from './health-schemas.ts';
import { viewModem } from './views.ts';

const tags = ['service'];

/** Liveness and readiness: whether the process runs, and whether the service does its work. For watchdogs and load balancers. */
export function healthRoutes(app: FastifyInstance, service: Service): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/health',
    {
      ...waitsUpTo(LONGEST_WAIT_SECONDS * 1000),
      schema: {
        tags,
        summary: 'How the service and its modems stand',
        querystring: HealthQuery,
        response: { 200: HealthView },
      },
    },
    async (request) => {
      const { wait, not } = request.query;
      if (not !== undefined) await service.readinessAfter(not, wait * 1000);
      return viewHealth(service);
    },
  );

  routes.get(
    '/health/live',
    { schema: { tags, summary: 'Whether the service runs', response: { 200: LiveView } } },
    async () => ({ status: 'ok' as const }),
  );

  routes.get(
    '/health/ready',
    {
      schema: {
        tags,
        summary:
          'Whether requests are taken and messages leave: 503 while no modem is ready, or nothing can be written',
        response: { 200: HealthView, 503: HealthView },
      },
    },
    async (_request, reply) => {
      const health = viewHealth(service);
      return reply.code(health.status === 'ok' || health.status === 'degraded' ? 200 : 503).send(health);
    },
  );
}

function viewHealth(service: Service): HealthView {
  const { readiness, modems } = service;
  return { status: readiness.status, modems: modems.standings.map(viewModem), elsewhere: readiness.elsewhere };
}
