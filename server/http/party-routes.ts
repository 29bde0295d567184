import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import { IdParams, ReasonBody } from './admin-schemas.ts';
import { NoBody } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { keepMsOf, RotationBody } from './merchant-key-routes.ts';
import { PartiesView, PartyBody, PartyKeyView, PartyView, viewParty } from './party-schemas.ts';

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
    '/v1/parties/:id/rotate-key',
    {
      schema: {
        tags,
        summary: 'Another API key for a relying party, also one whose key was revoked',
        params: IdParams,
        body: RotationBody,
        response: { 200: PartyKeyView },
      },
    },
    async (request) => {
      const keepMs = keepMsOf(request.body);
      const { client, apiKey } = await parties.keys.rotate(request.params.id, keepMs, actOf(service, request));
      return { ...viewParty(client), apiKey };
    },
  );

  routes.post(
    '/v1/parties/:id/revoke',
    {
      schema: {
        tags,
        summary: 'From now on the keys of a relying party open nothing, and it may ask nobody',
        params: IdParams,
        body: NoBody,
        response: { 200: PartyView },
      },
    },
    async (request) => viewParty(await parties.keys.revoke(request.params.id, actOf(service, request))),
  );

  routes.post(
    '/v1/parties/:id/resume',
    {
      schema: {
        tags,
        summary: 'Let a relying party ask again that was suspended, also the people who said "not me"',
        params: IdParams,
        body: ReasonBody,
        response: { 200: PartyView },
      },
    },
    async (request) =>
      viewParty(await parties.keys.resume(request.params.id, request.body.reason, actOf(service, request))),
  );
}
