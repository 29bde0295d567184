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
    await pool.close();
    expect(await pool.send(sms(2))).toMatchObject({ kind: 'failed' });
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
