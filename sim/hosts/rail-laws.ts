import { strict as assert } from 'node:assert';
import type { Capabilities, RemoteRail } from '../../server/index.ts';
import { VirtualClock } from '../clock.ts';
import type { HostFault, SettlementFault } from './example-host.ts';
import { PRICE, RailTrial, type RailUnderTrial } from './rail-trial.ts';

/** One law of how a rail and its host behave under the service. */
export interface RailLaw {
  readonly name: string;
  /** Tries it in a service of its own. @throws AssertionError that says what was expected */
  run(): Promise<void>;
}

type Law = readonly [name: string, applies: boolean, body: (trial: RailTrial) => Promise<void>];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The laws that a rail must keep, from what it says it can. Each is run in a service of its own, on a virtual clock.
 * @param make makes the rail and the double of its host; called for each law
 */
export function railLaws(make: (clock: VirtualClock) => RailUnderTrial): readonly RailLaw[] {
  const { rail } = make(new VirtualClock());
  const { capabilities } = rail;
  return lawsOf(make, [
    ...lostAnswers(capabilities),
    ...decisions(rail),
    ...refundLaws(capabilities),
    ...reports(capabilities),
  ]);
}

/** The laws for the service's own ledger, which answers at once and is never unknown. */
export function ledgerLaws(): readonly RailLaw[] {
  return lawsOf(undefined, [
    ['the same key twice, also at once, is one movement', true, sameRefundTwice],
    ['refunds in parts go to the last unit and no further', true, refundsInParts],
  ]);
}

function lawsOf(make: ((clock: VirtualClock) => RailUnderTrial) | undefined, laws: readonly Law[]): readonly RailLaw[] {
  return laws
    .filter(([, applies]) => applies)
    .map(([name, , body]) => ({
      name,
      async run() {
        const trial = await RailTrial.open(make);
        await body(trial);
        await trial.close();
      },
    }));
}

function lostAnswers({ onUnknown, keyLifeMs }: Capabilities): readonly Law[] {
  const reverse = onUnknown === 'reverse';
  /** A payment with this fault ends so, and has moved so much. */
  const ends =
    (...faults: HostFault[]) =>
    async (trial: RailTrial) => {
      trial.misbehaving.misbehave(...faults);
      const txn = await trial.pay();
      await trial.expectState(txn, reverse ? 'REVERSED' : 'CAPTURED');
      await trial.expectMoved(reverse ? 0 : PRICE);
    };
  return [
    [
      'the same key twice is one movement, and brings the same answer',
      true,
      async (trial) => {
        await trial.expectState(await trial.pay(), 'CAPTURED');
        assert.equal((await trial.again(trial.orders[0])).kind, 'done');
        await trial.expectMoved(PRICE);
      },
    ],
    [
      'two at once are one movement',
      !reverse,
      async (trial) => {
        trial.misbehaving.misbehave('no-answer');
        const txn = await trial.pay();
        const [order] = trial.orders;
        assert.ok(order !== undefined);
        await trial.clock.run(Promise.all([trial.remote.send(order), trial.remote.send(order)]));
        await trial.expectState(txn, 'CAPTURED');
        await trial.expectMoved(PRICE);
      },
    ],
    ['unknown, then found', true, ends('answer-lost')],
    ['unknown, then absent', true, ends('no-answer')],
    ['unknown, and the order is still on its way', true, ends('slow')],
    ['unknown, because the connection ended in the middle of the answer', true, ends('cut')],
    [
      'an answer that comes twice, or after the answer to another order',
      true,
      async (trial) => {
        trial.misbehaving.misbehave('twice', 'out-of-order');
        for (const mref of ['order-1', 'order-2']) await trial.expectState(await trial.pay(mref), 'CAPTURED');
        await trial.expectMoved(2 * PRICE);
      },
    ],
    [
      'a reversal of what never happened is done, and the charge is refused when it comes',
      reverse,
      async (trial) => {
        await ends('no-answer')(trial);
        assert.equal((await trial.again(trial.orders[0])).kind, 'declined');
        await trial.expectMoved(0);
      },
    ],
    [
      'an answer after the reversal, or after the outcome was found, changes nothing',
      true,
      async (trial) => {
        const notices = noticesOf(trial);
        await ends('late')(trial);
        await tell(trial, notices);
        await trial.expectMoved(reverse ? 0 : PRICE);
      },
    ],
    [
      'an order is not a second one after the life of its key',
      Number.isFinite(keyLifeMs.charge),
      async (trial) => {
        trial.misbehaving.misbehave('answer-lost');
        const txn = await trial.pay();
        trial.misbehaving.down = true;
        await trial.clock.advance(keyLifeMs.charge);
        trial.misbehaving.down = false;
        await trial.clock.advance(7 * DAY_MS);
        const { state } = await trial.service.payment(txn);
        assert.ok(['CAPTURED', 'REVERSED', 'REVIEW'].includes(state), `the payment should have ended, and is ${state}`);
        assert.equal(
          trial.misbehaving.moved(),
          state === 'REVERSED' ? 0 : PRICE,
          "what has moved in the host's own book",
        );
      },
    ],
  ];
}

