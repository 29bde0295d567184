import { beforeEach, describe, expect, test } from 'vitest';
import {
  createPool,
  type IncomingSms,
  type ModemPool,
  type PoolMember,
  type SendOutcome,
} from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok } from '../scripted-modem.ts';
import { type Bench, createBench, deliverPdus } from './bench.ts';

let clock: VirtualClock;
let first: Bench;
let second: Bench;

beforeEach(() => {
  clock = new VirtualClock();
  first = createBench(clock);
  second = createBench(clock);
});

async function open(options: readonly [Partial<PoolMember>, Partial<PoolMember>] = [{}, {}]): Promise<ModemPool> {
  const members = [
    { modem: await first.open(), ...options[0] },
    { modem: await second.open(), ...options[1] },
  ];
  return createPool(members, clock);
}

const sms = (id: number | string, destination = '+393331234567') =>
  ({ id: `${id}`, destination, content: { kind: 'text', text: `${id}` } }) as const;
const sendAll = (pool: ModemPool, count: number): Promise<SendOutcome[]> =>
  first.run(Promise.all(Array.from({ length: count }, (_, index) => pool.send(sms(index)))));
const typedBy = ({ script }: Bench) => script.typed.filter((typed) => typed.endsWith('^Z'));

/** From now on each message takes so long. */
function slow(bench: Bench, delayMs: number): void {
  bench.script.when(/\^Z$/, () => {
    clock.after(delayMs, () => bench.script.say(ok('+CMGS: 1')));
    return undefined;
  });
}

