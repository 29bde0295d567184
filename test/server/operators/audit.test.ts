import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../modem/index.ts';
import type { ServiceOptions } from '../../../server/index.ts';
import { type Act, type AuditRow, auditAfter, checkAudit } from '../../../server/operators/audit.ts';
import { Refusals } from '../../../server/operators/refusals.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { look, onPostgres, rows, write } from '../database.ts';
import { runTwice } from '../run-twice.ts';
import { CUSTOMER_NUMBER, shop } from '../world.ts';

const EUR = 'EUR' as const;
const ANNA = { number: '+393400000077', name: 'Anna', language: 'en' } as const;

/** A shop, and what an operator asks of its API. */
async function office(options: Partial<ServiceOptions> = {}) {
  const base = await shop('audit', options);
  const { world } = base;
  const { apiKey } = await world.service.operators.add({ name: 'carla', role: 'treasurer' });
  const post = async (url: string, body?: object, key: string = apiKey) => {
    const headers = { authorization: `Bearer ${key}` };
    const asked = { method: 'POST', url, headers } as const;
    return (await world.service.http.inject({ ...asked, ...(body !== undefined && { payload: body }) })).statusCode;
  };
  const log = () => look(world.database, (tx) => auditAfter(tx, 0, 1_000));
  const check = () => look(world.database, checkAudit);
  return { ...base, post, log, check };
}

