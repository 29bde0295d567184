import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RailOrder } from '../../../server/index.ts';
import { exampleRail, type HostLink, memoryLink, VirtualClock } from '../../../sim/index.ts';

const KEY = 'aaaaaaaaaaaaaaaa:charge';
const ORDER = {
  key: KEY,
  kind: 'charge',
  txn: 'aaaaaaaaaaaaaaaa',
  amount: { minor: 1_250, currency: 'EUR' },
  note: '{"from":0}',
} as unknown as RailOrder;

/** A rail whose host says these lines, and what it was asked. */
function rail(...lines: readonly string[]) {
  const clock = new VirtualClock(0);
  const asked: string[] = [];
  const open = new Set<object>();
  const link: HostLink = (line, heard) => {
    asked.push(line);
    const connection = { close: () => void open.delete(connection) };
    open.add(connection);
    clock.after(20, () => {
      for (const answer of lines) if (open.has(connection)) heard(answer);
    });
    return connection;
  };
  const made = exampleRail({ link, clock, secret: 's' });
  return { rail: made, clock, asked, open };
}

it('can what is written here, unless told otherwise', () => {
  const HOUR_MS = 3_600_000;
  expect(rail().rail.capabilities).toEqual({
    maxMinor: 1_000_000,
    refund: 'partial',
    onUnknown: 'inquire',
    keyLifeMs: { charge: 24 * HOUR_MS, refund: 48 * HOUR_MS, reversal: 24 * HOUR_MS },
    timeoutMs: 10_000,
    retryMs: [1_000, 5_000, 30_000, 120_000, 600_000, HOUR_MS, HOUR_MS],
  });
});

const UNKNOWN_WORDS = { kind: 'unknown', reason: 'the host answered in words that the rail does not know' };

describe('an answer', () => {
  it.each([
    [[`${KEY} DONE code=4711`], { kind: 'done', approvalCode: 4_711 }],
    [[`${KEY} DONE code=999999999`], { kind: 'done', approvalCode: 999_999_999 }],
    [[`${KEY} DONE code=1234567890`], UNKNOWN_WORDS],
    [[`${KEY} DONE code=`], UNKNOWN_WORDS],
    [[`${KEY} DECLINED reason=51`], { kind: 'declined', reason: '51' }],
    [[`${KEY} DECLINED reason=${'x'.repeat(20)}`], { kind: 'declined', reason: 'x'.repeat(20) }],
    [[`${KEY} DECLINED reason=${'x'.repeat(21)}`], UNKNOWN_WORDS],
    [[`${KEY} PENDING`], { kind: 'pending', askAgainMs: 600_000 }],
    [[`${KEY} PENDING soon`], UNKNOWN_WORDS],
    [[`${KEY} HELLO`], UNKNOWN_WORDS],
    [['bbbbbbbbbbbbbbbb:charge DECLINED reason=51', `${KEY} DONE code=1`], { kind: 'done', approvalCode: 1 }],
    [[`${KEY} DONE code=1`, `${KEY} DECLINED reason=51`], { kind: 'done', approvalCode: 1 }],
    [[`${KEY}DONE code=1`, `${KEY} DONE code=2`], { kind: 'done', approvalCode: 2 }],
  ])('of the lines %j is %j', async (lines, outcome) => {
    const { rail: tried, clock, asked, open } = rail(...lines);
    expect(await clock.run(tried.send(ORDER))).toEqual(outcome);
    expect(asked).toEqual([`ORDER key=${KEY} kind=charge of=${KEY} minor=1250 currency=EUR`]);
    expect([open.size, clock.now()]).toEqual([0, 20]);
  });

  it('that does not come within 10 s is unknown, and the connection ends', async () => {
    const { rail: tried, clock, open } = rail();
    expect(await clock.run(tried.send(ORDER))).toEqual({
      kind: 'unknown',
      reason: 'the host did not answer in time',
    });
    expect([clock.now(), open.size]).toEqual([10_000, 0]);
  });

  it('to the question what became of an order is its outcome, or that it is absent', async () => {
    const found = rail(`${KEY} PENDING`);
    expect(await found.clock.run(found.rail.inquire?.(ORDER) ?? expect.fail())).toMatchObject({ kind: 'pending' });
    expect(found.asked).toEqual([`ASK key=${KEY}`]);
    const absent = rail(`${KEY} ABSENT`);
    expect(await absent.clock.run(absent.rail.inquire?.(ORDER) ?? expect.fail())).toEqual({
      kind: 'absent',
      final: false,
    });
  });
});

