import { expect, test } from 'vitest';
import { concatenationOf, createReassembly, type Deliver, decodeTpdu, fromHex } from '../../../modem/index.ts';
import { ALICE, BOB, HOUR, MINUTE, type Network, networkOf } from './network-of.ts';

const texts = ({ entries }: Network) =>
  entries('deliver').flatMap(({ tpdu }) => {
    const read = decodeTpdu(fromHex(tpdu), 'mobile-terminated');
    return read.type === 'DELIVER' && read.userData.kind === 'text' ? [read.userData.text] : [];
  });

/** A message to Bob from outside. */
function deliver({ world }: Network, text: string, more: { priority?: boolean; messageClass?: 0 } = {}): void {
  world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text }, ...more });
}

test('what waits goes out by priority, then class 0, then age, and TP-MMS says that more follows', async () => {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  deliver(network, 'first');
  deliver(network, 'class 0', { messageClass: 0 });
  deliver(network, 'priority', { priority: true });
  deliver(network, 'second');
  expect(network.world.waiting(BOB).map(({ sms, urgency }) => [sms, urgency])).toEqual([
    [3, 0],
    [2, 1],
    [1, 2],
    [4, 2],
  ]);
  network.world.subscriber(BOB)?.setReception('good');
  await network.pass(10_000);
  expect(texts(network).slice(0, 3)).toEqual(['priority', 'class 0', 'first']);
  const moreToSend = network.entries('attempt').map(({ tpdu }) => (Number.parseInt(tpdu.slice(0, 2), 16) & 4) === 0);
  expect(moreToSend.slice(0, 3)).toEqual([true, true, true]);
});

test('an ordinary message is not tried while the phone is known to be away, one of priority is (3GPP TS 23.040, 3.2.5)', async () => {
  const network = networkOf();
  const bob = network.world.subscriber(BOB);
  bob?.setReception('shadow');
  deliver(network, 'first');
  bob?.setReception('good');
  deliver(network, 'ordinary');
  expect(texts(network)).toEqual([]);
  expect(network.entries('wait').map(({ sms, reason }) => [sms, reason])).toEqual([
    [1, 'absent'],
    [2, 'absent'],
  ]);
  deliver(network, 'priority', { priority: true });
  expect(texts(network)).toEqual(['priority', 'first', 'ordinary']);
});

test('a full phone is tried with each new message, which does not make the schedule longer (3GPP TS 23.040, 3.2.5)', async () => {
  const network = networkOf();
  network.world.fillMemory(BOB);
  for (let i = 0; i < 5; i += 1) {
    deliver(network, `${i}`);
    await network.pass(1_000);
  }
  expect(network.entries('wait').map(({ at, retryMs }) => at + retryMs)).toEqual(Array(5).fill(MINUTE));
  await network.pass(MINUTE);
  expect(network.entries('wait').at(-1)?.retryMs).toBe(5 * MINUTE);
});

test('the retry schedule: 1, 5, 10, 30 and 60 min, then every 4 h', async () => {
  const { world, send, pass, entries } = networkOf();
  world.subscriber(BOB)?.setReception('none');
  await send('x');
  await pass(24 * HOUR);
  const minutes = entries('wait').map(({ retryMs }) => retryMs / MINUTE);
  expect(minutes).toEqual([1, 5, 10, 30, 60, 240, 240, 240, 240, 240, 240]);
});

test('what waits behind the first message expires in its own time', async () => {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  await network.send('long');
  await network.send('short', { validityMs: 5 * MINUTE });
  await network.pass(5 * MINUTE);
  expect(network.entries('fail')).toMatchObject([{ sms: 2, status: 0x46, at: 5 * MINUTE }]);
  expect(network.world.waiting(BOB).map(({ sms }) => sms)).toEqual([1]);
});

test('a long message, whose parts come in any order, is put together', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'reorder' } });
  const text = 'A message of several parts. '.repeat(15);
  deliver(network, text);
  await network.pass(10 * MINUTE);
  const parts = network.entries('deliver').flatMap(({ tpdu }) => {
    const read = decodeTpdu(fromHex(tpdu), 'mobile-terminated');
    return read.type === 'DELIVER' ? [read] : [];
  });
  expect(parts.map(({ userData }) => concatenationOf(userData)?.sequence)).toEqual([2, 1, 3]);
  const reassembly = createReassembly<Deliver>();
  const results = parts.map((part) => reassembly.add(part, 0));
  expect(results.at(-1)).toMatchObject({ kind: 'complete', content: { kind: 'text', text } });
});

