import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import {
  ActivationView,
  DepositBody,
  DepositView,
  IdempotencyHeaders,
  IdParams,
  MerchantBody,
  MerchantView,
  PeopleQuery,
  PeopleView,
  PersonBody,
  PersonView,
} from './admin-schemas.ts';
import { NoBody } from './amount-schema.ts';
import { actOf, actorOf } from './auth.ts';
import { ListQuery, PaymentListView, PaymentView, ResolutionBody, TxnParams } from './payment-schemas.ts';
import { viewPayment, viewPayments, viewPeople, viewPerson, viewTime } from './views.ts';

const tags = ['administration'];

/** Routes for operators: people, their phones and deposits, merchants. */
export async function adminRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/v1/people',
    { schema: { tags, summary: 'Register a person', body: PersonBody, response: { 201: PersonView } } },
    async (request, reply) =>
      reply.code(201).send(await viewPerson(service, await service.addPerson(request.body, actOf(service, request)))),
  );

  routes.get(
    '/v1/people',
    {
      schema: {
        tags,
        summary: 'People in the order of their registration; with number, the one who has it',
        querystring: PeopleQuery,
        response: { 200: PeopleView },
      },
    },
    async (request) => viewPeople(service, request.query),
  );

  routes.get(
    '/v1/people/:id/payments',
    {
      schema: {
        tags,
        summary: 'What a person was asked to pay, latest first',
        params: IdParams,
        querystring: ListQuery,
        response: { 200: PaymentListView },
      },
    },
    async (request) => {
      const { id } = await service.person(request.params.id);
      return viewPayments(service, { ...request.query, personId: id });
    },
  );

  routes.get(
    '/v1/people/:id',
    {
      schema: { tags, summary: 'A person, their phones and balances', params: IdParams, response: { 200: PersonView } },
    },
    async (request) => viewPerson(service, await service.person(request.params.id)),
  );

  routes.post(
    '/v1/people/:id/activations',
    {
      schema: {
        tags,
        summary: 'Let a person enrol a phone; a code that was not used is dead then',
        params: IdParams,
        body: NoBody,
        response: { 201: ActivationView },
      },
    },
    async (request, reply) => {
      const { deviceId, activationCode, linkToken, expiresAt } = await service.activate(
        request.params.id,
        actOf(service, request),
      );
      const descriptor = `/d/${linkToken}.jad`;
      return reply.code(201).send({ deviceId, activationCode, expiresAt: viewTime(expiresAt), descriptor });
    },
  );

  routes.post(
    '/v1/people/:id/deposits',
    {
      schema: {
        tags,
        summary: 'Put money in a prepaid account, once a reference',
        description:
          '202: above what one operator alone may deposit within a day (UTC) for a person or for all, in all currencies together, another one has to confirm it; nothing is booked yet.',
        params: IdParams,
        body: DepositBody,
        response: { 200: DepositView, 201: DepositView, 202: DepositView },
      },
    },
    async (request, reply) => {
      const { amount, reference } = request.body;
      const act = actOf(service, request);
      const person = await service.person(request.params.id);
      const over = await service.pendingDeposits.overLimit(person.id, amount, reference, act.by.name);
      const needsFourEyes = service.operators.needsFourEyes(actorOf(request), amount.currency, over);
      const view = async (repeated: boolean) => ({
        ...{ reference, amount, repeated },
        balances: await service.holdings(person.id),
      });
      if (needsFourEyes) {
        const pending = await service.pendingDeposits.ask(person.id, amount, reference, act);
        if (pending === 'booked') return reply.code(200).send(await view(true));
        return reply.code(202).send({ ...(await view(false)), pending: pending.id });
      }
      const repeated = await service.deposit(person.id, amount, reference, act);
      return reply.code(repeated ? 200 : 201).send(await view(repeated));
    },
  );

  routes.post(
    '/v1/payments/:txn/resolve',
    {
      schema: {
        tags,
        summary: 'Say what became of a payment or refund in review',
        params: TxnParams,
        body: ResolutionBody,
        response: { 200: PaymentView },
      },
    },
    async (request) =>
      viewPayment(service, await service.resolve(request.params.txn, request.body, actOf(service, request))),
  );

  routes.post(
    '/v1/merchants',
    {
      schema: {
        tags,
        summary: 'Register a merchant',
        description: '201: registered. 200: this Idempotency-Key with this content was known, here is its merchant.',
        headers: IdempotencyHeaders,
        body: MerchantBody,
        response: { 200: MerchantView, 201: MerchantView },
      },
    },
    async (request, reply) => {
      const added = await service.addMerchant(
        request.body,
        request.headers['idempotency-key'],
        actOf(service, request),
      );
      const { merchant, apiKey, repeated } = added;
      return reply.code(repeated ? 200 : 201).send({ ...request.body, id: merchant.id, apiKey });
    },
  );
}