describe('the audit log', () => {
  it('has who asked for what, about what, and what came of it', async () => {
    const { world, post, log, check } = await office();
    expect(await check()).toEqual({ rows: 0, hash: new Uint8Array(32), broken: undefined });
    const admin = world.adminKey;
    const answers = [
      await post('/v1/people', ANNA),
      await post('/v1/people/2/activations'),
      await post('/v1/people/2/deposits', { amount: { minor: 5, currency: EUR }, reference: 'a' }),
      await post('/v1/people/2/deposits', { amount: { minor: 5, currency: EUR }, reference: 'a' }),
      await post('/v1/people/2/deposits', { amount: { minor: 6, currency: EUR }, reference: 'a' }),
      await post('/v1/merchants', { name: 'Bar', currency: EUR }),
      await post('/v1/merchants/2/resume?x=1', { reason: 'r' }),
      await post('/v1/merchants/2/resume', { reason: 'r' }, admin),
      await post('/v1/operators', { name: 'bruno', role: 'viewer' }, admin),
      await post('/v1/operators/bruno/rotate-key', undefined, admin),
      await post('/v1/operators/bruno/revoke', undefined, admin),
      await post('/v1/operator/rotate-key', undefined, 'nobody'),
      await post('/v1/people', { nonsense: 1 }),
      await post('/v1/reconciliations', {}),
    ];
    expect(answers).toEqual([201, 201, 201, 200, 409, 201, 403, 200, 201, 200, 200, 401, 400, 200]);
    const found = await log();
    const deviceId = (await world.service.devices((await world.service.person(2)).id))[0]?.id;
    expect(
      found.map(({ operator, role, route, subject, outcome }) => [operator, role, route, subject, outcome]),
    ).toEqual([
      ['carla', 'treasurer', 'POST /v1/people', 'person:2', 'done'],
      ['carla', 'treasurer', 'POST /v1/people/:id/activations', `person:2 device:${deviceId}`, 'done'],
      ['carla', 'treasurer', 'POST /v1/people/:id/deposits', 'deposit:2:a', 'done'],
      ['carla', 'treasurer', 'POST /v1/people/:id/deposits', 'deposit:2:a', 'done'],
      ['carla', 'treasurer', 'POST /v1/people/:id/deposits', '/v1/people/:id/deposits', 'refused 409'],
      ['carla', 'treasurer', 'POST /v1/merchants', 'merchant:2', 'done'],
      ['carla', 'treasurer', 'POST /v1/merchants/:id/resume', '/v1/merchants/:id/resume', 'refused 403'],
      ['admin', 'admin', 'POST /v1/merchants/:id/resume', 'merchant:2', 'done'],
      ['admin', 'admin', 'POST /v1/operators', 'operator:bruno', 'done'],
      ['admin', 'admin', 'POST /v1/operators/:name/rotate-key', 'operator:bruno', 'done'],
      ['admin', 'admin', 'POST /v1/operators/:name/revoke', 'operator:bruno', 'done'],
      ['carla', 'treasurer', 'POST /v1/people', '/v1/people', 'refused 400'],
      ['carla', 'treasurer', 'POST /v1/reconciliations', '/v1/reconciliations', 'done'],
    ]);
    expect(found.map(({ seq }) => seq)).toEqual(found.map((_, index) => index + 1));
    expect(new Set(found.map(({ at }) => at))).toEqual(new Set([world.clock.now()]));
    // The body of a request that is not allowed is not read.
    expect(found.map(({ bodyDigest }) => bodyDigest?.length)).toEqual([
      32,
      undefined,
      32,
      32,
      32,
      32,
      undefined,
      32,
      32,
      undefined,
      undefined,
      32,
      32,
    ]);
    expect(found[2]?.bodyDigest).toEqual(found[3]?.bodyDigest);
    expect(found[2]?.bodyDigest).not.toEqual(found[4]?.bodyDigest);
    expect(await check()).toEqual({ rows: 13, hash: found[12]?.hash, broken: undefined });
  });

  it('has no number, name, reason or key of a request', async () => {
    const { world, post } = await office();
    await post('/v1/people', ANNA);
    await post('/v1/payments/0123456789abcdef/resolve', { moved: true, reason: 'a secret reason' });
    const text = JSON.stringify(await rows(world.database, 'SELECT * FROM audit'));
    for (const word of [ANNA.number, ANNA.name, 'secret', 'cm_']) expect(text).not.toContain(word);
  });

  // Whoever types the number where the id of a person belongs.
  it.each<readonly [url: string, status: number, subject: string]>([
    [`/v1/people/${ANNA.number}/lock`, 400, '/v1/people/:id/lock'],
    [`/v1/people/${encodeURIComponent(ANNA.number)}/activations`, 400, '/v1/people/:id/activations'],
    [`/v1/people/${ANNA.number.slice(-9)}/wipe?number=${ANNA.number}`, 404, '/v1/people/:id/wipe'],
    [`/v1/operators/${ANNA.number}/revoke`, 403, '/v1/operators/:name/revoke'],
    [`/v1/payments/${ANNA.number}/resolve`, 400, '/v1/payments/:txn/resolve'],
    [`/v1/deposits/${ANNA.number.slice(-9)}/confirm`, 404, '/v1/deposits/:id/confirm'],
  ])('has no number from a path: %s', async (url, status, subject) => {
    const { world, post, log } = await office();
    expect(await post(url)).toBe(status);
    expect(await log()).toMatchObject([{ subject, route: `POST ${subject}`, outcome: `refused ${status}` }]);
    expect(JSON.stringify(await rows(world.database, 'SELECT * FROM audit'))).not.toContain(ANNA.number.slice(-9));
  });

  it('reads nothing down but what was not allowed', async () => {
    const { world, log } = await office();
    const clerk = await world.service.operators.add({ name: 'dora', role: 'clerk' });
    for (const [url, status] of [
      ['/v1/people', 200],
      ['/v1/operators', 403],
    ] as const) {
      const headers = { authorization: `Bearer ${clerk.apiKey}` };
      expect((await world.service.http.inject({ url, headers })).statusCode).toBe(status);
    }
    expect((await log()).map(({ route, outcome }) => [route, outcome])).toEqual([['GET /v1/operators', 'refused 403']]);
  });

  it('is written in the transaction of the act: both are there, or neither', async () => {
    const { world, post, log } = await office();
    let fails = true;
    world.beforeStatement = (sql) => {
      if (fails && sql.includes('INSERT INTO audit (')) throw new Error('no room for it');
    };
    expect(await post('/v1/people', ANNA)).toBe(500);
    expect(await world.service.personByNumber(ANNA.number)).toBeUndefined();
    fails = false;
    expect(await post('/v1/people', ANNA)).toBe(201);
    expect((await log()).map(({ outcome }) => outcome)).toEqual(['done']);
  });

  it.each(['undone', 'kept'] as const)(
    'has a request once when its transaction ran twice, the first run %s',
    async (fate) => {
      const { world, post, log, check } = await office();
      world.body = runTwice(() => fate);
      expect(await post('/v1/people', ANNA)).toBe(201);
      expect(await post('/v1/people', { ...ANNA, number: CUSTOMER_NUMBER })).toBe(409);
      expect((await log()).map(({ outcome }) => outcome)).toEqual(['done', 'refused 409']);
      expect(await check()).toMatchObject({ rows: 2, broken: undefined });
    },
  );

  it('has every row when many are written at once', async () => {
    const { post, check } = await office();
    const numbers = Array.from({ length: 12 }, (_, index) => `+3934000001${10 + index}`);
    const answers = await Promise.all(numbers.map((number) => post('/v1/people', { ...ANNA, number })));
    expect(new Set(answers)).toEqual(new Set([201]));
    expect(await check()).toMatchObject({ rows: 12, broken: undefined });
  });
});

