import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Operator } from '../operators/operator.ts';
import type { KeyOfOperator } from '../operators/operators.ts';
import type { Service } from '../service/service.ts';
import { NoBody } from './amount-schema.ts';
import { actOf, actorOf } from './auth.ts';
import {
  ActorView,
  ConfirmationBody,
  NameParams,
  OperatorBody,
  OperatorKeyView,
  OperatorsView,
  OperatorView,
} from './operator-schemas.ts';
import { viewTime } from './views.ts';

const tags = ['administration'];

/** Routes for operators: who they are, and their keys. */
export async function staffRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/v1/operator',
    { schema: { tags, summary: 'Whose key this is', response: { 200: ActorView } } },
    async (request) => actorOf(request),
  );

  routes.post(
    '/v1/operator/rotate-key',
    {
      schema: {
        tags,
        summary: 'Another key of your own, which nobody else has seen; the one before opens nothing',
        body: NoBody,
        response: { 200: OperatorKeyView },
      },
    },
    async (request) => viewKey(await service.operators.rotate(actorOf(request).name, actOf(service, request))),
  );

  routes.get(
    '/v1/operators',
    { schema: { tags, summary: 'All operators', response: { 200: OperatorsView } } },
    async () => ({ operators: (await service.operators.list()).map(viewOperator) }),
  );

  routes.post(
    '/v1/operators',
    { schema: { tags, summary: 'Register an operator', body: OperatorBody, response: { 201: OperatorKeyView } } },
    async (request, reply) =>
      reply.code(201).send(viewKey(await service.operators.add(request.body, actOf(service, request)))),
  );

  routes.post(
    '/v1/operators/:name/revoke',
    {
      schema: {
        tags,
        summary: 'From now on the key of this operator opens nothing',
        params: NameParams,
        body: NoBody,
        response: { 200: OperatorView },
      },
    },
    async (request) => viewOperator(await service.operators.revoke(request.params.name, actOf(service, request))),
  );

  routes.post(
    '/v1/operators/:name/confirm',
    {
      schema: {
        tags,
        summary: 'Confirm that an operator has a key that nobody else has: by one who did not make their key',
        params: NameParams,
        body: ConfirmationBody,
        response: { 200: OperatorView },
      },
    },
    async (request) => {
      const { params, body } = request;
      return viewOperator(await service.operators.confirm(params.name, body.fingerprint, actOf(service, request)));
    },
  );

  routes.post(
    '/v1/operators/:name/rotate-key',
    {
      schema: {
        tags,
        summary: 'Another key for this operator; the one before opens nothing',
        params: NameParams,
        body: NoBody,
        response: { 200: OperatorKeyView },
      },
    },
    async (request) => viewKey(await service.operators.rotate(request.params.name, actOf(service, request))),
  );
}

function viewOperator({ name, role, createdAt, revokedAt, hand, fingerprint }: Operator): OperatorView {
  return {
    ...{ name, role, createdAt: viewTime(createdAt), fingerprint },
    ...(revokedAt !== undefined && { revokedAt: viewTime(revokedAt) }),
    ...(hand !== undefined && { keyMadeBy: hand }),
  };
}

function viewKey({ operator, apiKey }: KeyOfOperator): OperatorKeyView {
  return { ...viewOperator(operator), apiKey };
}
