import { describe, expect, it } from 'vitest';
import { rows } from '../database.ts';
import { runTwice } from '../run-twice.ts';
import { shop } from '../world.ts';

/** A service whose operators deposit up to EUR 10.00 alone, and two treasurers who ask its API. */
async function office() {
  const base = await shop('four eyes', { limits: { fourEyesAbove: 1_000 } });
  const { world, customer } = base;
  const { service } = world;
  const keys = new Map<string, string>();
  for (const name of ['anna', 'bruno']) {
    keys.set(name, (await service.operators.add({ name, role: 'treasurer' })).apiKey);
  }
  const ask = async (by: string, method: 'GET' | 'POST', url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${keys.get(by) ?? by}` };
    const response = await service.http.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
    return { status: response.statusCode, body: response.json() };
  };
  const url = `/v1/people/${customer.person.id}/deposits`;
  const deposit = (by: string, minor: number, reference = 'r') =>
    ask(by, 'POST', url, { amount: { minor, currency: 'EUR' }, reference });
  const before = (await service.holdings(customer.person.id))[0]?.minor ?? 0;
  const booked = async () => ((await service.holdings(customer.person.id))[0]?.minor ?? 0) - before;
  return { ...base, ask, deposit, booked };
}

describe('a deposit above the limit of one operator alone', () => {
  it('is booked when another operator confirms it, once', async () => {
    const { world, ask, deposit, booked } = await office();
    expect((await deposit('anna', 1_000, 'at-the-limit')).status).toBe(201);
    const asked = await deposit('anna', 1_001);
    expect(asked).toMatchObject({ status: 202, body: { pending: 1, repeated: false, reference: 'r' } });
    expect(await booked()).toBe(1_000);
    expect((await ask('bruno', 'GET', '/v1/deposits/pending')).body.deposits).toEqual([
      {
        ...{ id: 1, personId: 1, reference: 'r', amount: { minor: 1_001, currency: 'EUR' }, askedBy: 'anna' },
        askedAt: new Date(world.clock.now()).toISOString(),
      },
    ]);
    const done = await ask('bruno', 'POST', '/v1/deposits/1/confirm');
    expect(done).toMatchObject({ status: 200, body: { repeated: false, amount: { minor: 1_001 }, reference: 'r' } });
    expect(await booked()).toBe(2_001);
    expect((await ask('bruno', 'GET', '/v1/deposits/pending')).body.deposits).toEqual([]);
    expect(await ask('bruno', 'POST', '/v1/deposits/1/confirm')).toMatchObject({
      status: 200,
      body: { repeated: true },
    });
    expect(await deposit('anna', 1_001)).toMatchObject({ status: 200, body: { repeated: true } });
    expect(await booked()).toBe(2_001);
    await world.service.close();
    expect(await world.breaches()).toEqual([]);
  });

  it('is also one that is above it with the others of the day, whoever made them', async () => {
    const { world, ask, deposit, booked } = await office();
    expect((await deposit('anna', 600, 'a')).status).toBe(201);
    expect((await deposit('bruno', 400, 'b')).status).toBe(201);
    expect((await deposit('anna', 600, 'a')).status).toBe(200);
    expect((await deposit('anna', 1, 'c')).status).toBe(202);
    expect(await booked()).toBe(1_000);
    // What two operators know of does not count, nor what a program deposits.
    expect((await ask('bruno', 'POST', '/v1/deposits/1/confirm')).status).toBe(200);
    await world.service.deposit(1, { minor: 50_000, currency: 'EUR' }, 'by a program');
    expect((await deposit('anna', 1, 'last')).status).toBe(202);
    const midnight = Math.ceil((world.clock.now() + 1) / 86_400_000) * 86_400_000;
    await world.clock.advance(midnight - 1 - world.clock.now());
    expect((await deposit('anna', 1, 'just-before-midnight')).status).toBe(202);
    await world.clock.advance(1);
    expect((await deposit('anna', 1_000, 'the-next-day')).status).toBe(201);
    // What was booked in the first millisecond of a day is of that day.
    expect((await deposit('anna', 1, 'one-more')).status).toBe(202);
  });

  it('is also one that is above it with those of the day in other currencies, unit by unit; for another person it is counted apart', async () => {
    const { world, ask } = await office();
    const other = await world.service.addPerson({ number: '+393400000009', name: 'Carla', language: 'it' });
    const give = async (person: number, minor: number, currency: string) => {
      const payload = { amount: { minor, currency }, reference: `${minor}-${currency}` };
      return (await ask('anna', 'POST', `/v1/people/${person}/deposits`, payload)).status;
    };
    expect([await give(1, 400, 'EUR'), await give(1, 300, 'USD'), await give(1, 300, 'JPY')]).toEqual([201, 201, 201]);
    for (const currency of ['EUR', 'USD', 'JPY', 'GBP']) expect(await give(1, 1, currency)).toBe(202);
    expect([await give(other.id, 1_000, 'EUR'), await give(other.id, 1, 'JPY')]).toEqual([201, 202]);
  });

  it('that came at the same time as another one is refused, and waits for a confirmation when it comes again', async () => {
    const { deposit, booked } = await office();
    const both = await Promise.all([deposit('anna', 600, 'a'), deposit('bruno', 600, 'b')]);
    // The second one is refused when it finds the first one's sum at its own, and waits at once when it began later.
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, expect.toBeOneOf([202, 409])]);
    expect(await booked()).toBe(600);
    const again = await Promise.all([deposit('anna', 600, 'a'), deposit('bruno', 600, 'b')]);
    expect(again.map(({ status }) => status).toSorted()).toEqual([200, 202]);
  });

  it('is never confirmed by who asked for it, also with another key or after a restart', async () => {
    const { world, ask, deposit, booked } = await office();
    await deposit('anna', 1_001);
    const refused = await ask('anna', 'POST', '/v1/deposits/1/confirm');
    expect(refused).toMatchObject({ status: 403, body: { type: 'urn:cash-mobile:problem:forbidden' } });
    expect(refused.body.detail).toBe('anna asked for this deposit of EUR 10.01: another operator confirms it');
    const { apiKey } = await world.service.operators.rotate('anna');
    expect((await ask(apiKey, 'POST', '/v1/deposits/1/confirm')).status).toBe(403);
    // The key of the key file and an operator "admin" are one person.
    const other = await world.service.operators.add({ name: 'admin', role: 'admin' });
    await deposit(world.adminKey, 1_002, 's');
    expect((await ask(other.apiKey, 'POST', '/v1/deposits/2/confirm')).status).toBe(403);
    expect(await booked()).toBe(0);
  });

  it('is refused with the reference of one that waits, when its sum or its currency is another', async () => {
    const { ask, customer, deposit } = await office();
    expect((await deposit('anna', 1_001)).status).toBe(202);
    expect((await deposit('anna', 1_002)).status).toBe(409);
    const other = { amount: { minor: 1_001, currency: 'USD' }, reference: 'r' };
    expect((await ask('anna', 'POST', `/v1/people/${customer.person.id}/deposits`, other)).status).toBe(409);
  });

  it('waits once, whoever asks again', async () => {
    const { ask, deposit } = await office();
    for (const by of ['anna', 'anna', 'bruno']) {
      expect(await deposit(by, 1_001)).toMatchObject({ status: 202, body: { pending: 1 } });
    }
    expect((await ask('bruno', 'POST', '/v1/deposits/1/confirm')).status).toBe(200);
  });

  it.each([
    ['the reference waits with another amount', 1_001, 1_002],
    ['the reference waits, and the amount needs no confirmation', 1_001, 500],
    ['the reference was booked with an amount that needed none', 500, 1_001],
  ])('409 when %s', async (_, first, second) => {
    const { ask, deposit, booked } = await office();
    await deposit('anna', first);
    const answer = await deposit('anna', second);
    expect([answer.status, answer.body.type]).toEqual([409, 'urn:cash-mobile:problem:conflict']);
    expect(await booked()).toBe(first === 500 ? 500 : 0);
    expect((await ask('anna', 'GET', '/v1/deposits/pending')).body.deposits).toHaveLength(first === 500 ? 0 : 1);
  });

  it('is rejected by either, and the reference is free again; not after its confirmation', async () => {
    const { ask, deposit, booked } = await office();
    await deposit('anna', 1_001);
    expect(await ask('anna', 'POST', '/v1/deposits/1/reject')).toMatchObject({ status: 200, body: { id: 1 } });
    expect((await ask('bruno', 'POST', '/v1/deposits/1/confirm')).status).toBe(404);
    const { body } = await deposit('bruno', 1_002);
    expect((await ask('anna', 'POST', `/v1/deposits/${body.pending}/confirm`)).status).toBe(200);
    expect((await ask('anna', 'POST', `/v1/deposits/${body.pending}/reject`)).status).toBe(409);
    expect(await booked()).toBe(1_002);
  });

  it('is booked once when both transactions run twice, and two confirm at once', async () => {
    const { world, ask, deposit, booked } = await office();
    world.body = runTwice(() => 'kept');
    expect((await deposit('anna', 1_001)).status).toBe(202);
    const carla = await world.service.operators.add({ name: 'carla', role: 'treasurer' });
    const confirm = (by: string) => ask(by, 'POST', '/v1/deposits/1/confirm');
    expect((await Promise.all([confirm('bruno'), confirm(carla.apiKey)])).map(({ status }) => status)).toEqual([
      200, 200,
    ]);
    expect(await booked()).toBe(1_001);
  });

  it('of a program that has the service as a library needs no confirmation, then or when an operator asks for it again', async () => {
    const { world, customer, ask, deposit, booked } = await office();
    await world.service.deposit(customer.person.id, { minor: 5_000, currency: 'EUR' }, 'program');
    expect(await booked()).toBe(5_000);
    expect(await deposit('anna', 5_000, 'program')).toMatchObject({ status: 200, body: { repeated: true } });
    expect((await ask('bruno', 'GET', '/v1/deposits/pending')).body.deposits).toEqual([]);
    const nothing = world.service.deposit(customer.person.id, { minor: 0, currency: 'EUR' }, 'nothing');
    await expect(nothing).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('deposits of one operator for many people', () => {
  /** Deposits of EUR 10.00, each for another person, by one operator after the other. */
  async function splitting() {
    const made = await office();
    const { world, ask } = made;
    const people: number[] = [];
    for (let n = 0; n < 13; n += 1) {
      const number = `+3934001000${10 + n}`;
      people.push((await world.service.addPerson({ number, name: 'X', language: 'it' })).id);
    }
    const give = async (by: string, place: number, minor = 1_000, reference = 'split', currency = 'EUR') => {
      const amount = { minor, currency };
      return ask(by, 'POST', `/v1/people/${people[place]}/deposits`, { amount, reference });
    };
    return { ...made, give };
  }

  it('need a second one above ten times the limit of one person, exactly; another operator and the next day begin anew', async () => {
    const { world, ask, give } = await splitting();
    for (let n = 0; n < 10; n += 1) expect((await give('anna', n)).status).toBe(201);
    expect((await give('anna', 0)).status).toBe(200);
    expect((await give('anna', 10, 1)).status).toBe(202);
    expect((await give('bruno', 11)).status).toBe(201);
    // What a second one confirmed does not count, and is one no longer that waits.
    expect((await ask('bruno', 'POST', '/v1/deposits/1/confirm')).status).toBe(200);
    expect((await give('bruno', 12)).status).toBe(201);
    const midnight = Math.ceil((world.clock.now() + 1) / 86_400_000) * 86_400_000;
    await world.clock.advance(midnight - world.clock.now());
    for (let n = 0; n < 10; n += 1) expect((await give('anna', n, 1_000, 'next-day')).status).toBe(201);
    expect((await give('anna', 10, 1, 'next-day')).status).toBe(202);
  });

  it('are refused to a clerk, who hears why', async () => {
    const { world, give } = await splitting();
    const { apiKey } = await world.service.operators.add({ name: 'dora', role: 'clerk' });
    for (let n = 0; n < 10; n += 1) expect((await give(apiKey, n)).status).toBe(201);
    const { status, body } = await give(apiKey, 10);
    expect([status, body.detail]).toEqual([
      403,
      'dora has the role clerk: above EUR 100.00 by one operator within a day, all currencies together, a deposit needs the role treasurer',
    ]);
    // What was booked before is nothing new, and needs nobody.
    expect((await give(apiKey, 0)).status).toBe(200);
  });

  it('count in all currencies together', async () => {
    const { give } = await splitting();
    for (let n = 0; n < 10; n += 1) {
      const currency = ['EUR', 'USD', 'JPY'][n % 3];
      expect((await give('anna', n, 1_000, 'split', currency)).status).toBe(201);
    }
    for (const currency of ['EUR', 'USD', 'JPY', 'GBP'])
      expect((await give('anna', 10, 1, currency, currency)).status).toBe(202);
  });

  it('count for all who are one pair of eyes: an admin, whose keys they made, and whose keys those made', async () => {
    const { world, ask, give } = await splitting();
    const { service } = world;
    const chief = await service.operators.add({ name: 'chief', role: 'admin' });
    const keys = [chief.apiKey];
    for (const name of ['carla', 'dora', 'elsa']) {
      const added = await ask(chief.apiKey, 'POST', '/v1/operators', { name, role: 'treasurer' });
      keys.push(added.body.apiKey);
    }
    const elsa = (await ask(keys[3] ?? '', 'POST', '/v1/operator/rotate-key')).body;
    keys[3] = elsa.apiKey;
    for (let n = 0; n < 10; n += 1) expect((await give(keys[n % 4] ?? '', n)).status).toBe(201);
    for (const key of keys) expect((await give(key, 10, 1)).status).toBe(202);
    expect((await give('anna', 11)).status).toBe(201);
    // Who is confirmed has a sum of their own from then on; what was deposited before stays with the others.
    const path = '/v1/operators/elsa/confirm';
    expect((await ask('bruno', 'POST', path, { fingerprint: elsa.fingerprint })).status).toBe(200);
    expect((await give(elsa.apiKey, 12)).status).toBe(201);
    expect((await give(chief.apiKey, 10, 1, 'again')).status).toBe(202);
  });

  it('keep sums of two days', async () => {
    const { world, give } = await splitting();
    for (let day = 0; day < 4; day += 1) {
      for (const [by, place] of [
        ['anna', 0],
        ['bruno', 0],
        ['anna', 1],
      ] as const)
        expect((await give(by, place, 100, `${by}-${day}`)).status).toBe(201);
      await world.clock.advance(86_400_000);
    }
    const kept = await rows(world.database, 'SELECT whose, minor FROM deposited_alone ORDER BY whose, day');
    const twice = (whose: string, minor: number) => [
      { whose, minor },
      { whose, minor },
    ];
    expect(kept).toEqual([
      ...[...twice('operator:anna', 200), ...twice('operator:bruno', 100)],
      ...[...twice('person:2', 200), ...twice('person:3', 100)],
    ]);
  });

  it('in one moment: what is booked without a second one stays within the limit', async () => {
    const { give } = await splitting();
    const answers = await Promise.all(Array.from({ length: 13 }, (_, n) => give('anna', n)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 409 || status === 202)).toHaveLength(3);
  });
});
