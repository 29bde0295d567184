import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import { actOf } from './auth.ts';
import { PartiesView, PartyBody, PartyKeyView, viewParty } from './party-schemas.ts';

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
}
