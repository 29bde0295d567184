import { describe, expect, it } from 'vitest';
import type { ModemState } from '../../../modem/index.ts';
import type { ModemStanding } from '../../../server/index.ts';
import { FakeModem, LOST, READY } from '../fake-modem.ts';
import { PIN, shop } from '../world.ts';

const SEARCHING: ModemState = { kind: 'searching', registration: 'searching' };

/** A shop whose service watches two modems. */
async function withModems() {
  const first = new FakeModem('/dev/ttyUSB0');
  const second = new FakeModem('/dev/ttyUSB1');
  const base = await shop('modems', { modems: [first, second] });
  const get = async (url: string) => {
    const response = await base.world.service.http.inject({ url });
    return { code: response.statusCode, body: response.json() };
  };
  return { ...base, first, second, get };
}

describe('health', () => {
  it.each([
    ['both are ready', READY, READY, 'ok', 200],
    ['one is lost', LOST, READY, 'degraded', 200],
    ['the other is lost', READY, LOST, 'degraded', 200],
    ['both are lost', LOST, LOST, 'no-modem', 503],
    ['none has a network', SEARCHING, SEARCHING, 'no-modem', 503],
    ['the SIM is locked', LOST, { kind: 'locked', reason: 'SIM PIN' } as const, 'no-modem', 503],
  ])('when %s', async (_, one, other, status, code) => {
    const { first, second, get } = await withModems();
    first.become(one);
    second.become(other);
    expect(await get('/health')).toMatchObject({ code: 200, body: { status } });
    expect(await get('/health/ready')).toMatchObject({ code, body: { status } });
    expect(await get('/health/live')).toEqual({ code: 200, body: { status: 'ok' } });
  });

  it('says of each modem how it stands, and since when', async () => {
    const { world, first, get } = await withModems();
    const opened = (await get('/health')).body.modems[1].since;
    await world.clock.advance(7_000);
    first.become(LOST);
    const since = new Date(world.clock.now()).toISOString();
    await world.clock.advance(5_000);
    expect((await get('/health')).body.modems).toEqual([
      { port: '/dev/ttyUSB0', state: 'lost', detail: 'lost: the line is gone', since },
      { port: '/dev/ttyUSB1', state: 'ready', detail: 'ready: home', since: opened },
    ]);
  });

  it('of a service that watches no modem is well', async () => {
    const { world } = await shop();
    const response = await world.service.http.inject({ url: '/health/ready' });
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'ok', modems: [], elsewhere: 0 }]);
  });

  it('can be waited for: answers as soon as the status is another one, or when the wait is over', async () => {
    const { world, first, second, get } = await withModems();
    const answers: string[] = [];
    const ask = async () => answers.push((await get('/health?not=ok&wait=30')).body.status);
    void ask();
    await world.clock.advance(10_000);
    expect(answers).toEqual([]);
    first.become(READY);
    await world.clock.advance(1_000);
    expect(answers).toEqual([]);
    second.become(LOST);
    await world.clock.advance(1);
    expect(answers).toEqual(['degraded']);
    void ask();
    await world.clock.advance(1);
    expect(answers).toEqual(['degraded', 'degraded']);
    second.become(READY);
    void ask();
    await world.clock.advance(30_000);
    expect(answers).toEqual(['degraded', 'degraded', 'ok']);
  });

  it.each(['wait=61', 'wait=-1', 'not=well'])('refuses ?%s', async (query) => {
    const { get } = await withModems();
    expect((await get(`/health?${query}`)).code).toBe(400);
  });
});

describe('a service whose modems are gone', () => {
  it('takes requests, hands nothing to the bearer, and sends as soon as one is back', async () => {
    const { world, customer, merchant, first, second } = await withModems();
    first.become(LOST);
    second.become(SEARCHING);
    const sent = world.air.sent.length;
    const payment = await world.request(merchant);
    expect(payment.state).toBe('REQUESTED');
    await world.clock.advance(15_000);
    expect(world.air.sent).toHaveLength(sent);
    second.become(READY);
    await world.clock.advance(2_000);
    expect(world.air.sent).toHaveLength(sent + 1);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
  });

  it('keeps a receipt for an hour without a modem', async () => {
    const { world, customer, merchant, first, second } = await withModems();
    await world.request(merchant);
    await world.clock.advance(2_000);
    first.become(LOST);
    second.become(LOST);
    customer.phone.approve(PIN);
    await world.clock.advance(3_600_000);
    first.become(READY);
    await world.clock.advance(2_000);
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
  });

  it('tells every change, and after its end hears of the modems no more', async () => {
    const { world, first, second } = await withModems();
    const heard: ModemStanding[] = [];
    const stop = world.service.modems.onChange((standing) => heard.push(standing));
    first.become(LOST);
    second.become(READY);
    expect(heard.map(({ port, state }) => [port, state])).toEqual([
      ['/dev/ttyUSB0', 'lost'],
      ['/dev/ttyUSB1', 'ready'],
    ]);
    stop();
    first.become(READY);
    expect(heard).toHaveLength(2);
    await world.service.close();
    expect([first.listeners, second.listeners]).toEqual([0, 0]);
  });
});
