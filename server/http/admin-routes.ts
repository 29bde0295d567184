import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service.ts';
import {
  ActivationView,
  DepositBody,
  DepositView,
  IdParams,
  MerchantBody,
  MerchantView,
  PersonBody,
  PersonView,
} from './admin-schemas.ts';
import { checkAdmin } from './auth.ts';
import { viewPerson, viewTime } from './views.ts';

const tags = ['administration'];

/** What the administrator's key opens: people, their phones and deposits, merchants. */
export function adminRoutes(app: FastifyInstance, service: Service, adminKeyHash: Uint8Array): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.addHook('onRequest', async (request) => checkAdmin(adminKeyHash, request));

  routes.post(
    '/v1/people',
    { schema: { tags, summary: 'Register a person', body: PersonBody, response: { 201: PersonView } } },
    async (request, reply) => reply.code(201).send(viewPerson(service, service.addPerson(request.body))),
  );

  routes.get(
    '/v1/people/:id',
    {
      schema: { tags, summary: 'A person, their phones and balances', params: IdParams, response: { 200: PersonView } },
    },
    async (request) => viewPerson(service, service.person(request.params.id)),
  );

  routes.post(
    '/v1/people/:id/activations',
    { schema: { tags, summary: 'Let a person enrol a phone', params: IdParams, response: { 201: ActivationView } } },
    async (request, reply) => {
      const { deviceId, activationCode, expiresAt } = service.activate(request.params.id);
      const descriptor = `/d/${deviceId}.jad`;
      return reply.code(201).send({ deviceId, activationCode, expiresAt: viewTime(expiresAt), descriptor });
    },
  );

  routes.post(
    '/v1/people/:id/deposits',
    {
      schema: {
        tags,
        summary: 'Put money in a prepaid account, once a reference',
        params: IdParams,
        body: DepositBody,
        response: { 200: DepositView, 201: DepositView },
      },
    },
    async (request, reply) => {
      const { amount, reference } = request.body;
      const person = service.person(request.params.id);
      const repeated = service.deposit(person.id, amount, reference);
      return reply.code(repeated ? 200 : 201).send({ reference, amount, balances: service.holdings(person.id) });
    },
  );

  routes.post(
    '/v1/merchants',
    { schema: { tags, summary: 'Register a merchant', body: MerchantBody, response: { 201: MerchantView } } },
    async (request, reply) => {
      const { name, currency, personId } = request.body;
      const added = service.addMerchant({ name, currency, ...(personId === undefined ? {} : { personId }) });
      return reply.code(201).send({ ...request.body, id: added.merchant.id, apiKey: added.apiKey });
    },
  );
}
