import { describe, expect, it } from 'vitest';
import { Journal } from '../../../server/journal/journal.ts';
import { LedgerRail } from '../../../server/rails/ledger-rail.ts';
import { Rails } from '../../../server/rails/rail.ts';
import { type ReconciliationOrder, reconcileRails } from '../../../server/reconciliation/requested-period.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
const text = (at: number) => new Date(at).toISOString();

/** A service with a card rail and its ledger, at noon of 2031-03-20. */
async function office() {
  const clock = new VirtualClock(Date.parse('2031-03-20T12:00:00Z'));
  const store = await testStore(clock);
  const card = new ScriptedRail();
  const rails = new Rails(card, [new LedgerRail(store, clock)]);
  const run = (order: ReconciliationOrder) =>
    reconcileRails({ store, clock, journal: new Journal(clock) }, rails, order);
  return { card, run };
}

describe('an order to reconcile', () => {
  it.each<readonly [what: string, order: ReconciliationOrder, from: string, to: string]>([
    ['nothing said: seven days up to yesterday', {}, '2031-03-13T00', '2031-03-20T00'],
    ['a first day: from it up to yesterday', { from: day('2031-03-18') }, '2031-03-18T00', '2031-03-20T00'],
    ['yesterday', { from: day('2031-03-19') }, '2031-03-19T00', '2031-03-20T00'],
    ['from today: today, as far as it has come', { from: day('2031-03-20') }, '2031-03-20T00', '2031-03-20T12'],
    ['a last day: the seven days up to it', { to: day('2031-03-10') }, '2031-03-04T00', '2031-03-11T00'],
    ['one day', { from: day('2031-03-10'), to: day('2031-03-10') }, '2031-03-10T00', '2031-03-11T00'],
    ['31 days', { from: day('2031-02-01'), to: day('2031-03-03') }, '2031-02-01T00', '2031-03-04T00'],
  ])('with %s', async (_, order, from, to) => {
    const reports = await (await office()).run(order);
    const period = { from: `${from}:00:00.000Z`, to: `${to}:00:00.000Z`, matched: 0, findings: [], accepted: [] };
    expect(reports.map((report) => ({ ...report, from: text(report.from), to: text(report.to) }))).toEqual([
      { rail: 'ledger', ...period },
      { rail: 'card', ...period },
    ]);
  });

  it.each<readonly [what: string, order: ReconciliationOrder, code: string, message: string]>([
    ['32 days', { from: day('2031-02-01'), to: day('2031-03-04') }, 'invalid-request', '32 days: at most 31'],
    ['32 days up to yesterday', { from: day('2031-02-16') }, 'invalid-request', '32 days: at most 31'],
    ['a last day before the first', { from: day('2031-03-03'), to: day('2031-03-02') }, 'invalid-request', 'later day'],
    ['an unknown rail', { rail: 'bank' }, 'not-found', 'without the rail bank: it has ledger, card'],
  ])('with %s is refused', async (_, order, code, message) => {
    const refused = (await office()).run(order);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ code });
  });

  it('with a rail compares this one alone', async () => {
    const { card, run } = await office();
    card.lines = [{ key: 'FEE 1', at: day('2031-03-15'), amount: { minor: 5, currency: 'EUR' } }];
    expect((await run({ rail: 'ledger' })).map(({ rail }) => rail)).toEqual(['ledger']);
    expect(await run({ rail: 'card' })).toMatchObject([{ rail: 'card', findings: [{ kind: 'only-there' }] }]);
  });

  it('of which a rail gives no settlement is not possible now', async () => {
    const { card, run } = await office();
    card.settlement = () => Promise.reject(new Error('connection refused'));
    await expect(run({})).rejects.toMatchObject({ code: 'not-possible-now' });
  });
});
