import { expect, test } from 'vitest';
import { addressText, decodeTpdu, fromHex } from '../../../modem/index.ts';
import { openDeliver } from '../../../sim/envelope.ts';
import { BOB, networkOf } from './network-of.ts';

test('a spoofed message has the sender in TP-OA, a report keeps the service centre', async () => {
  const { world, alice, send, pass, entries } = networkOf();
  world.faults.add({ action: { kind: 'spoof', sender: 'BANK' }, about: 'both', times: 9 });
  await send('x');
  await pass(1_000);
  const [message, report] = entries('deliver').map(({ from, tpdu }) => ({
    from,
    read: decodeTpdu(fromHex(tpdu), 'mobile-terminated'),
  }));
  expect([message?.from, message?.read.type === 'DELIVER' && addressText(message.read.originator)]).toEqual([
    'BANK',
    'BANK',
  ]);
  expect([report?.from, report?.read.type]).toEqual([alice.link.smsc, 'STATUS-REPORT']);
});

/** The bits that differ, counted from the first of the first octet. */
function differing(one: Uint8Array, other: Uint8Array): readonly number[] {
  expect(one).toHaveLength(other.length);
  return [...one].flatMap((octet, i) =>
    Array.from({ length: 8 }, (_, bit) => bit)
      .filter((bit) => (((octet ^ (other[i] ?? 0)) >> bit) & 1) === 1)
      .map((bit) => 8 * i + bit),
  );
}

test('a corrupted message differs in one bit behind TP-UDL, each of them in its time', () => {
  const { world, bob, entries } = networkOf();
  const deliver = () => {
    world.deliver({ to: BOB, from: 'BANK', content: { kind: 'data', data: Uint8Array.of(1, 2, 3) } });
    bob.store('SM').delete(1);
    return fromHex(entries('deliver').at(-1)?.tpdu ?? '');
  };
  const whole = deliver();
  world.faults.add({ action: { kind: 'corrupt' }, times: 250 });
  const turned = Array.from({ length: 250 }, () => differing(deliver(), whole));
  expect(turned.filter((bits) => bits.length !== 1)).toEqual([]);
  const behind = 8 * (whole.length - openDeliver(whole).contents.userData.length + 1);
  const found = [...new Set(turned.flat())].sort((a, b) => a - b);
  expect(found).toEqual(Array.from({ length: 24 }, (_, i) => behind + i));
});

test('a message without text has nothing to corrupt', () => {
  const { world, entries } = networkOf();
  world.faults.add({ action: { kind: 'corrupt' } });
  for (let i = 0; i < 2; i += 1) world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: '' } });
  const [first, second] = entries('deliver').map(({ tpdu }) => tpdu);
  expect(first).toBe(second);
});

test('a corrupted report differs in one bit of TP-ST, its last octet', async () => {
  const { world, send, pass, entries } = networkOf();
  world.faults.add({ action: { kind: 'corrupt' }, about: 'reports', times: 60 });
  const states = new Set<number>();
  for (let i = 0; i < 60; i += 1) {
    await send('x', { to: '4001' });
    await pass(1_000);
    const report = fromHex(entries('deliver').at(-1)?.tpdu ?? '');
    expect(report[0], 'all else is as it was').toBe(0x06);
    states.add(report.at(-1) ?? 0);
  }
  expect([...states].sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
});
