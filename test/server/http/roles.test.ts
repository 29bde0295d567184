import { describe, expect, it } from 'vitest';
import { ROLE_NEEDED } from '../../../server/http/roles.ts';
import { ROLES, type Role } from '../../../server/vocabulary/roles.ts';
import { shop } from '../world.ts';

const ANNA = { number: '+393400000077', name: 'Anna', language: 'en' } as const;
const deposit = (minor: number, reference: string) => ({ amount: { minor, currency: 'EUR' }, reference });

const NOTHING = () => undefined;

/**
 * Each route, the role that it needs, and a request that is right. `:name` is a new operator for each request, `:txn` a payment of
 * which nothing is in review; what needs a name of its own is made of the role that asks.
 */
const ROUTES: readonly (readonly [string, Role, number, (by: Role) => object | undefined])[] = [
  ['GET /v1/operator', 'viewer', 200, NOTHING],
  ['GET /v1/people', 'viewer', 200, NOTHING],
  ['GET /v1/people/:id', 'viewer', 200, NOTHING],
  ['GET /v1/people/:id/payments', 'viewer', 200, NOTHING],
  ['GET /v1/reviews', 'viewer', 200, NOTHING],
  ['POST /v1/reconciliations', 'viewer', 200, NOTHING],
  ['POST /v1/people', 'clerk', 201, (by) => ({ ...ANNA, number: `${ANNA.number}${ROLES.indexOf(by)}` })],
  ['POST /v1/people/:id/activations', 'clerk', 201, NOTHING],
  ['POST /v1/people/:id/alias', 'clerk', 200, () => ({ alias: 'ANNA' })],
  ['POST /v1/people/:id/deposits', 'clerk', 201, (by) => deposit(30_000, by)],
  ['POST /v1/merchants', 'clerk', 201, () => ({ name: 'Bar', currency: 'EUR' })],
  ['POST /v1/people/:id/lock', 'clerk', 200, NOTHING],
  ['GET /v1/people/:id/consents', 'viewer', 200, NOTHING],
  ['POST /v1/people/:id/consents/revoke', 'clerk', 404, () => ({ party: 1 })],
  ['POST /v1/people/:id/consents/lift-refusal', 'treasurer', 404, () => ({ party: 1 })],
  // The phone of person 1 is not locked once it was unlocked, nor there once it was wiped.
  ['POST /v1/people/:id/unlock', 'treasurer', 200, NOTHING],
  ['POST /v1/people/:id/wipe', 'treasurer', 200, NOTHING],
  ['GET /v1/deposits/pending', 'viewer', 200, NOTHING],
  ['POST /v1/deposits/:id/confirm', 'treasurer', 404, NOTHING],
  ['POST /v1/deposits/:id/reject', 'treasurer', 404, NOTHING],
  // Nobody else made its key.
  ['POST /v1/operators/:name/confirm', 'treasurer', 200, () => ({ fingerprint: '0'.repeat(16) })],
  ['POST /v1/payments/:txn/resolve', 'treasurer', 409, () => ({ moved: true, reason: 'report' })],
  ['POST /v1/reconciliations/accept', 'treasurer', 404, () => ({ rail: 'ledger', key: 'a:charge', reason: 'fee' })],
  // This merchant has earned nothing.
  ['POST /v1/merchants/:id/payouts', 'treasurer', 409, (by) => ({ reference: by })],
  ['POST /v1/merchants/:id/resume', 'admin', 200, () => ({ reason: 'asked' })],
  ['POST /v1/merchants/:id/rotate-key', 'admin', 200, NOTHING],
  ['POST /v1/merchants/:id/revoke', 'admin', 200, NOTHING],
  ['GET /v1/parties', 'viewer', 200, NOTHING],
  ['POST /v1/parties', 'admin', 201, (by) => ({ name: `Party ${by}`, shortName: `Party ${by}` })],
  ['POST /v1/parties/:id/resume', 'admin', 200, () => ({ reason: 'asked' })],
  ['POST /v1/parties/:id/rotate-key', 'admin', 200, NOTHING],
  ['POST /v1/parties/:id/revoke', 'admin', 200, NOTHING],
  ['GET /v1/keys', 'viewer', 200, NOTHING],
  ['POST /v1/keys', 'admin', 201, () => ({ key: 'sealing' })],
  ['POST /v1/keys/announcements', 'admin', 400, () => ({ announcement: '14'.repeat(107) })],
  ['GET /v1/vault-key', 'viewer', 200, NOTHING],
  ['POST /v1/vault-key', 'admin', 400, () => ({ wrapped: '00'.repeat(72) })],
  ['POST /v1/parties/:id/notification-endpoint', 'admin', 200, () => ({ url: null })],
  ['POST /v1/parties/:id/jwks', 'admin', 200, () => ({ jwks: null })],
  ['POST /v1/jws-keys', 'admin', 201, NOTHING],
  ['GET /v1/operators', 'admin', 200, NOTHING],
  ['POST /v1/operators', 'admin', 201, (by) => ({ name: `new-${by}`, role: 'viewer' })],
  ['POST /v1/operators/:name/rotate-key', 'admin', 200, NOTHING],
  ['POST /v1/operators/:name/revoke', 'admin', 200, NOTHING],
  ['POST /v1/operator/rotate-key', 'viewer', 200, NOTHING],
];