describe('the chain of the audit log', () => {
  let made: Awaited<ReturnType<typeof office>>;
  beforeEach(async () => {
    made = await office();
    for (const reference of ['a', 'b', 'c']) {
      await made.post('/v1/people/1/deposits', { amount: { minor: 1, currency: EUR }, reference });
    }
  });

  it('has in each row the hash of the one before: SHA-256 of it and of the JSON of the fields', async () => {
    let before = new Uint8Array(32);
    for (const row of await made.log()) {
      const { seq, at, request, operator, role, route, subject, bodyDigest, outcome, hash } = row;
      const digest = bodyDigest === undefined ? null : Buffer.from(bodyDigest).toString('hex');
      const text = JSON.stringify([seq, at, request, operator, role, route, subject, digest, outcome]);
      const expected = createHash('sha256').update(before).update(text).digest('hex');
      expect(Buffer.from(hash).toString('hex')).toBe(expected);
      before = Uint8Array.from(hash);
    }
  });

  it('is only appended to', async () => {
    const { world, check } = made;
    for (const sql of ["UPDATE audit SET operator = 'x'", 'DELETE FROM audit', 'DELETE FROM audit WHERE seq = 3']) {
      await expect(write(world.database, sql)).rejects.toThrow('append only');
    }
    await write(world.database, `UPDATE deletion SET before = ${Number.MAX_SAFE_INTEGER}`);
    await expect(write(world.database, 'DELETE FROM audit')).rejects.toThrow('append only');
    expect(await check()).toMatchObject({ rows: 3, broken: undefined });
  });

  const FIELDS: readonly (readonly [sql: string, seq: number, reason: string])[] = [
    ...['operator', 'role', 'route', 'subject', 'outcome', 'request'].map(
      (field) => [`UPDATE audit SET ${field} = 'x' WHERE seq = 2`, 2, 'it was changed, or the row before it'] as const,
    ),
    ['UPDATE audit SET at = at + 1 WHERE seq = 2', 2, 'it was changed, or the row before it'],
    ['UPDATE audit SET body_digest = NULL WHERE seq = 2', 2, 'it was changed, or the row before it'],
    [
      'UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 2',
      2,
      'it was changed, or the row before it',
    ],
    ['DELETE FROM audit WHERE seq = 1', 1, 'it is missing'],
    ['DELETE FROM audit WHERE seq = 2', 2, 'it is missing'],
    ['DELETE FROM audit WHERE seq = 3', 3, 'it is missing'],
    ['DELETE FROM audit', 1, 'it is missing'],
    ['DELETE FROM audit_head', 4, 'the head of the chain is missing'],
    ['UPDATE audit_head SET seq = 2', 4, 'the head is another row'],
    ['UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 1)', 4, 'the head is another row'],
  ];
  it.each(FIELDS)('%s: row %i, %s', async (sql, seq, reason) => {
    const { world, check } = made;
    await write(
      world.database,
      ...(onPostgres
        ? ['ALTER TABLE audit DISABLE TRIGGER USER', sql, 'ALTER TABLE audit ENABLE TRIGGER USER']
        : ['DROP TRIGGER audit_is_not_changed', 'DROP TRIGGER audit_is_not_deleted', sql]),
    );
    expect((await check()).broken).toEqual({ seq, reason });
  });
});

