import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import { actOf } from './auth.ts';
import { waitsUpTo } from './deadline.ts';
import { PaymentListView, ReviewQuery } from './payment-schemas.ts';
import { AcceptanceBody, AcceptedView, ReconciliationBody, ReportsView, viewReport } from './reconciliation-schemas.ts';
import { viewPayments } from './views.ts';

const tags = ['administration'];

/** How long the rails may take to give their settlements, ms: a year of them may be asked for. */
const SETTLEMENTS_MS = 10 * 60_000;

/** Routes for operators: what a person has to look at. */
export async function operatorRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/v1/reviews',
    {
      schema: {
        tags,
        summary: 'Payments in review, and those with a refund in review, latest first',
        querystring: ReviewQuery,
        response: { 200: PaymentListView },
      },
    },
    async (request) => viewPayments(service, { ...request.query, inReview: true }),
  );

  routes.post(
    '/v1/reconciliations',
    {
      ...waitsUpTo(SETTLEMENTS_MS),
      schema: {
        tags,
        summary: "Compare the rails' settlements with the service",
        body: ReconciliationBody,
        response: { 200: ReportsView },
      },
    },
    async (request) => ({ reports: (await service.reconciliations.compare(request.body ?? {})).map(viewReport) }),
  );

  routes.post(
    '/v1/reconciliations/accept',
    {
      schema: {
        tags,
        summary: 'Accept a difference that will never match',
        body: AcceptanceBody,
        response: { 200: AcceptedView },
      },
    },
    async (request) => {
      const { rail, key } = request.body;
      return { rail, key, kind: await service.reconciliations.accept(request.body, actOf(service, request)) };
    },
  );
}
