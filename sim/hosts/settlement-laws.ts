import { strict as assert } from 'node:assert';
import type { Capabilities } from '../../server/index.ts';
import type { Law } from './law.ts';
import { PRICE, type RailTrial } from './rail-trial.ts';
import { SETTLEMENT_FAULTS } from './settlement-fault.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the host reports afterwards. */
export function settlementLaws({ refund }: Capabilities): readonly Law[] {
  /** Two payments, one given back where that is possible; the keys that the report should name. */
  const twoPaid = async (trial: RailTrial) => {
    const [first, second] = [await trial.pay('order-1'), await trial.pay('order-2')];
    if (refund !== 'none') await trial.refund(first, 'all');
    await trial.clock.advance(HOUR_MS);
    return [`${first}:charge`, `${second}:charge`, ...(refund === 'none' ? [] : [`${first}:refund-1`])];
  };
  return [
    [
      'the settlement names each movement once, of the time that is asked for',
      true,
      async (trial) => {
        const from = trial.clock.now();
        const keys = await twoPaid(trial);
        const lines = await trial.settlement(from, trial.clock.now());
        assert.deepEqual(lines.map(({ key }) => key).toSorted(), keys.toSorted());
        assert.ok(lines.every(({ amount }) => amount.minor === PRICE && amount.currency === 'EUR'));
        for (const { key, at } of lines) {
          const around = await trial.settlement(at, at + 1);
          assert.ok(
            around.some((line) => line.key === key),
            'a movement at the first ms of the time is in the report',
          );
          const before = await trial.settlement(from, at);
          assert.ok(
            !before.some((line) => line.key === key),
            'a movement at the end of the time is in the next report',
          );
          const after = await trial.settlement(at + 1, trial.clock.now());
          assert.ok(!after.some((line) => line.key === key), 'a movement before the time is in the report before');
        }
      },
    ],
    [
      'the settlement says nothing of what was declined or reversed',
      true,
      async (trial) => {
        trial.misbehaving.misbehave('declined', 'no-answer');
        await trial.expectState(await trial.pay('order-1'), 'DECLINED');
        await trial.pay('order-2');
        await trial.clock.advance(DAY_MS);
        const lines = await trial.settlement(0, trial.clock.now());
        assert.equal(
          lines.reduce((sum, { amount }) => sum + amount.minor, 0),
          trial.misbehaving.moved(),
        );
      },
    ],
    ...SETTLEMENT_FAULTS.map(
      (fault): Law => [
        `a settlement that differs (${fault}) comes through as it is`,
        true,
        async (trial) => {
          await twoPaid(trial);
          const honest = await trial.settlement(0, trial.clock.now());
          trial.misbehaving.misreport(fault);
          assert.notDeepEqual(await trial.settlement(0, trial.clock.now()), honest);
        },
      ],
    ),
  ];
}
