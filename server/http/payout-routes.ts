import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Amount } from '../../device/safe-mobile/index.ts';
import type { PayoutOrder } from '../ledger/payout.ts';
import type { Service } from '../service/service.ts';
import { IdParams } from './admin-schemas.ts';
import { AmountBody, AmountView, KeyText } from './amount-schema.ts';
import { actOf } from './auth.ts';

const PayoutBody: z.ZodType<PayoutOrder> = z.strictObject({
  reference: KeyText.describe('The same reference is the same payout'),
  amount: AmountBody.optional().describe('Default: all that the merchant is owed in its currency'),
});

interface PayoutView {
  readonly merchantId: number;
  readonly reference: string;
  readonly amount: Amount;
  readonly repeated: boolean;
}

const PayoutView: z.ZodType<PayoutView> = z
  .object({
    merchantId: z.int(),
    reference: KeyText,
    amount: AmountView,
    repeated: z.boolean().describe('It was booked before: nothing was booked again'),
  })
  .meta({ id: 'Payout' });

/** The route for operators by which merchants get what they earned. */
export async function payoutRoutes(app: FastifyInstance, service: Service): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/merchants/:id/payouts',
    {
      schema: {
        tags: ['administration'],
        summary: 'Book that a merchant got what it earned, once a reference',
        description: 'It books only: the money is sent by a bank transfer or in cash, outside of the service.',
        params: IdParams,
        body: PayoutBody,
        response: { 200: PayoutView, 201: PayoutView },
      },
    },
    async (request, reply) => {
      const payout = await service.payouts.pay(request.params.id, request.body, actOf(service, request));
      return reply.code(payout.repeated ? 200 : 201).send(payout);
    },
  );
}