describe('a pool', () => {
  test('shares the work among its modems', async () => {
    slow(first, 2_500);
    slow(second, 2_500);
    const pool = await open();
    const start = clock.now();
    const outcomes = await sendAll(pool, 20);
    expect(outcomes.every(({ kind }) => kind === 'sent')).toBe(true);
    expect([typedBy(first).length, typedBy(second).length]).toEqual([10, 10]);
    expect(clock.now() - start).toBe(25_000);
  });

  test('prefers the modem for the prefix, and refuses what is for none', async () => {
    const pool = await open([{ prefixes: ['+39'] }, { prefixes: ['+44'] }]);
    await first.run(pool.send(sms(1, '+447700900000')));
    await first.run(pool.send(sms(2, '+393330000000')));
    expect([typedBy(first).length, typedBy(second).length]).toEqual([1, 1]);
    expect(await pool.send(sms(3, '+33123456789'))).toMatchObject({ kind: 'failed', retry: false });
  });

  test('keeps to the rate of a modem', async () => {
    const pool = await open([{ perMinute: 6 }, { prefixes: ['+1'] }]);
    const start = clock.now();
    await sendAll(pool, 4);
    expect(clock.now() - start).toBe(30_000);
  });

  test('gives what one modem refused to the other', async () => {
    first.script.when(/\^Z$/, line('+CMS ERROR: 512'));
    const pool = await open();
    const outcomes = await sendAll(pool, 4);
    expect(outcomes.every(({ kind }) => kind === 'sent')).toBe(true);
    expect(typedBy(second)).toHaveLength(4);
  });

  test('fails what every modem refused, and what no other modem would take either', async () => {
    for (const bench of [first, second]) bench.script.when(/\^Z$/, line('+CMS ERROR: 512'));
    const pool = await open();
    expect(await first.run(pool.send(sms(1)))).toMatchObject({ kind: 'failed', retry: true });
    for (const bench of [first, second]) bench.script.when(/\^Z$/, line('+CMS ERROR: 1'));
    const before = typedBy(first).length + typedBy(second).length;
    expect(await first.run(pool.send(sms(2)))).toMatchObject({ kind: 'failed', retry: false });
    expect(typedBy(first).length + typedBy(second).length - before).toBe(1);
  });

  test('loses nothing and sends nothing twice when a modem is unplugged in the middle of a queue', async () => {
    slow(first, 2_500);
    slow(second, 2_500);
    const pool = await open();
    const sending = Promise.all(Array.from({ length: 20 }, (_, index) => pool.send(sms(index))));
    await clock.advance(6_000);
    first.unplug();
    first.script.when('AT', undefined);
    const kinds = (await second.run(sending)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'unknown')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'sent')).toHaveLength(19);
    const typed = [...typedBy(first), ...typedBy(second)];
    expect(new Set(typed).size).toBe(typed.length);
    await pool.close();
  });

  test('fails after a minute without a ready modem', async () => {
    const pool = await open();
    for (const bench of [first, second]) {
      bench.script.when('AT', undefined);
      bench.unplug();
    }
    await clock.advance(0);
    const start = clock.now();
    expect(await first.run(pool.send(sms(1)))).toMatchObject({ kind: 'failed', retry: true });
    expect(clock.now() - start).toBe(60_000);
    // It has failed: it is not sent when a modem is there again.
    first.script.when('AT', ok());
    await clock.advance(60_000);
    expect([pool.members[0]?.modem.state.kind, typedBy(first)]).toEqual(['ready', []]);
    await pool.close();
    expect(await pool.send(sms(2))).toMatchObject({ kind: 'failed' });
  });

  test('keeps what waits for one ready modem, though another one is lost', async () => {
    slow(first, 100_000);
    const pool = await open();
    second.script.when('AT', undefined);
    second.unplug();
    await clock.advance(0);
    const outcomes = await sendAll(pool, 2);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    await pool.close();
  });

  test('takes 10,000 messages that wait, and no more', async () => {
    const pool = await open();
    for (const bench of [first, second]) {
      bench.script.when('AT', undefined);
      bench.unplug();
    }
    await clock.advance(0);
    const outcomes = Array.from({ length: 10_000 }, (_, id) => pool.send(sms(id)));
    expect(await pool.send(sms('one more'))).toEqual({
      ...{ kind: 'failed', reason: '10000 messages are waiting already', retry: true },
    });
    await first.run(pool.close());
    expect(await Promise.all(outcomes)).toHaveLength(10_000);
    expect(clock.next).toBeUndefined();
  });

  test('prefers the longest prefix, and a modem for a prefix to one for any', async () => {
    const pool = await open([{ prefixes: ['+39', '+44'] }, { prefixes: ['+3933', '+4'] }]);
    for (const [id, destination] of ['+393331', '+393332', '+441', '+391'].entries()) {
      await first.run(pool.send(sms(id, destination)));
    }
    expect([typedBy(first).length, typedBy(second).length]).toEqual([2, 2]);
    const [any, some] = [createBench(clock), createBench(clock)];
    const mixed = createPool([{ modem: await any.open() }, { modem: await some.open(), prefixes: ['+39'] }], clock);
    await any.run(mixed.send(sms(5)));
    await any.run(mixed.send(sms(6)));
    await any.run(mixed.send(sms(7, '+44')));
    expect([typedBy(any).length, typedBy(some).length]).toEqual([1, 2]);
    const [all, abroad] = [createBench(clock), createBench(clock)];
    const other = createPool([{ modem: await all.open() }, { modem: await abroad.open(), prefixes: ['+'] }], clock);
    for (const id of [8, 9]) await all.run(other.send(sms(id)));
    expect([typedBy(all).length, typedBy(abroad).length]).toEqual([0, 2]);
  });

  test('gives one message after the other to the modem that sent least', async () => {
    const pool = await open();
    for (let id = 1; id <= 4; id += 1) await first.run(pool.send(sms(id)));
    expect([typedBy(first).length, typedBy(second).length]).toEqual([2, 2]);
  });

  test('asks a modem that failed last, until it has sent one again', async () => {
    first.script.when(/\^Z$/, line('+CMS ERROR: 512'), ok('+CMGS: 1'));
    const pool = await open();
    const typed = () => [typedBy(first).length, typedBy(second).length];
    await first.run(pool.send(sms(1)));
    await first.run(pool.send(sms(2)));
    expect(typed()).toEqual([1, 2]);
    await first.run(Promise.all([pool.send(sms(3)), pool.send(sms(4))]));
    expect(typed()).toEqual([2, 3]);
    await first.run(pool.send(sms(5)));
    expect(typed()).toEqual([3, 3]);
  });

  test('sends what one modem refused before all that wait', async () => {
    first.script.when(/\^Z$/, () => {
      clock.after(1_000, () => first.script.say(line('+CMS ERROR: 512')));
      return undefined;
    });
    slow(second, 2_000);
    const pool = await open();
    const order: string[] = [];
    const sending = ['a', 'b', 'c', 'd'].map(async (id) => {
      await pool.send(sms(id));
      order.push(id);
    });
    await first.run(Promise.all(sending));
    expect(order).toEqual(['b', 'a', 'd', 'c']);
  });

  test('sends what waits as soon as a modem is ready again', async () => {
    const pool = await open();
    for (const bench of [first, second]) bench.unplug();
    await clock.advance(0);
    const start = clock.now();
    expect(await first.run(pool.send(sms(1)))).toMatchObject({ kind: 'sent' });
    expect(clock.now() - start).toBeLessThan(5_000);
  });

  test('does not fail what a modem is sending when the network is lost meanwhile', async () => {
    slow(first, 100_000);
    const pool = createPool([{ modem: await first.open() }], clock);
    const start = clock.now();
    const sending = pool.send(sms(1));
    await clock.advance(10_000);
    first.script.when('AT+CREG?', ok('+CREG: 1,2')).say(line('+CREG: 2'));
    expect(await first.run(sending)).toMatchObject({ kind: 'sent' });
    expect(clock.now() - start).toBe(100_000);
  });

  test('fails what waited behind a long message once no modem was ready for a minute', async () => {
    slow(first, 100_000);
    const pool = createPool([{ modem: await first.open() }], clock);
    const start = clock.now();
    const [sending, waiting] = [pool.send(sms(1)), pool.send(sms(2))];
    await clock.advance(70_000);
    first.script.when('AT', undefined);
    first.unplug();
    expect(await first.run(sending)).toMatchObject({ kind: 'unknown' });
    expect(await first.run(waiting)).toMatchObject({ kind: 'failed', reason: 'no modem of the pool is ready' });
    expect(clock.now() - start).toBe(120_000);
  });

  test('that is closed gives nothing to another modem, and fails what waits', async () => {
    first.script.when(/\^Z$/, () => {
      clock.after(1_000, () => first.script.say(line('+CMS ERROR: 512')));
      return undefined;
    });
    slow(second, 1_500);
    const pool = await open();
    const start = clock.now();
    const outcomes = ['a', 'b', 'c'].map((id) => pool.send(sms(id)));
    await clock.advance(100);
    await first.run(pool.close());
    const kinds = (await first.run(Promise.all(outcomes))).map(({ kind }) => kind);
    expect(kinds[2]).toBe('failed');
    expect(typedBy(second)).toHaveLength(1);
    expect(clock.now() - start).toBeLessThan(10_000);
  });

  test('that is closed meanwhile gives what a modem refuses then to no other', async () => {
    const sending = Promise.withResolvers<SendOutcome>();
    const asked: string[] = [];
    const member = (name: string): PoolMember => ({
      modem: {
        state: { kind: 'ready', registration: 'home' },
        onState: () => () => {},
        send: () => {
          asked.push(name);
          return sending.promise;
        },
        receive() {},
        close: async () => {},
      },
    });
    const pool = createPool([member('first'), member('second')], clock);
    const outcome = pool.send(sms(1));
    await pool.close();
    const refusal = { kind: 'failed', reason: '+CMS ERROR: 512', retry: true } as const;
    sending.resolve(refusal);
    expect([await outcome, asked]).toEqual([refusal, ['first']]);
  });

  test('says why it takes no message, and whether it may be sent again', async () => {
    const pool = await open([{ prefixes: ['+39'] }, { prefixes: ['+44'] }]);
    expect(await pool.send(sms(1, '+1555'))).toEqual({
      ...{ kind: 'failed', reason: 'no modem of the pool is for +1555', retry: false },
    });
    for (const bench of [first, second]) bench.unplug();
    const waiting = Array.from({ length: 5 }, (_, index) => pool.send(sms(index)));
    await first.run(pool.close());
    expect((await Promise.all(waiting)).at(-1)).toEqual({ kind: 'failed', reason: 'the pool was closed', retry: true });
    expect(await pool.send(sms('late'))).toEqual({ kind: 'failed', reason: 'the pool is closed', retry: true });
  });

  test('receives from all its modems', async () => {
    const pool = await open();
    const received: IncomingSms[] = [];
    pool.receive({
      message: async (message) => {
        received.push(message);
      },
      report() {},
    });
    for (const bench of [first, second]) {
      bench.stored.set(1, deliverPdus('39333', { kind: 'text', text: 'Hello' })[0] ?? '');
      bench.script.say(line('+CMTI: "SM",1'));
    }
    await clock.advance(1_000);
    expect(received).toHaveLength(2);
  });
});
