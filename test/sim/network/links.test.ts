import { expect, test } from 'vitest';
import { operators, type Reception, type World } from '../../../sim/index.ts';
import { UnknownNumber } from '../../../sim/network/network.ts';
import { hostOf, quietWorld } from '../host.ts';
import { ALICE, BOB, MINUTE, networkOf } from './network-of.ts';

const CAROL = '+393330000003';

function operatorOf(code: string) {
  const operator = operators[code];
  if (operator === undefined) throw new Error(`no operator ${code}`);
  return operator;
}

/** What the log says of a change of the reception, and whether the phone registers anew. */
const RECEPTIONS: readonly (readonly [from: Reception, to: Reception, logged: object, attaches: boolean])[] = [
  ['good', 'none', { covered: false }, false],
  ['good', 'weak', { covered: true, reception: 'weak' }, false],
  ['good', 'shadow', { covered: true, reception: 'shadow' }, false],
  ['weak', 'good', { covered: true, reception: 'good' }, false],
  ['shadow', 'good', { covered: true, reception: 'good' }, false],
  ['weak', 'none', { covered: false }, false],
  ['none', 'good', { covered: true }, true],
  ['none', 'weak', { covered: true, reception: 'weak' }, true],
  ['none', 'shadow', { covered: true, reception: 'shadow' }, true],
];

test.each(RECEPTIONS)('a phone whose reception goes from %s to %s', async (from, to, logged, attaches) => {
  const { world, pass, entries } = networkOf();
  const bob = world.subscriber(BOB);
  bob?.setReception(from);
  await pass(10_000);
  const before = { coverage: entries('coverage').length, attach: entries('attach').length };
  bob?.setReception(to);
  await pass(10_000);
  const [entry, ...more] = entries('coverage').slice(before.coverage);
  const { covered, reception } = entry ?? {};
  expect([{ covered, ...(reception && { reception }) }, entry?.number, more]).toEqual([logged, BOB, []]);
  expect(entries('attach').length - before.attach).toBe(attaches ? 1 : 0);
});

test('the log says when a phone is lost and back, when its number moves, is cloned, or is ported', async () => {
  const { world, clock } = quietWorld();
  const [bob, carol, clone] = [BOB, CAROL, ALICE].map((number) => world.addModem({ number }));
  if (bob === undefined || carol === undefined || clone === undefined) throw new Error('no phones');
  await clock.advance(MINUTE);
  const { imsi } = carol.sim;
  const since = world.log.seq;
  bob.radio.setFunctionality(0);
  bob.radio.setFunctionality(1);
  await clock.advance(MINUTE);
  world.swapSim(BOB, carol);
  world.cloneSim(BOB, clone);
  world.subscriber(BOB)?.portTo(operatorOf('00102'));
  await clock.advance(MINUTE);
  world.subscriber(BOB)?.roamTo(operatorOf('00103'));
  await clock.advance(MINUTE);
  const said = world.log.entries().filter(({ seq }) => seq > since);
  const told = said.map((entry) => {
    if (!('number' in entry)) return [entry.kind];
    const of = 'imsi' in entry ? [entry.imsi] : 'operator' in entry ? [entry.operator] : [];
    return [entry.kind, entry.number, ...of];
  });
  expect(told).toEqual([
    ['power', BOB],
    ['detach', BOB],
    ['power', BOB],
    ['attach', BOB],
    ['swap', BOB, imsi],
    ['detach', BOB],
    ['detach', CAROL],
    ['clone', BOB, imsi],
    ['detach', ALICE],
    ['port', BOB, '00102'],
    ['attach', BOB],
    ['attach', BOB],
    ['detach', BOB],
    ['attach', BOB, '00103'],
  ]);
});

test('a SIM of no number has no account; one that is cloned from a number without a SIM keeps its IMSI', () => {
  const { world } = networkOf();
  const carol = world.addModem({ number: CAROL });
  const bob = world.modem(BOB);
  const { imsi } = carol.sim;
  world.swapSim(BOB, carol);
  expect(bob?.link.account).toEqual({ number: '', balanceCents: 0 });
  const alice = world.modem(ALICE);
  const own = alice?.sim.imsi;
  if (alice === undefined) throw new Error('no phone');
  world.cloneSim(CAROL, alice);
  expect([alice.sim.imsi, carol.sim.imsi]).toEqual([own, imsi]);
});

