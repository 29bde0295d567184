import { expect, it } from 'vitest';
import { randomBelow } from '../../../modem/index.ts';
import { cardRail } from '../../../server/index.ts';
import { PRICE, RailTrial } from '../../../sim/hosts/rail-trial.ts';
import { type CardEntry, type CardFault, CardHost, memoryCardLine, seededRandom } from '../../../sim/index.ts';
import { inFull } from '../../in-full.ts';
import { onPostgres, passingDatabase } from '../../server/database.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the host does wrong with one order in two. A reversal that it refuses for good is for a person, and is not among them. */
const FAULTS: readonly CardFault[] = [
  ...(['no-answer', 'answer-lost', 'late', 'slow', 'twice', 'out-of-order', 'cut'] as const),
  'without-terminal',
  ...['68', '91', '94', '96'].map((code) => ({ code })),
];

/** Payments and refunds of some days at a host that misbehaves, until all has come to rest. */
async function storm(seed: string, payments: number) {
  const random = seededRandom(seed);
  const change = { statement: (lines: readonly string[]): readonly string[] => lines };
  const hosts: CardHost[] = [];
  const trial = await RailTrial.open(
    (clock) => {
      const speech = { variant: 'binary', lengthCountsItself: true, tpdu: false } as const;
      const host = new CardHost({ clock, merchant: 'MERCHANT1', speech });
      hosts.push(host);
      const rail = cardRail({
        open: memoryCardLine(host, clock),
        clock,
        dialect: { variant: 'binary', framing: { lengthCountsItself: true } },
        acquirer: '12345',
        merchant: 'MERCHANT1',
        terminals: ['T1', 'T2', 'T3'],
        reversals: 'request',
        cardOf: () => ({ token: '9017' }),
        async statements() {
          const [heading = '', ...lines] = host.statement(0, clock.now()).trimEnd().split('\n');
          return [{ name: 'all', text: [heading, ...change.statement(lines)].join('\n') }];
        },
      });
      return { rail, host };
    },
    await passingDatabase(),
  );
  const [host] = hosts;
  if (host === undefined) throw new Error('there is no host');
  const fault = () => {
    const one = FAULTS[randomBelow(random, 2 * FAULTS.length)];
    if (one !== undefined) host.misbehave(one);
  };
  const begin = trial.clock.now();
  const txns: string[] = [];
  for (let count = 0; count < payments; count += 1) {
    fault();
    const txn = await trial.pay(`order ${count}`);
    txns.push(txn);
    await trial.clock.advance((1 + randomBelow(random, 60)) * 60_000);
    if (randomBelow(random, 4) === 0 && (await trial.service.payment(txn)).state === 'CAPTURED') {
      fault();
      await trial.refund(txn, 'a', 1 + randomBelow(random, PRICE));
    }
  }
  await trial.clock.advance(2 * DAY_MS);
  return { trial, host, txns, begin, change };
}

/** What moved at the host for each payment, by the reference, minor units. */
function movedAt(host: CardHost, txn: string): number {
  const reference = txn.slice(0, 12).toUpperCase();
  const sign = ({ kind, minor }: CardEntry) => (kind === 'purchase' ? minor : -minor);
  const moved = host.entries.filter((entry) => entry.state === 'moved' && entry.reference === reference);
  expect(moved.filter(({ kind }) => kind === 'purchase').length, `charges of ${txn}`).toBeLessThan(2);
  return moved.reduce((sum, entry) => sum + sign(entry), 0);
}

it.each(onPostgres ? ['one'] : inFull(['one', 'two', 'three', 'four'], ['one']))(
  'with a host that misbehaves all ends, nothing is charged twice, and each planted difference is found (seed %s)',
  async (seed) => {
    const { trial, host, txns, begin, change } = await storm(seed, 160);
    const ends = new Set<string>();
    for (const txn of txns) {
      const { state, amount, refunded } = await trial.service.payment(txn);
      ends.add(state);
      const own = state === 'CAPTURED' || state === 'REFUNDED' ? amount.minor - refunded : 0;
      expect(movedAt(host, txn), `${txn} is ${state}`).toBe(own);
    }
    expect([...ends].filter((state) => !['CAPTURED', 'DECLINED', 'REVERSED', 'REFUNDED'].includes(state))).toEqual([]);
    expect(ends.size).toBeGreaterThan(2);
    const numbers = host.entries.map(({ terminal, trace }) => `${terminal} ${trace}`);
    expect(new Set(numbers).size).toBe(numbers.length);

    const days = { rail: 'card', from: Math.floor(begin / DAY_MS) * DAY_MS, to: trial.clock.now() - DAY_MS };
    const reconcile = async () => {
      const [report] = await trial.clock.run(trial.service.reconciliations.compare(days));
      return { matched: report?.matched, kinds: Object.groupBy(report?.findings ?? [], ({ kind }) => kind) };
    };
    const moved = host.entries.filter(({ state }) => state === 'moved').length;
    expect(moved).toBeGreaterThan(55);
    expect(await reconcile()).toEqual({ matched: moved, kinds: {} });

    change.statement = (lines) => [
      ...lines.slice(0, 10).map((line) => line.replace(/,([0-9]+),978,/, (_, minor) => `,${Number(minor) + 1},978,`)),
      ...lines.slice(20, 30).flatMap((line) => [line, line]),
      ...lines
        .slice(30, 40)
        .map((line) => line.replace(/[^,]+$/, (time) => new Date(Date.parse(time) + DAY_MS).toISOString())),
      ...lines.slice(40, 50).flatMap((line, index) => [line, line.replace(/,[0-9]{6},/, `,99999${index},`)]),
      ...lines.slice(50),
    ];
    const { matched, kinds } = await reconcile();
    expect(Object.fromEntries(Object.entries(kinds).map(([kind, found]) => [kind, found?.length]))).toEqual({
      'other-amount': 10,
      'only-here': 10,
      duplicate: 10,
      'other-day': 10,
      'only-there': 10,
    });
    expect(matched).toBe(moved - 40);
    await trial.close();
  },
  120_000,
);
