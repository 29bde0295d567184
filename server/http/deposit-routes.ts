import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { PendingDeposit } from '../ledger/pending-deposit.ts';
import type { Service } from '../service/service.ts';
import { DepositView, IdParams, PendingDepositsView, PendingDepositView } from './admin-schemas.ts';
import { NoBody } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { viewTime } from './views.ts';

const tags = ['administration'];

/** Routes for operators: deposits that wait for a second one. */
export async function depositRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/v1/deposits/pending',
    { schema: { tags, summary: 'Deposits that wait for another operator', response: { 200: PendingDepositsView } } },
    async () => ({ deposits: (await service.pendingDeposits.list()).map(viewPending) }),
  );

  routes.post(
    '/v1/deposits/:id/confirm',
    {
      schema: {
        tags,
        summary: 'Book a deposit that another operator asked for',
        params: IdParams,
        body: NoBody,
        response: { 200: DepositView },
      },
    },
    async (request) => {
      const { pending, repeated } = await service.pendingDeposits.confirm(request.params.id, actOf(service, request));
      const { amount, reference, personId } = pending;
      return { reference, amount, repeated, balances: await service.holdings(personId) };
    },
  );

  routes.post(
    '/v1/deposits/:id/reject',
    {
      schema: {
        tags,
        summary: 'Take a deposit off the list of those that wait',
        params: IdParams,
        body: NoBody,
        response: { 200: PendingDepositView },
      },
    },
    async (request) => viewPending(await service.pendingDeposits.reject(request.params.id, actOf(service, request))),
  );
}

function viewPending({ id, personId, amount, reference, askedBy, askedAt }: PendingDeposit): PendingDepositView {
  return { id, personId, amount, reference, askedBy, askedAt: viewTime(askedAt) };
}
