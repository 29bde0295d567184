import { expect, it } from 'vitest';
import { randomBelow } from '../../../modem/index.ts';
import type { SettlementLine } from '../../../server/index.ts';
import { PRICE, RailTrial } from '../../../sim/hosts/rail-trial.ts';
import { type PayPalFault, type PayPalHost, seededRandom } from '../../../sim/index.ts';
import { inFull } from '../../in-full.ts';
import { onPostgres, passingDatabase } from '../../server/database.ts';
import { paypalUnderTrial } from './paypal-trial.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What PayPal does wrong with one order in two. */
const FAULTS: readonly PayPalFault[] = [
  ...(['no-answer', 'answer-lost', 'late', 'slow', 'twice', 'out-of-order', 'cut', 'declined', 'pending'] as const),
  ...(['error', 'busy', 'token-ended', 'payer-action'] as const),
  { issue: 'PAYER_CANNOT_PAY' },
];

/** Payments and refunds of some days at a PayPal that misbehaves, whose webhooks are lost, late or twice, until all has come to rest. */
async function storm(seed: string, payments: number) {
  const random = seededRandom(seed);
  const change = { settlement: (lines: readonly SettlementLine[]): readonly SettlementLine[] => lines };
  const hosts: PayPalHost[] = [];
  const trial = await RailTrial.open(
    (clock) => {
      const { rail, host } = paypalUnderTrial(clock, { reportLagMs: 3 * HOUR_MS });
      hosts.push(host);
      const settlement = async (from: number, to: number) => {
        const lines = change.settlement(await rail.settlement(0, clock.now()));
        return lines.filter(({ at }) => at >= from && at < to);
      };
      return { rail: { ...rail, settlement }, host };
    },
    await passingDatabase(),
  );
  const [host] = hosts;
  if (host === undefined) throw new Error('there is no host');
  host.onNotice = (body, headers) => {
    for (let times = randomBelow(random, 3); times > 0; times -= 1) {
      const later = randomBelow(random, 2 * HOUR_MS) + 1;
      trial.clock.after(later, () => void trial.service.notice('paypal', body, headers));
    }
  };
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
    if (randomBelow(random, 8) === 0) host.decide(randomBelow(random, 2) === 0 ? 'moved' : 'declined');
    if (randomBelow(random, 4) === 0 && (await trial.service.payment(txn)).state === 'CAPTURED') {
      fault();
      await trial.refund(txn, 'a', 1 + randomBelow(random, PRICE));
    }
  }
  for (let hour = 0; hour < 48; hour += 6) {
    host.decide('moved');
    await trial.clock.advance(6 * HOUR_MS);
  }
  return { trial, host, txns, begin, change };
}

/** What moved at PayPal for a payment, by its invoice. */
function movedAt(host: PayPalHost, txn: string): number {
  const moved = host.entries.filter(({ status, invoiceId }) => status === 'COMPLETED' && invoiceId === txn);
  expect(moved.filter(({ kind }) => kind === 'capture').length, `charges of ${txn}`).toBeLessThan(2);
  return moved.reduce((sum, { kind, minor }) => sum + (kind === 'capture' ? minor : -minor), 0);
}

it.each(onPostgres ? ['one'] : inFull(['one', 'two', 'three', 'four'], ['one']))(
  'with a PayPal that misbehaves all ends, nothing is charged twice, and each planted difference is found (seed %s)',
  async (seed) => {
    const { trial, host, txns, begin, change } = await storm(seed, 160);
    const ends = new Set<string>();
    for (const txn of txns) {
      const { state, amount, refunded } = await trial.service.payment(txn);
      ends.add(state);
      const own = state === 'CAPTURED' || state === 'REFUNDED' ? amount.minor - refunded : 0;
      expect(movedAt(host, txn), `${txn} is ${state}`).toBe(own);
    }
    expect([...ends].filter((state) => !['CAPTURED', 'DECLINED', 'REFUNDED'].includes(state))).toEqual([]);
    expect(ends.size).toBeGreaterThan(1);

    const days = { rail: 'paypal', from: Math.floor(begin / DAY_MS) * DAY_MS, to: trial.clock.now() - DAY_MS };
    const reconcile = async () => {
      const [report] = await trial.clock.run(trial.service.reconciliations.compare(days));
      return { matched: report?.matched, kinds: Object.groupBy(report?.findings ?? [], ({ kind }) => kind) };
    };
    const moved = host.entries.filter(({ status }) => status === 'COMPLETED').length;
    expect(moved).toBeGreaterThan(55);
    const { 'other-day': overnight = [], ...differences } = (await reconcile()).kinds;
    expect(differences).toEqual({});
    expect((await reconcile()).matched).toBe(moved - overnight.length);

    const old = new Set(overnight.map(({ key }) => key));
    change.settlement = (lines) => {
      const [own, others] = [lines.filter(({ key }) => !old.has(key)), lines.filter(({ key }) => old.has(key))];
      return [
        ...own.slice(0, 10).map((line) => ({ ...line, amount: { ...line.amount, minor: line.amount.minor + 1 } })),
        ...own.slice(20, 30).flatMap((line) => [line, { ...line }]),
        ...own.slice(30, 40).map((line) => ({ ...line, at: line.at + DAY_MS })),
        ...own.slice(40, 50).flatMap((line, index) => [line, { ...line, key: `C${index}` }]),
        ...own.slice(50),
        ...others,
      ];
    };
    const { matched, kinds } = await reconcile();
    expect(Object.fromEntries(Object.entries(kinds).map(([kind, found]) => [kind, found?.length]))).toEqual({
      'other-amount': 10,
      'only-here': 10,
      duplicate: 10,
      'other-day': 10 + overnight.length,
      'only-there': 10,
    });
    expect(matched).toBe(moved - 40 - overnight.length);
    await trial.close();
  },
  120_000,
);
