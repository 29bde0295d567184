import { strict as assert } from 'node:assert';
import type { Capabilities, NoticeHeaders, RemoteRail } from '../../server/index.ts';
import type { HostFault } from './example-host.ts';
import type { Law } from './law.ts';
import { PRICE, type RailTrial } from './rail-trial.ts';

const DAY_MS = 24 * 3_600_000;

/** Answers that are lost, late or repeated, and reversals. */
export function lostAnswers({ onUnknown, keyLifeMs }: Capabilities): readonly Law[] {
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

/** What the host declines, or decides later. */
export function decisions({ inquire, accept }: RemoteRail): readonly Law[] {
  const [asked, told] = [inquire !== undefined, accept !== undefined];
  const pending =
    (decision: 'moved' | 'declined', order: (notices: readonly HostMessage[]) => readonly HostMessage[]) =>
    async (trial: RailTrial) => {
      const notices = noticesOf(trial);
      trial.misbehaving.misbehave('pending');
      const txn = await trial.pay();
      await trial.expectState(txn, 'PENDING');
      await trial.clock.advance(DAY_MS);
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
        const { octets, headers } = notice;
        for (const place of [0, Math.floor(octets.length / 2), octets.length - 1]) {
          const changed = octets.map((octet, index) => (index === place ? octet ^ 1 : octet));
          await assert.rejects(trial.notice(changed, headers), `a notice with another octet ${place}`);
        }
      },
    ],
  ];
}

/** A message that the host sent by itself. */
interface HostMessage {
  readonly octets: Uint8Array;
  readonly headers: NoticeHeaders | undefined;
}

function noticesOf(trial: RailTrial): readonly HostMessage[] {
  const notices: HostMessage[] = [];
  trial.misbehaving.onNotice = (octets, headers) => void notices.push({ octets, headers });
  return notices;
}

async function tell(trial: RailTrial, notices: readonly HostMessage[]): Promise<void> {
  for (const { octets, headers } of notices) await trial.notice(octets, headers);
}