test('a phone in the cells that its number is ported to is at home there: +CREG 5, then 1', async () => {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: BOB }), clock);
  await host.type('ATE0;+CREG=1\r');
  world.subscriber(BOB)?.roamTo(operatorOf('00102'));
  await clock.advance(MINUTE);
  host.heard();
  world.subscriber(BOB)?.portTo(operatorOf('00102'));
  await clock.advance(MINUTE);
  expect(host.heard()).toContain('+CREG: 1\r\n');
});

test('a phone that roams where it is already does not register anew', async () => {
  const { world, pass } = networkOf();
  await pass(MINUTE);
  const before = world.log.seq;
  world.subscriber(BOB)?.roamTo(operatorOf('00101'));
  await pass(MINUTE);
  expect(world.log.seq).toBe(before);
});

/** Bob's number has three SIMs; the network heard the third last. */
async function clones(): Promise<{ world: World; phones: readonly NonNullable<ReturnType<World['modem']>>[] }> {
  const { world, bob, pass } = networkOf();
  const phones = [bob];
  for (const number of [CAROL, '+393330000004']) {
    const phone = world.addModem({ number });
    world.cloneSim(BOB, phone);
    await pass(MINUTE);
    phones.push(phone);
  }
  return { world, phones };
}

test('when a clone that the network did not hear last goes, messages go where they went', async () => {
  const { world, phones } = await clones();
  expect(world.modem(BOB)).toBe(phones[2]);
  const [bob] = phones;
  if (bob !== undefined) world.swapSim(CAROL, bob);
  expect(world.modem(BOB)).toBe(phones[2]);
});

test('when the last clone that is reachable goes, the number has the first of the others', async () => {
  const { world, phones } = await clones();
  for (const phone of phones.slice(0, 2)) phone.radio.setFunctionality(0);
  const last = phones[2];
  if (last !== undefined) world.swapSim(CAROL, last);
  expect(world.modem(BOB)).toBe(phones[0]);
  expect(world.subscriber(BOB)?.reachable).toBe(false);
});

test('RP-SMMA of a clone: messages go to that one', async () => {
  const { world, phones } = await clones();
  phones[1]?.link.memoryAvailable();
  expect(world.modem(BOB)).toBe(phones[1]);
});

test('after RP-SMMA the register knows of nothing that waits, though no message waited any more', async () => {
  const { world, bob, send, entries } = networkOf();
  world.fillMemory(BOB);
  const sms = await send('x');
  world.deleteWaiting(sms);
  for (let i = 0; i < 2; i += 1) bob.link.memoryAvailable();
  expect(entries('alert')).toMatchObject([{ reason: 'memory' }]);
  expect(world.subscriber(BOB)?.messagesWaiting).toEqual({ notReachable: false, memoryExceeded: false });
});

test.each([
  [1, true],
  [600, true],
  [0, false],
  [601, false],
  [Number.NaN, false],
])('a rate of %d messages a minute: allowed %j', (rate, allowed) => {
  const { world } = networkOf();
  const set = () => world.subscriber(BOB)?.setRate(rate);
  if (allowed) expect(set).not.toThrow();
  else expect(set).toThrow(RangeError);
  expect(world.subscriber(BOB)?.state().ratePerMinute).toBe(allowed ? rate : undefined);
});

test('a subscriber without a rate of its own has none as data, and says whether it is covered', () => {
  const { world } = networkOf();
  const bob = world.subscriber(BOB);
  expect(bob?.state()).not.toHaveProperty('ratePerMinute');
  expect(bob?.covered).toBe(true);
  bob?.setReception('shadow');
  expect(bob?.covered).toBe(true);
  bob?.setReception('none');
  expect(bob?.covered).toBe(false);
});

test('a message for a number that nobody has is refused by its name', () => {
  const { world } = networkOf();
  const deliver = () => world.deliver({ to: '+39777', from: 'BANK', content: { kind: 'text', text: 'x' } });
  expect(deliver).toThrow(UnknownNumber);
  expect(deliver).toThrow(expect.objectContaining({ name: 'UnknownNumber', number: '+39777' }));
});
