import { expect, it } from 'vitest';
import { AcquirerReconciliation } from '../../../../server/rails/card/acquirer-reconciliation.ts';
import type { ReadTx } from '../../../../server/store/store.ts';
import { VirtualClock } from '../../../../sim/index.ts';

/** What is read of a day without a movement, and how often. */
function quietDays() {
  const clock = new VirtualClock();
  const told: string[] = [];
  let looked = 0;
  const tx: ReadTx = {
    get: async () => undefined,
    all: async () => {
      looked += 1;
      return [];
    },
  };
  const reconciliation = new AcquirerReconciliation({
    ...{ clock, acquirer: '12345', merchant: 'MERCHANT1', reversals: 'request', terminal: 'TERM0001' },
    exchange: () => Promise.reject(new Error('there is nothing to send')),
    told: (what) => void told.push(what),
  });
  reconciliation.begin({ read: (work) => work(tx), totalsDiffer: async (_, detail) => void told.push(detail) });
  return { clock, told, reconciliation, looked: () => looked };
}

it('looks at a day ten minutes after its end, once, however often the host says that it has ended', async () => {
  const { clock, told, reconciliation, looked } = quietDays();
  const looks: number[] = [];
  for (const day of ['0301', '0301', '0302']) {
    reconciliation.cutOff(day);
    await clock.advance(599_999);
    looks.push(looked());
    await clock.advance(1);
    looks.push(looked());
  }
  expect(looks).toEqual([0, 1, 1, 1, 1, 2]);
  expect(told).toEqual([]);
});

it('looks at nothing when the host does not say which day has ended, or the rail has stopped meanwhile', async () => {
  const { clock, told, reconciliation, looked } = quietDays();
  reconciliation.cutOff(undefined);
  await clock.advance(600_000);
  expect(told).toEqual(['the host has ended its business day without DE 15: no totals are sent']);
  reconciliation.cutOff('0301');
  reconciliation.end();
  await clock.advance(600_000);
  expect(looked()).toBe(0);
});