/** A service with an operator of each role, the keys, and what paths name. */
async function office() {
  const { world, merchant } = await shop(1, { http: { limits: { wrongKeys: 1_000_000 } } });
  const { service } = world;
  const anna = await service.addPerson(ANNA);
  await service.parties.add({ name: 'Banca', shortName: 'Banca', kinds: ['login'], requestsADay: 9 });
  const { txn } = await world.request(merchant);
  const keys = new Map<Role, string>();
  for (const role of ROLES) keys.set(role, (await service.operators.add({ name: role, role })).apiKey);
  const gone = await service.operators.add({ name: 'gone', role: 'admin' });
  await service.operators.revoke('gone');
  let names = 0;
  const ask = async (route: string, key: string | undefined, body?: object) => {
    const [method, path = ''] = route.split(' ');
    const name = `x${names++}`;
    if (path.includes(':name')) await service.operators.add({ name, role: 'viewer' });
    const url = path.replace(':id', '1').replace(':txn', txn).replace(':name', name);
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const asked = { method: method === 'GET' ? 'GET' : 'POST', url, headers } as const;
    return service.http.inject({ ...asked, ...(body !== undefined && { payload: body }) });
  };
  return { service, anna, keys, revokedKey: gone.apiKey, ask };
}

describe('the roles of operators', () => {
  it('are given for each route of the API that is for operators, and for nothing else', async () => {
    const { service } = await office();
    const { paths } = (await service.http.inject('/openapi.json')).json();
    const routes = Object.entries<Record<string, { tags: string[] }>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { tags }]) => tags.includes('administration'))
        .map(([method]) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(Object.keys(ROLE_NEEDED).toSorted()).toEqual(routes.toSorted());
    expect(ROUTES.map(([route]) => route).toSorted()).toEqual(routes.toSorted());
  });

  it('each route: 401 without a key, with a revoked one, and with a wrong one', async () => {
    const { ask, revokedKey } = await office();
    for (const [route, , , body] of ROUTES) {
      for (const key of [undefined, revokedKey, `cm_operator_${'0'.repeat(64)}`]) {
        expect([route, (await ask(route, key, body('admin'))).statusCode]).toEqual([route, 401]);
      }
    }
  });

  it('each route: 403 below the role that it needs, and its answer from there on', async () => {
    const { ask, keys } = await office();
    for (const [route, needed, answer, body] of ROUTES) {
      for (const role of ROLES) {
        const isEnough = ROLES.indexOf(role) >= ROLES.indexOf(needed);
        const response = await ask(route, keys.get(role), body(role));
        expect([route, role, response.statusCode]).toEqual([route, role, isEnough ? answer : 403]);
        if (!isEnough) {
          expect(response.json()).toMatchObject({
            type: 'urn:cash-mobile:problem:forbidden',
            detail: `${role} has the role ${role}: this needs the role ${needed}`,
          });
        }
      }
    }
  });

  it('an own key is changed by who has it, and the one before opens nothing', async () => {
    const { ask, keys } = await office();
    for (const role of ROLES) {
      const { apiKey } = (await ask('POST /v1/operator/rotate-key', keys.get(role))).json();
      expect((await ask('GET /v1/operator', keys.get(role))).statusCode).toBe(401);
      expect((await ask('GET /v1/operator', apiKey)).json()).toEqual({ name: role, role });
    }
  });

  it.each([
    ['clerk', 100_000, 201],
    ['clerk', 100_001, 403],
    ['treasurer', 100_000, 201],
    ['treasurer', 100_001, 202],
  ] as const)('a deposit of a %s, %i minor units: %i', async (role, minor, status) => {
    const { ask, keys, anna } = await office();
    const route = `POST /v1/people/${anna.id}/deposits`;
    const response = await ask(route, keys.get(role), deposit(minor, 'limit'));
    expect(response.statusCode).toBe(status);
    const words =
      'above EUR 1000.00 for a person within a day, all currencies together, a deposit needs the role treasurer';
    if (status === 403) expect(response.json().detail).toContain(words);
  });

  it('HEAD needs what GET needs', async () => {
    const { service, keys } = await office();
    const head = async (role: Role) => {
      const headers = { authorization: `Bearer ${keys.get(role)}` };
      return (await service.http.inject({ method: 'HEAD', url: '/v1/operators', headers })).statusCode;
    };
    expect([await head('treasurer'), await head('admin')]).toEqual([403, 200]);
  });
});
