import { beforeAll, describe, expect, it } from 'vitest';
import { ROLE_NEEDED } from '../../../server/http/roles.ts';
import type { Person } from '../../../server/index.ts';
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
  ['POST /v1/people/:id/deposits', 'clerk', 201, (by) => deposit(100_000, by)],
  ['POST /v1/merchants', 'clerk', 201, () => ({ name: 'Bar', currency: 'EUR' })],
  ['GET /v1/deposits/pending', 'viewer', 200, NOTHING],
  ['POST /v1/deposits/:id/confirm', 'treasurer', 404, NOTHING],
  ['POST /v1/deposits/:id/reject', 'treasurer', 404, NOTHING],
  ['POST /v1/payments/:txn/resolve', 'treasurer', 409, () => ({ moved: true, reason: 'report' })],
  ['POST /v1/reconciliations/accept', 'treasurer', 404, () => ({ rail: 'ledger', key: 'a:charge', reason: 'fee' })],
  ['POST /v1/merchants/:id/resume', 'admin', 200, () => ({ reason: 'asked' })],
  ['POST /v1/merchants/:id/rotate-key', 'admin', 200, NOTHING],
  ['POST /v1/merchants/:id/revoke', 'admin', 200, NOTHING],
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
  return { world, service, anna, keys, revokedKey: gone.apiKey, ask };
}

describe('the roles of operators', () => {
  let made: Awaited<ReturnType<typeof office>>;
  let anna: Person;
  beforeAll(async () => {
    made = await office();
    anna = made.anna;
  });

  it('are given for each route of the API that is for operators, and for nothing else', async () => {
    const { paths } = (await made.service.http.inject('/openapi.json')).json();
    const routes = Object.entries<Record<string, { tags: string[] }>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { tags }]) => tags.includes('administration'))
        .map(([method]) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(Object.keys(ROLE_NEEDED).toSorted()).toEqual(routes.toSorted());
    expect(ROUTES.map(([route]) => route).toSorted()).toEqual(routes.toSorted());
  });

  it.each(ROUTES)(
    '%s: 401 without a key, with a revoked one, and with a wrong one',
    async (route, _role, _answer, body) => {
      for (const key of [undefined, made.revokedKey, `cm_operator_${'0'.repeat(64)}`]) {
        expect((await made.ask(route, key, body('admin'))).statusCode).toBe(401);
      }
    },
  );

  it.each(ROUTES)('%s: 403 below %s, and %i from there on', async (route, needed, answer, body) => {
    for (const role of ROLES) {
      const isEnough = ROLES.indexOf(role) >= ROLES.indexOf(needed);
      const response = await made.ask(route, made.keys.get(role), body(role));
      expect([role, response.statusCode]).toEqual([role, isEnough ? answer : 403]);
      if (!isEnough) {
        expect(response.json().detail).toBe(`${role} has the role ${role}: this needs the role ${needed}`);
        expect(response.json().type).toBe('urn:cash-mobile:problem:forbidden');
      }
      // The last route changes the key of who asks.
      if (response.statusCode === 200 && response.json().apiKey && route.endsWith('/operator/rotate-key')) {
        expect((await made.ask('GET /v1/operator', made.keys.get(role))).statusCode).toBe(401);
        made.keys.set(role, response.json().apiKey);
        expect((await made.ask('GET /v1/operator', made.keys.get(role))).json()).toEqual({ name: role, role });
      }
    }
  });

  it.each([
    ['clerk', 100_000, 201],
    ['clerk', 100_001, 403],
    ['treasurer', 100_000, 201],
    ['treasurer', 100_001, 202],
  ] as const)('a deposit of a %s, %i minor units: %i', async (role, minor, status) => {
    const route = `POST /v1/people/${anna.id}/deposits`;
    const response = await made.ask(route, made.keys.get(role), deposit(minor, `limit-${role}-${minor}`));
    expect(response.statusCode).toBe(status);
    if (status === 403)
      expect(response.json().detail).toContain('above EUR 1000.00 a deposit needs the role treasurer');
  });

  it('HEAD needs what GET needs', async () => {
    const head = async (role: Role) => {
      const headers = { authorization: `Bearer ${made.keys.get(role)}` };
      return (await made.service.http.inject({ method: 'HEAD', url: '/v1/operators', headers })).statusCode;
    };
    expect([await head('treasurer'), await head('admin')]).toEqual([403, 200]);
  });
});