describe('requests that are refused without end', () => {
  const refused = (log: readonly AuditRow[]) => log.map(({ subject, outcome }) => `${subject} ${outcome}`);

  it.each<readonly [status: number, url: string, body: object | undefined, subject: string]>([
    [403, '/v1/operators', { name: 'x', role: 'viewer' }, '/v1/operators'],
    [400, '/v1/people', { nonsense: 1 }, '/v1/people'],
    [404, '/v1/people/99/activations', undefined, '/v1/people/:id/activations'],
  ])('%i: ten rows an hour, and one that says how many more there were', async (status, url, body, subject) => {
    const { world, post, log, check } = await office();
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(url, body)));
    expect(new Set(answers)).toEqual(new Set([status]));
    const row = `${subject} refused ${status}`;
    expect(refused(await log())).toEqual(Array(10).fill(row));
    await world.clock.advance(3_599_999);
    expect(await log()).toHaveLength(10);
    await world.clock.advance(1);
    expect(refused(await log()).slice(10)).toEqual([`190 more within an hour refused ${status}`]);
    expect((await log()).at(-1)).toMatchObject({ operator: 'carla', role: 'treasurer' });
    expect(await post(url, body)).toBe(status);
    await world.clock.advance(3_600_000);
    expect(refused(await log()).slice(11)).toEqual([row]);
    expect(await check()).toMatchObject({ rows: 12, broken: undefined });
  });

  it('429: the same', async () => {
    const { world, log } = await office({ http: { limits: { goodKey: 1 } } });
    for (let n = 0; n < 50; n += 1) {
      const headers = { authorization: `Bearer ${world.adminKey}` };
      await world.service.http.inject({ method: 'POST', url: '/v1/reconciliations', headers, payload: {} });
    }
    expect(refused(await log())).toEqual([
      '/v1/reconciliations done',
      ...Array(10).fill('/v1/reconciliations refused 429'),
    ]);
  });

  it('are counted by operator, route and outcome, and what was done has a row each time', async () => {
    const { world, post, log } = await office();
    const dora = await world.service.operators.add({ name: 'dora', role: 'viewer' });
    for (let n = 0; n < 12; n += 1) {
      await post('/v1/operators', { name: 'x', role: 'viewer' });
      await post('/v1/operators', { name: 'x', role: 'viewer' }, dora.apiKey);
      await post('/v1/people', { nonsense: 1 });
      await post('/v1/keys', { nonsense: 1 });
      await post('/v1/reconciliations', {});
    }
    const rowsOf = (operator: string, outcome: string) => async () =>
      (await log()).filter((row) => row.operator === operator && row.outcome === outcome).length;
    expect(await rowsOf('carla', 'refused 403')()).toBe(20);
    expect(await rowsOf('dora', 'refused 403')()).toBe(10);
    expect(await rowsOf('carla', 'refused 400')()).toBe(10);
    expect(await rowsOf('carla', 'done')()).toBe(12);
  });

  it('are told at the end of the service, when the hour is not over', async () => {
    const { world, post, log } = await office();
    for (let n = 0; n < 13; n += 1) await post('/v1/people', { nonsense: 1 });
    await world.service.close();
    expect(refused(await log()).slice(10)).toEqual(['3 more within an hour refused 400']);
  });

  it('say for each route how many more there were, at the end of its own hour', async () => {
    const { world, post, log } = await office();
    for (let n = 0; n < 12; n += 1) await post('/v1/people', { nonsense: 1 });
    await world.clock.advance(1_000);
    for (let n = 0; n < 11; n += 1) await post('/v1/merchants', { nonsense: 1 });
    const more = async () =>
      (await log())
        .filter(({ subject }) => subject.includes('more'))
        .map(({ route, subject }) => `${route} ${subject}`);
    await world.clock.advance(3_599_000);
    expect(await more()).toEqual(['POST /v1/people 2 more within an hour']);
    await world.clock.advance(1_000);
    expect(await more()).toEqual(['POST /v1/people 2 more within an hour', 'POST /v1/merchants 1 more within an hour']);
  });

  it('leave no timer when the service ends, and count anew afterwards', async () => {
    const clock = new VirtualClock();
    let timers = 0;
    const counting: Clock = {
      now: () => clock.now(),
      after(delayMs, task) {
        timers += 1;
        const cancel = clock.after(delayMs, task);
        return () => {
          timers -= 1;
          cancel();
        };
      },
    };
    const written: string[] = [];
    const refusals = new Refusals(counting, async (_, subject) => void written.push(subject));
    const act = (route: string): Act => ({
      ...{ id: '1', by: { name: 'carla', role: 'clerk' }, route, bodyDigest: undefined },
    });
    const refuse = async (times: number, route: string) => {
      for (let n = 0; n < times; n += 1) await refusals.note(act(route), 'refused 400', async () => {});
    };
    await refuse(10, 'POST /v1/merchants');
    await refuse(12, 'POST /v1/people');
    expect(timers).toBe(2);
    await refusals.close();
    expect([timers, written]).toEqual([0, ['2 more within an hour']]);
    await clock.advance(3_600_000);
    await refuse(11, 'POST /v1/people');
    await clock.advance(3_599_999);
    expect(written).toHaveLength(1);
    await clock.advance(1);
    expect(written.slice(1)).toEqual(['1 more within an hour']);
  });

  it('whose number cannot be written are lost, and nothing else', async () => {
    const clock = new VirtualClock();
    const refusals = new Refusals(clock, () => Promise.reject(new Error('no database')));
    const act: Act = { id: '1', by: { name: 'carla', role: 'clerk' }, route: 'POST /v1/people', bodyDigest: undefined };
    for (let n = 0; n < 11; n += 1) await refusals.note(act, 'refused 400', async () => {});
    await clock.advance(3_600_000);
    await expect(refusals.close()).resolves.toBeUndefined();
  });
});