const MOVED = `MOVED key=${KEY} minor=1250 currency=EUR at=7`;

describe('a report', () => {
  it('is its lines, as many as its end says', async () => {
    const { rail: tried, clock, asked, open } = rail(MOVED, MOVED.replace('at=7', 'at=8'), 'END lines=2');
    const line = { key: KEY, amount: { minor: 1_250, currency: 'EUR' } };
    expect(await clock.run(tried.settlement(5, 9))).toEqual([
      { ...line, at: 7 },
      { ...line, at: 8 },
    ]);
    expect([asked, open.size]).toEqual([['REPORT from=5 to=9'], 0]);
  });

  it.each([
    ['too few lines', [MOVED, 'END lines=2'], 'the report cannot be read: END lines=2'],
    ['too many lines', [MOVED, 'END lines=0'], 'the report cannot be read: END lines=0'],
    ['another currency', [MOVED.replace('EUR', 'XXX'), 'END lines=1'], 'the report cannot be read: MOVED key='],
    ['a broken line', [`${'x'.repeat(90)}`], `the report cannot be read: ${'x'.repeat(80)}`],
    ['no end', [MOVED], 'the report did not come in time'],
  ])('with %s is refused, and the connection ends', async (_what, lines, message) => {
    const { rail: tried, clock, open } = rail(...lines);
    const failed = await clock.run(tried.settlement(0, 9)).then(
      () => 'no error',
      (error: unknown) => String(error),
    );
    expect(failed.slice(0, 'Error: '.length + message.length)).toBe(`Error: ${message}`);
    expect(failed).not.toContain('x'.repeat(81));
    expect(open.size).toBe(0);
  });
});

describe('a notice', () => {
  const signed = (text: string, secret = 's') =>
    new TextEncoder().encode(`${text} mac=${createHmac('sha256', secret).update(text).digest('hex')}`);
  const accept = async (message: Uint8Array) => rail().rail.accept?.(message, {});

  it.each([
    ['aaaaaaaaaaaaaaaa:charge'],
    ['aaaaaaaaaaaaaaaa:reversal'],
    ['aaaaaaaaaaaaaaaa:refund-1'],
    ['aaaaaaaaaaaaaaaa:refund-20'],
  ])('about %s is believed when it is signed', async (key) => {
    expect(await accept(signed(`${key} DONE code=1`))).toEqual([{ key, outcome: { kind: 'done', approvalCode: 1 } }]);
    await expect(accept(signed(`${key} DONE code=1`, 'other'))).rejects.toThrow('the notice is not of the host');
  });

  it.each(['aaaaaaaaaaaaaaaa:refund-0', 'aaaaaaaaaaaaaaaa:gift', 'aaaaaaaaaaaaaaa:charge', 'x'])(
    'about %s is refused, though it is signed',
    async (key) => {
      await expect(accept(signed(`${key} DONE code=1`))).rejects.toThrow('the notice is not of the host');
    },
  );
});

it('a link in memory that is closed hears nothing more; each way takes 20 ms', async () => {
  const clock = new VirtualClock(0);
  const heard: string[] = [];
  const link = memoryLink((line, reply) => reply(`${line} at ${clock.now()}`), clock);
  link('one', (line) => heard.push(`${line}, ${clock.now()}`));
  const second = link('two', (line) => heard.push(line));
  await clock.advance(20);
  second.close();
  await clock.advance(100);
  expect(heard).toEqual(['one at 20, 40']);
});