test('a message that lets another pass comes by itself after a minute when there is none', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'reorder' } });
  deliver(network, 'alone');
  expect(network.world.waitingFor(BOB)).toBe(1);
  await network.pass(MINUTE);
  expect(texts(network)).toEqual(['alone']);
});

test('TP-RD: a second message of one TP-MR and recipient is refused while the first is held, also on its way', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'delay', ms: HOUR } });
  await network.send('first', { rejectDuplicates: true });
  for (let i = 1; i < 256; i += 1) await network.send('another', { to: '4001', statusReport: false });
  await network.send('again', { rejectDuplicates: true });
  expect(network.entries('refuse')).toMatchObject([{ to: BOB, cause: 0xc5 }]);
  await network.pass(HOUR);
  for (let i = 0; i < 255; i += 1) await network.send('another', { to: '4001', statusReport: false });
  await network.send('once more', { rejectDuplicates: true });
  expect(network.entries('refuse')).toHaveLength(1);
});

test('no more than 5,000 messages wait for a number', async () => {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  for (let i = 0; i < 5_001; i += 1) deliver(network, 'x');
  expect(network.world.waitingFor(BOB)).toBe(5_000);
  expect(network.entries('fail')).toMatchObject([{ status: 0x60 }]);
  await network.send('x');
  expect(network.entries('refuse')).toMatchObject([{ cause: 0xc0 }]);
});

test('the register forgets that messages wait once the phone is back, and once one got through', async () => {
  const { world, send, pass, entries } = networkOf();
  const bob = world.subscriber(BOB);
  bob?.setReception('none');
  await send('x');
  expect(bob?.messagesWaiting.notReachable).toBe(true);
  world.fillMemory(BOB);
  bob?.setReception('good');
  await pass(10_000);
  expect(bob?.messagesWaiting).toEqual({ notReachable: false, memoryExceeded: true });
  bob?.setReception('none');
  await pass(1_000);
  bob?.setReception('good');
  await pass(10_000);
  expect(entries('alert')).toHaveLength(1);
  world.modem(BOB)?.store('SM').delete(1);
  await pass(10 * MINUTE);
  expect(entries('deliver').filter(({ to }) => to === BOB)).toHaveLength(1);
  expect(bob?.messagesWaiting).toEqual({ notReachable: false, memoryExceeded: false });
});

test('messages to oneself that expire are given up once, though their reports go the same way', async () => {
  const { world, send, pass, entries } = networkOf();
  world.fillMemory(ALICE);
  await send('to myself', { to: ALICE, validityMs: 5 * MINUTE });
  await send('and another', { to: ALICE, validityMs: 5 * MINUTE });
  await pass(HOUR);
  expect(entries('fail').map(({ sms }) => sms)).toEqual([1, 2]);
  expect(entries('report').map(({ about, status }) => [about, status])).toEqual([
    [1, 0x46],
    [2, 0x46],
  ]);
});

test('a message on the air when its number moves goes to the new SIM, though the old one has another number', async () => {
  const network = networkOf({ ratePerMinute: 6 });
  const { world, alice, bob, pass, entries } = network;
  deliver(network, 'x');
  await pass(1_000);
  world.swapSim(BOB, alice);
  world.swapSim(ALICE, bob);
  await pass(MINUTE);
  expect(bob.store('SM').used).toBe(0);
  expect(alice.store('SM').used).toBe(1);
  expect(entries('deliver')).toHaveLength(1);
});

test('a message that was lost is held no more: another of its TP-MR is taken', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'drop' } });
  await network.send('lost', { rejectDuplicates: true });
  for (let i = 1; i < 256; i += 1) await network.send('another', { to: '4001', statusReport: false });
  await network.send('again', { rejectDuplicates: true });
  expect(network.entries('refuse')).toEqual([]);
});
