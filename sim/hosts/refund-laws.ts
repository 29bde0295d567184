import { strict as assert } from 'node:assert';
import type { Capabilities } from '../../server/index.ts';
import type { HostFault } from './example-host.ts';
import type { Law } from './law.ts';
import { PRICE, type RailTrial } from './rail-trial.ts';

/** Money that goes back. */
export function refundLaws({ refund }: Capabilities): readonly Law[] {
  const whole =
    (...faults: HostFault[]) =>
    async (trial: RailTrial) => {
      const txn = await trial.pay();
      await trial.expectState(txn, 'CAPTURED');
      trial.misbehaving.misbehave(...faults);
      await trial.refund(txn, 'all');
      await trial.expectState(txn, 'REFUNDED');
      await trial.expectMoved(0);
    };
  return [
    [
      'a rail that gives nothing back is not asked to',
      refund === 'none',
      async (trial) => {
        const txn = await trial.pay();
        await assert.rejects(trial.refund(txn, 'all'), /gives back nothing/);
        await trial.expectMoved(PRICE);
      },
    ],
    [
      'a rail that gives back all or nothing is not asked for a part',
      refund === 'full',
      async (trial) => {
        const txn = await trial.pay();
        await assert.rejects(trial.refund(txn, 'a', PRICE - 1), /all or nothing/);
        await trial.expectMoved(PRICE);
      },
    ],
    ['refunds in parts go to the last unit and no further', refund === 'partial', refundsInParts],
    ['the same key of a refund twice, also at once, is one movement', refund !== 'none', sameRefundTwice],
    ['a refund that is unknown, then found', refund !== 'none', whole('answer-lost')],
    ['a refund that is unknown, then absent', refund !== 'none', whole('no-answer')],
    [
      'a refund that is declined leaves the payment paid',
      refund !== 'none',
      async (trial) => {
        const txn = await trial.pay();
        trial.misbehaving.misbehave('declined');
        await trial.refund(txn, 'a');
        await trial.expectState(txn, 'CAPTURED');
        await trial.expectMoved(PRICE);
        await trial.refund(txn, 'b');
        await trial.expectState(txn, 'REFUNDED');
        await trial.expectMoved(0);
      },
    ],
    [
      'a refund that is pending, then done',
      refund !== 'none',
      async (trial) => {
        const txn = await trial.pay();
        trial.misbehaving.misbehave('pending');
        await trial.refund(txn, 'a');
        await trial.expectState(txn, 'REFUNDING');
        trial.misbehaving.decide('moved');
        await trial.expectState(txn, 'REFUNDED');
        await trial.expectMoved(0);
      },
    ],
  ];
}

/** The same key is the same refund. */
export async function sameRefundTwice(trial: RailTrial): Promise<void> {
  const txn = await trial.pay();
  const { service } = trial;
  await trial.clock.run(Promise.all([service.refund(txn, { key: 'a' }, 0), service.refund(txn, { key: 'a' }, 0)]));
  await trial.refund(txn, 'a');
  await trial.expectState(txn, 'REFUNDED');
  assert.equal((await service.refunds(await service.payment(txn))).length, 1, 'refunds of the payment');
  await trial.expectMoved(0);
}

/** Parts add up to the whole, to the last unit. */
export async function refundsInParts(trial: RailTrial): Promise<void> {
  const txn = await trial.pay();
  await trial.refund(txn, 'a', PRICE - 2);
  await trial.refund(txn, 'b', 1);
  await trial.expectState(txn, 'CAPTURED');
  await trial.expectMoved(1);
  await assert.rejects(trial.refund(txn, 'c', 2), /is left to be refunded/);
  await trial.refund(txn, 'd', 1);
  await trial.expectState(txn, 'REFUNDED');
  await trial.expectMoved(0);
  await assert.rejects(trial.refund(txn, 'e', 1));
}
