import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Service } from '../service/service.ts';
import { NoBody } from './amount-schema.ts';
import { partyOf } from './auth.ts';
import {
  AuthenticationBody,
  AuthenticationListQuery,
  AuthenticationListView,
  AuthenticationParams,
  AuthenticationView,
  orderOf,
  viewAuthentication,
} from './authentication-schemas.ts';
import { LONGEST_WAIT_SECONDS, waitsUpTo } from './deadline.ts';
import { WaitQuery } from './payment-schemas.ts';
import { ProblemBody } from './problem.ts';
import { pageOf } from './views.ts';

const tags = ['authentications'];

/** Routes for the key of a relying party: its own authentications. */
export async function authenticationRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { authentications } = service;

  routes.post(
    '/v1/authentications',
    {
      schema: {
        tags,
        summary: 'Ask a person to log in or to sign',
        description:
          '201: taken. The answer is the same whether the number is of somebody who can be asked or not. 200: this key with this content was known, here is its authentication.',
        body: AuthenticationBody,
        response: { 200: AuthenticationView, 201: AuthenticationView, 409: ProblemBody, 422: ProblemBody },
      },
    },
    async (request, reply) => {
      const party = await partyOf(service, request);
      const { authentication, repeated } = await authentications.request(party, orderOf(request.body));
      return reply.code(repeated ? 200 : 201).send(viewAuthentication(authentication));
    },
  );

  routes.get(
    '/v1/authentications',
    {
      schema: {
        tags,
        summary: 'Your authentications, latest first',
        querystring: AuthenticationListQuery,
        response: { 200: AuthenticationListView },
      },
    },
    async (request) => {
      const { query } = request;
      const found = await authentications.list(await partyOf(service, request), { ...query, limit: query.limit + 1 });
      const { shown, next } = pageOf(found, query.limit);
      return { authentications: shown.map(viewAuthentication), ...(next !== undefined && { next: next.id }) };
    },
  );

  routes.get(
    '/v1/authentications/:id',
    {
      ...waitsUpTo(LONGEST_WAIT_SECONDS * 1000),
      schema: {
        tags,
        summary: 'An authentication; with wait, once it has ended',
        params: AuthenticationParams,
        querystring: WaitQuery,
        response: { 200: AuthenticationView },
      },
    },
    async (request) => {
      const party = await partyOf(service, request);
      const { id } = request.params;
      const { wait } = request.query;
      const found = await (wait === 0 ? authentications.one(party, id) : authentications.ended(party, id, wait * 1000));
      if (found.state !== 'confirmed') return viewAuthentication(found);
      return { ...viewAuthentication(found), evidence: await authentications.evidence(party, id) };
    },
  );

  routes.get(
    '/v1/authentications/:id/evidence',
    {
      schema: {
        tags,
        summary: 'What the service says, signed, of an authentication that was confirmed: a JWS that anybody can check',
        params: AuthenticationParams,
        produces: ['application/jose'],
      },
    },
    async (request, reply) => {
      const party = await partyOf(service, request);
      return reply.type('application/jose').send(await authentications.evidence(party, request.params.id));
    },
  );

  routes.post(
    '/v1/authentications/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Take a request back',
        params: AuthenticationParams,
        body: NoBody,
        response: { 200: AuthenticationView },
      },
    },
    async (request) =>
      viewAuthentication(await authentications.cancel(await partyOf(service, request), request.params.id)),
  );
}
