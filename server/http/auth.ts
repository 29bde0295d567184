import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Merchant } from '../merchants/merchants.ts';
import type { Act } from '../operators/audit.ts';
import type { Actor } from '../operators/operator.ts';
import type { RelyingParty } from '../parties/relying-parties.ts';
import type { Service } from '../service/service.ts';
import { messageOf, ServiceError } from '../vocabulary/errors.ts';
import { mayDo, type Role } from '../vocabulary/roles.ts';
import { ROLE_NEEDED } from './roles.ts';

/** The merchant whose API key the request carries. @throws ServiceError `unauthorized` */
export async function merchantOf(service: Service, request: FastifyRequest): Promise<Merchant> {
  const merchant = await service.merchantByApiKey(bearerKey(request));
  if (merchant === undefined) throw new ServiceError('unauthorized', 'This is not the API key of a merchant');
  return merchant;
}

/** The relying party whose API key the request carries. @throws ServiceError `unauthorized` */
export async function partyOf(service: Service, request: FastifyRequest): Promise<RelyingParty> {
  const party = await service.parties.byApiKey(bearerKey(request));
  if (party === undefined) throw new ServiceError('unauthorized', 'This is not the API key of a relying party');
  return party;
}

/**
 * Finds the relying party that is the client of a request of CIBA, by `client_secret_basic` or `private_key_jwt`. Once a request, because a client assertion
 * can be used once.
 * @throws ServiceError `unauthorized`
 */
export async function checkCibaClient(service: Service, request: FastifyRequest): Promise<void> {
  const parameters = Form.safeParse(request.body).data ?? {};
  const isTwice = request.headers.authorization !== undefined && parameters['client_assertion'] !== undefined;
  if (isTwice)
    throw new ServiceError('unauthorized', 'The request says twice who the client is: Authorization, client_assertion');
  const { cibaClients } = service.parties;
  clients.set(request, (await cibaClients.byAssertion(parameters)) ?? (await cibaClients.bySecret(basicOf(request))));
}

/** The relying party that {@link checkCibaClient} has found; `undefined`: none. */
export function cibaClientOf(request: FastifyRequest): RelyingParty | undefined {
  return clients.get(request);
}

const Form = z.record(z.string(), z.string());

const clients = new WeakMap<FastifyRequest, RelyingParty>();

/**
 * Lets an operator pass whose role is enough for the route.
 * @throws ServiceError `unauthorized`, `forbidden`
 */
export async function checkOperator(service: Service, request: FastifyRequest): Promise<void> {
  const actor = await service.operators.byKey(bearerKey(request));
  if (actor === undefined) throw new ServiceError('unauthorized', 'This is not the API key of an operator');
  actors.set(request, actor);
  const needed = roleNeeded(request.method, request.routeOptions.url);
  if (!mayDo(actor.role, needed)) {
    throw new ServiceError('forbidden', `${actor.name} has the role ${actor.role}: this needs the role ${needed}`);
  }
}

/** The operator that {@link checkOperator} let pass. */
export function actorOf(request: FastifyRequest): Actor {
  const actor = actors.get(request);
  if (actor === undefined) throw new Error('the route is not one for operators');
  return actor;
}

const actors = new WeakMap<FastifyRequest, Actor>();

/** What the operator asks for, for the audit log: the same for each call with a request. */
export function actOf(service: Service, request: FastifyRequest): Act {
  const known = acts.get(request);
  if (known !== undefined) return known;
  const { method, routeOptions, body } = request;
  const act = service.operators.actOf({
    by: actorOf(request),
    route: `${method} ${routeOptions.url}`,
    bodyDigest: body === undefined || body === null ? undefined : hash('sha256', JSON.stringify(body), 'buffer'),
  });
  acts.set(request, act);
  return act;
}

const acts = new WeakMap<FastifyRequest, Act>();

/**
 * From now on the audit log has each request to `app` of a known operator that may change something or was not allowed: those that a
 * transaction has not written itself are written before their answer leaves, about their route: a path may hold a phone number. Of
 * refusals without end some are only counted.
 */
export function auditActs(app: FastifyInstance, service: Service): void {
  app.addHook('onSend', async (request, { statusCode }) => {
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!actors.has(request) || (isReading && statusCode !== 403)) return;
    const act = actOf(service, request);
    const subject = `${request.routeOptions.url}`;
    const written =
      statusCode < 300
        ? service.operators.record(act, subject, 'done')
        : service.operators.noteRefusal(act, subject, `refused ${statusCode}`);
    await written.catch((error) => service.fault(messageOf(error)));
  });
}

/** From now on a route is only made in `app` when it has a role. */
export function checkRoles(app: FastifyInstance): void {
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) roleNeeded(one, url);
  });
}

/** @throws Error for a route without a role */
function roleNeeded(method: string, url: string | undefined): Role {
  const route = `${method === 'HEAD' ? 'GET' : method} ${url}`;
  const needed = ROLE_NEEDED[route];
  if (needed === undefined) throw new Error(`${route} needs a role`);
  return needed;
}

function bearerKey(request: FastifyRequest): string {
  const [scheme, key, ...rest] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || key === undefined || rest.length > 0) {
    throw new ServiceError('unauthorized', 'The request needs an API key: Authorization: Bearer <key>');
  }
  return key;
}

/** Both parts are encoded like a form before they are put together. */
function basicOf(request: FastifyRequest): { readonly id: string; readonly secret: string } {
  const [, credentials = ''] = /^basic ([a-z0-9+/]+=*)$/i.exec(request.headers.authorization ?? '') ?? [];
  const decoded = Buffer.from(credentials, 'base64').toString();
  const [id, secret] = Array.from(new URLSearchParams(decoded.replace(':', '=')).entries())[0] ?? [];
  if (id === undefined || secret === undefined) {
    const needed =
      'The request needs client_secret_basic: Authorization: Basic, number and API key of the relying party; or private_key_jwt';
    throw new ServiceError('unauthorized', needed);
  }
  return { id, secret };
}
