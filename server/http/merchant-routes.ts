import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Payment } from '../payments/payment.ts';
import { REJECTIONS } from '../payments/rejections.ts';
import { REFUND_WAIT_MS, type Service } from '../service/service.ts';
import { ServiceError, type ServiceErrorCode } from '../vocabulary/errors.ts';
import type { MerchantId } from '../vocabulary/ids.ts';
import { NoBody } from './amount-schema.ts';
import { merchantOf } from './auth.ts';
import { LONGEST_WAIT_SECONDS, waitsUpTo } from './deadline.ts';
import {
  ListQuery,
  OwnMerchantView,
  PaymentBody,
  PaymentListView,
  PaymentView,
  ReceiptView,
  RefundBody,
  TxnParams,
  WaitQuery,
} from './payment-schemas.ts';
import { ProblemBody, sendProblem } from './problem.ts';
import { viewOwnMerchant, viewPayment, viewPayments, viewReceipt } from './views.ts';

const tags = ['payments'];

/** Routes for a merchant's key: the merchant's own payments. */
export async function merchantRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/v1/merchant',
    { schema: { tags, summary: 'Whose key this is', response: { 200: OwnMerchantView } } },
    async (request) => viewOwnMerchant(service, await merchantOf(service, request)),
  );

  routes.post(
    '/v1/payments',
    {
      schema: {
        tags,
        summary: 'Ask a customer for a payment',
        description:
          '201: the customer is asked. 200: this mref with this content was known, here is its payment. 422 limit-exceeded: above or below what one payment by this rail may be, above what the customer may pay within a day, or too many requests; detail says which.',
        body: PaymentBody,
        response: { 200: PaymentView, 201: PaymentView, 409: ProblemBody, 422: ProblemBody },
      },
    },
    async (request, reply) => {
      const { reference, ttl, ...order } = request.body;
      const { payment, repeated } = await service.requestPayment(await merchantOf(service, request), {
        ...order,
        ...(reference === undefined ? {} : { reference }),
        ...(ttl === undefined ? {} : { ttl }),
      });
      if (payment.state === 'REJECTED') {
        const [code, detail] = rejection(payment.reason);
        return sendProblem(reply, code, detail, { txn: payment.txn });
      }
      return reply.code(repeated ? 200 : 201).send(await viewPayment(service, payment));
    },
  );

  routes.get(
    '/v1/payments',
    {
      schema: {
        tags,
        summary: 'Your payments, latest first; with mref or state, only those',
        querystring: ListQuery,
        response: { 200: PaymentListView },
      },
    },
    async (request) => {
      const { id } = await merchantOf(service, request);
      if (request.query.after !== undefined) await ownPayment(service, id, request.query.after);
      return viewPayments(service, { ...request.query, merchantId: id });
    },
  );

  routes.get(
    '/v1/payments/:txn',
    {
      ...waitsUpTo(LONGEST_WAIT_SECONDS * 1000),
      schema: {
        tags,
        summary: 'A payment; with wait, once it is settled',
        params: TxnParams,
        querystring: WaitQuery,
        response: { 200: PaymentView },
      },
    },
    async (request) => {
      const payment = await ownPayment(service, (await merchantOf(service, request)).id, request.params.txn);
      const { wait } = request.query;
      return viewPayment(service, wait === 0 ? payment : await service.settled(payment.txn, wait * 1000));
    },
  );

  routes.post(
    '/v1/payments/:txn/cancel',
    {
      schema: { tags, summary: 'Take a request back', params: TxnParams, body: NoBody, response: { 200: PaymentView } },
    },
    async (request) => {
      const payment = await ownPayment(service, (await merchantOf(service, request)).id, request.params.txn);
      return viewPayment(service, await service.cancel(payment.txn));
    },
  );

  routes.post(
    '/v1/payments/:txn/refund',
    {
      ...waitsUpTo(REFUND_WAIT_MS),
      schema: {
        tags,
        summary: 'Give a paid payment back, all or a part',
        description: 'Answers when the rail has decided, or after 30 s: refunds says how it stands.',
        params: TxnParams,
        body: RefundBody,
        response: { 200: PaymentView },
      },
    },
    async (request) => {
      const payment = await ownPayment(service, (await merchantOf(service, request)).id, request.params.txn);
      return viewPayment(service, await service.refund(payment.txn, request.body ?? {}));
    },
  );

  routes.get(
    '/v1/payments/:txn/receipt',
    { schema: { tags, summary: 'The signed receipt', params: TxnParams, response: { 200: ReceiptView } } },
    async (request) => {
      const payment = await ownPayment(service, (await merchantOf(service, request)).id, request.params.txn);
      return viewReceipt(payment.txn, await service.receipt(payment.txn));
    },
  );
}

/** The payment, if it is this merchant's; another merchant's payment is `not-found`. */
async function ownPayment(service: Service, merchant: MerchantId, txn: string): Promise<Payment> {
  const payment = await service.payment(txn);
  if (payment.merchantId !== merchant) throw new ServiceError('not-found', `there is no payment ${txn}`);
  return payment;
}

function rejection(reason: string | undefined): readonly [code: ServiceErrorCode, detail: string] {
  for (const [known, answer] of Object.entries(REJECTIONS)) if (known === reason) return answer;
  return REJECTIONS['customer-unreachable'];
}
