import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openEcrDoor, type RegisterOfShop } from '../../../server/ecr/ecr-door.ts';
import { open } from '../http/api.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';
import { last, payment, Register, totals } from './register.ts';

const T = '12345678';
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A service with an open door for cash registers on loopback. */
async function withDoor(...more: readonly RegisterOfShop[]) {
  const base = await open();
  const { world, merchant } = base;
  const registers = [{ terminal: T, merchant: merchant.id, customerInText: false }, ...more];
  const door = await openEcrDoor(world.service, world.clock, registers, { host: '127.0.0.1', port: 0 });
  ends.push(() => door.close());
  const plug = async () => {
    const socket = connect({ host: '127.0.0.1', port: door.port });
    ends.push(() => socket.destroy());
    await once(socket, 'connect');
    const register: Register = new Register('std', (octets) => void socket.write(octets));
    socket.on('data', (octets) => register.hear(octets));
    const hears = (count: number) =>
      expect.poll(() => register.heard.filter(({ kind }) => kind !== 'progress').length).toBe(count);
    return { register, socket, hears };
  };
  return { ...base, door, plug };
}

describe('the door for cash registers', () => {
  it('takes a payment of a customer whom the shop names through the API', async () => {
    const { world, customer, call, plug } = await withDoor();
    const named = await call('POST', `/v1/registers/${T}/customer`, { customer: CUSTOMER_NUMBER });
    expect(named).toMatchObject({ status: 200, body: { terminal: T, customer: CUSTOMER_NUMBER } });
    expect(Date.parse(named.body.until)).toBe(world.clock.now() + 120_000);
    expect((await call('GET', '/v1/merchant')).body.registers).toEqual([T]);
    const { register, hears } = await plug();
    register.ask(payment(T, 1_250));
    await hears(1);
    await expect.poll(async () => (await call('GET', '/v1/payments')).body.payments[0]?.state).toBe('REQUESTED');
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(4_000);
    await hears(2);
    expect(register.heard.at(-1)).toMatchObject({ kind: 'message', text: expect.stringMatching(/^123456780E00/) });
  });

  it('names nobody for a register of another shop, or of none', async () => {
    const { world, call } = await withDoor();
    const other = await world.merchant();
    const body = { customer: CUSTOMER_NUMBER };
    expect((await call('POST', `/v1/registers/${T}/customer`, body, other.apiKey)).status).toBe(404);
    expect((await call('POST', '/v1/registers/00000001/customer', body)).status).toBe(404);
    expect((await call('POST', '/v1/registers/1/customer', body)).status).toBe(400);
    expect((await call('POST', `/v1/registers/${T}/customer`, { customer: '1' })).status).toBe(400);
    expect((await call('POST', `/v1/registers/${T}/customer`, body, world.adminKey)).status).toBe(401);
  });

  it('answers terminal 00000000 where there is one register, and refuses it where there are two', async () => {
    const one = await (await withDoor()).plug();
    one.register.ask(totals('00000000'));
    await one.hears(2);
    expect(one.register.heard).toMatchObject([{ kind: 'ack' }, { text: expect.stringMatching(/^000000000T00/) }]);
    const two = await (await withDoor({ terminal: '00000009', merchant: 1, customerInText: true })).plug();
    two.register.ask(totals('00000000'));
    two.register.ask(totals('00000009'));
    await two.hears(3);
    expect(two.register.heard).toMatchObject([{ kind: 'nak' }, { kind: 'ack' }, { kind: 'message' }]);
  });

  it('serves several registers at once, and goes on when one breaks off', async () => {
    const { plug } = await withDoor();
    const [first, second] = [await plug(), await plug()];
    first.socket.resetAndDestroy();
    second.register.ask(last(T));
    await second.hears(2);
  });

  it('opens for known merchants, and ends with its connections', async () => {
    const { world, door, plug } = await withDoor();
    const wrong = [{ terminal: '00000009', merchant: 99, customerInText: false }];
    await expect(openEcrDoor(world.service, world.clock, wrong, { host: '127.0.0.1', port: 0 })).rejects.toThrow(
      'there is no merchant 99',
    );
    await expect(openEcrDoor(world.service, world.clock, [], { host: '127.0.0.1', port: door.port })).rejects.toThrow(
      'EADDRINUSE',
    );
    const { socket } = await plug();
    const closed = once(socket, 'close');
    await door.close();
    await closed;
  });
});
