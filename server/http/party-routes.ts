import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import { IdParams } from './admin-schemas.ts';
import { actOf } from './auth.ts';
import {
  JwksBody,
  NotificationBody,
  PartiesView,
  PartyBody,
  PartyKeyView,
  PartyView,
  viewParty,
} from './party-schemas.ts';

const tags = ['administration'];

/** Routes for operators: relying parties. */
export async function partyRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { parties } = service;

  routes.post(
    '/v1/parties',
    { schema: { tags, summary: 'Register a relying party', body: PartyBody, response: { 201: PartyKeyView } } },
    async (request, reply) => {
      const { party, apiKey } = await parties.add(request.body, actOf(service, request));
      return reply.code(201).send({ ...viewParty(party), apiKey });
    },
  );

  routes.get(
    '/v1/parties',
    { schema: { tags, summary: 'All relying parties', response: { 200: PartiesView } } },
    async () => ({ parties: (await parties.list()).map(viewParty) }),
  );

  routes.post(
    '/v1/parties/:id/notification-endpoint',
    {
      schema: {
        tags,
        summary: 'Where a relying party hears that a login by CIBA has ended',
        params: IdParams,
        body: NotificationBody,
        response: { 200: PartyView },
      },
    },
    async (request) =>
      viewParty(await parties.notifyAt(request.params.id, request.body.url ?? undefined, actOf(service, request))),
  );

  routes.post(
    '/v1/parties/:id/jwks',
    {
      schema: {
        tags,
        summary: 'By which public keys CIBA knows a relying party (private_key_jwt)',
        params: IdParams,
        body: JwksBody,
        response: { 200: PartyView },
      },
    },
    async (request) =>
      viewParty(await parties.setJwks(request.params.id, request.body.jwks ?? undefined, actOf(service, request))),
  );
}
