import { expect, test } from 'vitest';
import { addressOf, encodeTpdu } from '../../modem/index.ts';
import { MessageStates } from '../../sim/message-states.ts';
import { ALICE, BOB, type Network, networkOf } from './network/network-of.ts';

const DELETE = 2;

/** Alice sends a COMMAND about her first message to Bob; says its number in the log. */
async function deleteFirst({ alice, pass }: Network): Promise<number> {
  const tpdu = encodeTpdu({
    type: 'COMMAND',
    messageReference: 0,
    commandType: DELETE,
    messageNumber: 0,
    destination: addressOf(BOB),
    statusReportRequested: false,
    data: new Uint8Array(),
  });
  let sms = 0;
  void alice.outgoing.send(tpdu, (id) => {
    sms = id;
  });
  await pass(0);
  return sms;
}

test('a COMMAND is over once the service centre has it, and refused when it cannot be carried out', async () => {
  const network = networkOf();
  const states = new MessageStates(network.world.log);
  network.world.subscriber(BOB)?.setReception('none');
  const message = await network.send('x', { statusReport: false });
  expect(states.get(message)).toMatchObject({ state: 'waiting', reason: 'absent' });
  const taken = await deleteFirst(network);
  expect(states.get(taken)).toMatchObject({ state: 'delivered' });
  expect(states.get(message)).toMatchObject({ state: 'failed', status: 0x47 });
  expect(states.get(await deleteFirst(network))).toMatchObject({ state: 'refused', status: 0xa0 });
  expect([states.openCount, states.open()]).toEqual([0, []]);
});

test('a message that waited and came has neither the reason nor the time of a next attempt any more', async () => {
  const network = networkOf();
  const states = new MessageStates(network.world.log);
  network.world.subscriber(BOB)?.setReception('none');
  const sms = await network.send('x', { statusReport: false });
  const sentAt = states.get(sms)?.sentAt;
  expect(states.get(sms)).toMatchObject({ state: 'waiting', reason: 'absent', nextAttempt: expect.any(Number) });
  network.world.subscriber(BOB)?.setReception('good');
  await network.pass(60 * 60_000);
  expect(states.get(sms)).toEqual({
    sms,
    isReport: false,
    from: ALICE,
    to: BOB,
    sentAt,
    state: 'delivered',
    deliveries: 1,
    reports: [],
    endedAt: expect.any(Number),
  });
});

test('a status report is a message of its own, and a part of what is known of the other', async () => {
  const network = networkOf();
  const states = new MessageStates(network.world.log);
  const message = await network.send('x', { statusReport: true });
  await network.pass(10_000);
  expect(states.get(message)).toMatchObject({ state: 'delivered', isReport: false, reports: [0] });
});

test('closed, it hears of nothing any more', async () => {
  const network = networkOf();
  const states = new MessageStates(network.world.log);
  states.close();
  expect(states.get(await network.send('x'))).toBeUndefined();
});

test('of a message that was doubled, the first delivery is its end, and both are counted', async () => {
  const network = networkOf();
  const states = new MessageStates(network.world.log);
  network.world.faults.add({ action: { kind: 'duplicate' } });
  const message = await network.send('x', { statusReport: false });
  expect(states.get(message)).toMatchObject({ state: 'delivered', deliveries: 2 });
  expect(states.openCount).toBe(0);
});

test('the oldest are forgotten', async () => {
  const network = networkOf();
  const states = new MessageStates(network.world.log, 2);
  const sent: number[] = [];
  for (let i = 0; i < 3; i += 1) sent.push(await network.send('x', { to: '4001', statusReport: false }));
  expect(sent.map((sms) => states.get(sms)?.state)).toEqual([undefined, 'delivered', 'delivered']);
});
