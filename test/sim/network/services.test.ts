import { expect, test } from 'vitest';
import { addressText, decodeTpdu, fromHex } from '../../../modem/index.ts';
import { openDeliver, openSubmit } from '../../../sim/envelope.ts';
import { services } from '../../../sim/index.ts';
import { ALICE, type Network, networkOf } from './network-of.ts';

/** What services sent to Alice: from whom, and the text. */
const replies = ({ entries }: Network) =>
  entries('deliver').flatMap(({ to, tpdu }) => {
    const read = decodeTpdu(fromHex(tpdu), 'mobile-terminated');
    if (to !== ALICE || read.type !== 'DELIVER') return [];
    return [[addressText(read.originator), read.userData.kind === 'text' ? read.userData.text : '']];
  });

test('the echo number sends a message back as it came, ports and parts included', async () => {
  const network = networkOf();
  await network.send('Hello', { to: '4000' });
  expect(replies(network)).toEqual([['4000', 'Hello']]);
  await network.send('', {
    to: '4000',
    content: { kind: 'data', data: Uint8Array.from({ length: 200 }, (_, i) => i) },
    ports: { destination: 16_001, source: 1 },
    statusReport: false,
  });
  const sent = network.entries('submit').filter(({ to }) => to === '4000');
  const back = network.entries('deliver').filter(({ to, from }) => to === ALICE && from === '4000');
  expect(back.map(({ tpdu }) => openDeliver(fromHex(tpdu)).contents)).toEqual(
    sent.map(({ tpdu }) => openSubmit(fromHex(tpdu)).contents),
  );
  expect(back).toHaveLength(3);
});

test.each([
  ['hello', 0x00],
  ['46', 0x46],
  ['2a', 0x2a],
  [' 46 ', 0x46],
  ['046', 0x00],
])('the report number reports %j as TP-ST %i, and says nothing', async (text, status) => {
  const network = networkOf();
  await network.send(text, { to: '4001' });
  expect(network.statuses()).toEqual([status]);
  expect(replies(network)).toEqual([]);
});

test('a message that cannot be read, as compressed text, is echoed and reported all the same', async () => {
  const network = networkOf();
  for (const to of ['4000', '4001', '4002']) {
    const tpdu = fromHex(`21000481${to[1]}${to[0]}${to[3]}${to[2]}002005FFFFFFFFFF`);
    const sending = network.alice.outgoing.send(tpdu);
    await network.pass(0);
    expect(await sending).toMatchObject({ answer: { kind: 'accepted' } });
  }
  expect(network.statuses()).toEqual([0, 0, 0]);
});

test('the info number says who one is and what waits', async () => {
  const network = networkOf();
  await network.send('?', { to: '4002' });
  expect(replies(network)).toEqual([['4002', `You are ${ALICE}. 0 waiting. 2010-03-01T09:00:00Z`]]);
});

test('services do not answer what is no subscriber, such as each other', async () => {
  const network = networkOf();
  network.world.deliver({ to: '4000', from: '4000', content: { kind: 'text', text: 'x' } });
  await network.pass(1_000);
  expect(network.entries('deliver')).toHaveLength(1);
});

test('every service says what it does, and nobody can have its number', () => {
  for (const { number, sentence } of services) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(() => networkOf().world.addModem({ number })).toThrow(`The number ${number} is taken`);
  }
});