function decisions({ inquire, accept }: RemoteRail): readonly Law[] {
  const [asked, told] = [inquire !== undefined, accept !== undefined];
  const pending =
    (decision: 'moved' | 'declined', order: (notices: readonly Uint8Array[]) => readonly Uint8Array[]) =>
    async (trial: RailTrial) => {
      const notices = noticesOf(trial);
      trial.misbehaving.misbehave('pending');
      const txn = await trial.pay();
      await trial.expectState(txn, 'PENDING');
      await trial.clock.advance(3 * DAY_MS);
      await trial.expectState(txn, 'PENDING');
      trial.misbehaving.decide(decision);
      await tell(trial, order(notices));
      await trial.expectState(txn, decision === 'moved' ? 'CAPTURED' : 'DECLINED');
      await trial.expectMoved(decision === 'moved' ? PRICE : 0);
      await tell(trial, notices);
      await trial.expectState(txn, decision === 'moved' ? 'CAPTURED' : 'DECLINED');
    };
  return [
    [
      'declined moves nothing',
      true,
      async (trial) => {
        trial.misbehaving.misbehave('declined');
        await trial.expectState(await trial.pay(), 'DECLINED');
        await trial.expectMoved(0);
      },
    ],
    ['pending, then done, without a notice', asked, pending('moved', () => [])],
    ['pending, then declined, without a notice', asked, pending('declined', () => [])],
    ['pending, then a notice of done, twice', told, pending('moved', (notices) => [...notices, ...notices])],
    ['pending, then a notice of declined, twice', told, pending('declined', (notices) => [...notices, ...notices])],
    [
      'a notice that somebody has changed is refused',
      told,
      async (trial) => {
        const notices = noticesOf(trial);
        trial.misbehaving.misbehave('pending');
        await trial.pay();
        trial.misbehaving.decide('moved');
        const [notice] = notices;
        assert.ok(notice !== undefined, 'the host should send a notice when it decides');
        for (const place of [0, Math.floor(notice.length / 2), notice.length - 1]) {
          const changed = notice.map((octet, index) => (index === place ? octet ^ 1 : octet));
          await assert.rejects(trial.notice(changed), `a notice with another octet ${place}`);
        }
      },
    ],
  ];
}

function refundLaws({ refund }: Capabilities): readonly Law[] {
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

const SETTLEMENT_FAULTS: readonly SettlementFault[] = ['amount', 'day', 'missing', 'duplicate', 'orphan'];

function reports({ refund }: Capabilities): readonly Law[] {
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

async function sameRefundTwice(trial: RailTrial): Promise<void> {
  const txn = await trial.pay();
  const { service } = trial;
  await trial.clock.run(Promise.all([service.refund(txn, { key: 'a' }, 0), service.refund(txn, { key: 'a' }, 0)]));
  await trial.refund(txn, 'a');
  await trial.expectState(txn, 'REFUNDED');
  assert.equal((await service.refunds(await service.payment(txn))).length, 1, 'refunds of the payment');
  await trial.expectMoved(0);
}

async function refundsInParts(trial: RailTrial): Promise<void> {
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

function noticesOf(trial: RailTrial): readonly Uint8Array[] {
  const notices: Uint8Array[] = [];
  trial.misbehaving.onNotice = (message) => void notices.push(message);
  return notices;
}

async function tell(trial: RailTrial, notices: readonly Uint8Array[]): Promise<void> {
  for (const notice of notices) await trial.notice(notice);
}
