import { expect, test } from 'vitest';
import { addressOf, encodeTpdu } from '../../../modem/index.ts';
import { latencyProfiles, operators } from '../../../sim/index.ts';
import { hostOf, quietWorld } from '../host.ts';
import { ALICE, BOB, MINUTE, networkOf } from './network-of.ts';

const CAROL = '+393330000003';

test('a phone that is switched off gets its messages when it is on again', async () => {
  const { world, send, pass, entries } = networkOf();
  world.subscriber(BOB)?.setPowered(false);
  await send('x');
  expect(entries('wait')).toMatchObject([{ reason: 'absent' }]);
  await pass(30_000);
  world.subscriber(BOB)?.setPowered(true);
  await pass(5_000);
  expect(entries('alert')).toMatchObject([{ number: BOB, reason: 'present' }]);
  expect(entries('deliver').filter(({ to }) => to === BOB)).toHaveLength(1);
});

test('a phone that comes back in the same cell triggers no alert: the timer finds it, or what it sends', async () => {
  const { world, send, pass, entries } = networkOf();
  world.subscriber(BOB)?.setReception('shadow');
  await send('x');
  world.subscriber(BOB)?.setReception('good');
  await pass(MINUTE - 1);
  expect(entries('deliver')).toEqual([]);
  await pass(1);
  expect(entries('deliver')[0]).toMatchObject({ to: BOB });
  expect(entries('alert')).toEqual([]);
  world.subscriber(BOB)?.setReception('shadow');
  await send('y');
  world.subscriber(BOB)?.setReception('good');
  await send('z', { from: BOB, to: ALICE, statusReport: false });
  expect(entries('alert')).toMatchObject([{ number: BOB }]);
  expect(entries('deliver').filter(({ to }) => to === BOB)).toHaveLength(2);
});

test('a phone in the shadow finds out that it is when it sends: +CMS ERROR 332, after TR1M (3GPP TS 24.011, 10.1)', async () => {
  const { world, pass } = networkOf();
  world.subscriber(ALICE)?.setReception('shadow');
  const sending = world.send({ from: ALICE, to: BOB, content: { kind: 'text', text: 'x' } });
  await pass(40_000);
  expect(await sending).toMatchObject([{ answer: { kind: 'refused', cause: 332 } }]);
});

test('roaming: +CREG 5, the name of the other operator, and a way that is longer', async () => {
  const { world, clock } = quietWorld({ ...(latencyProfiles['direct'] && { profile: latencyProfiles['direct'] }) });
  const host = await hostOf(world.addModem({ number: BOB }), clock);
  await host.type('ATE0;+CREG=1;+COPS=3,0\r');
  const abroad = operators['00103'];
  if (abroad === undefined) throw new Error('no operator 00103');
  world.subscriber(BOB)?.roamTo(abroad);
  expect(await host.type('AT\r', 10_000)).toMatch(/\+CREG: 2\r\n.*\+CREG: 5\r\n/s);
  expect(await host.type('AT+CREG?;+COPS?\r')).toMatch(/\+CREG: 1,5\r\n.*\+COPS: 0,0,"Sim Abroad"/s);
  expect(world.log.entries().at(-1)).toMatchObject({ kind: 'attach', number: BOB, operator: '00103' });
  const sentAt = clock.now();
  world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'x' } });
  await clock.advance(MINUTE);
  const arrived = world.log.entries().find(({ kind }) => kind === 'deliver');
  expect((arrived?.at ?? 0) - sentAt).toBeGreaterThan(1_000);
});

test('a SIM swap: the number, and what waits for it, moves to another modem; the old SIM is let in nowhere', async () => {
  const { world, clock } = quietWorld();
  const [old, fresh] = [world.addModem({ number: BOB }), world.addModem({ number: CAROL })];
  const [oldHost, freshHost] = [await hostOf(old, clock), await hostOf(fresh, clock)];
  world.subscriber(BOB)?.setReception('none');
  world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'Your code is 1234' } });
  world.swapSim(BOB, fresh);
  await clock.advance(MINUTE);
  expect(await freshHost.type('ATE0;+CMGF=1;+CMGL="ALL"\r')).toContain('Your code is 1234');
  expect(await freshHost.type('AT+CNUM\r')).toContain(BOB);
  expect(old.link.admission).toBe('denied');
  expect(await oldHost.type('ATE0;+CREG?\r')).toContain('+CREG: 0,2');
  expect(world.modem(BOB)).toBe(fresh);
  expect(world.modem(CAROL)).toBeUndefined();
  // Carol's number has no SIM now: its messages wait until it gets one.
  world.deliver({ to: CAROL, from: 'BANK', content: { kind: 'text', text: 'For Carol' } });
  await clock.advance(MINUTE);
  expect(world.waitingFor(CAROL)).toBe(1);
  world.swapSim(CAROL, old);
  expect(world.modem(CAROL)).toBe(old);
});

test('clones: both can send, and messages go to the one that the network heard last', async () => {
  const { world, clock } = quietWorld();
  const [bob, clone] = [world.addModem({ number: BOB }), world.addModem({ number: CAROL })];
  world.cloneSim(BOB, clone);
  await clock.advance(MINUTE);
  expect(clone.sim.imsi).toBe(bob.sim.imsi);
  const deliver = async (text: string) => {
    world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text } });
    await clock.advance(MINUTE);
    return [bob.store('SM').used, clone.store('SM').used];
  };
  expect(await deliver('to the clone, which registered last')).toEqual([0, 1]);
  const sending = bob.outgoing.send(
    encodeTpdu({
      type: 'SUBMIT',
      messageReference: 0,
      destination: addressOf(ALICE),
      dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
      userData: { kind: 'text', header: [], text: 'x' },
    }),
  );
  await clock.advance(MINUTE);
  expect(await sending).toMatchObject({ answer: { kind: 'accepted' } });
  expect(await deliver('to Bob, who sent last')).toEqual([1, 1]);
  expect(world.submitted(BOB)).toHaveLength(1);
});

test('number portability: the number keeps its phone and its messages under another operator', async () => {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: BOB }), clock);
  const second = operators['00102'];
  if (second === undefined) throw new Error('no operator 00102');
  world.subscriber(BOB)?.portTo(second);
  await clock.advance(MINUTE);
  expect(await host.type('ATE0;+CREG?;+COPS?\r')).toMatch(/\+CREG: 0,1\r\n.*\+COPS: 0,0,"Second Sim"/s);
  world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'x' } });
  await clock.advance(MINUTE);
  expect(world.modem(BOB)?.store('SM').used).toBe(1);
});

test('a full SIM: TP-FCS D0, then RP-SMMA once there is room (3GPP TS 23.040, 3.2.7)', async () => {
  const { world, bob, send, entries } = networkOf();
  expect(world.fillMemory(BOB)).toBe(103);
  await send('x');
  expect(entries('wait')).toMatchObject([{ reason: 'full', cause: 0xd0 }]);
  expect(world.subscriber(BOB)?.messagesWaiting).toEqual({ notReachable: false, memoryExceeded: true });
  bob.store('SM').delete(2);
  bob.incoming.roomMade();
  expect(entries('alert')).toMatchObject([{ number: BOB, reason: 'memory' }]);
  expect(entries('deliver')[0]).toMatchObject({ to: BOB });
  expect(world.subscriber(BOB)?.messagesWaiting).toEqual({ notReachable: false, memoryExceeded: false });
});

test('RP-SMMA is sent once for a refusal, and again after the next', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: BOB, simCapacity: 2 });
  const told: number[] = [];
  const { link } = modem;
  const memoryAvailable = link.memoryAvailable.bind(link);
  link.memoryAvailable = () => {
    told.push(told.length);
    memoryAvailable();
  };
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CPMS="SM","SM","SM"\r');
  const seen: number[] = [];
  for (const round of ['a', 'b']) {
    world.fillMemory(BOB);
    world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: round } });
    await clock.advance(MINUTE);
    for (const index of [1, 2, 1]) {
      await host.type(`AT+CMGD=${index}\r`, MINUTE);
      seen.push(told.length);
    }
  }
  expect(seen).toEqual([1, 1, 1, 2, 2, 2]);
});

test('a subscriber as data', () => {
  const { world } = networkOf({ ratePerMinute: 10 });
  world.subscriber(BOB)?.setReception('weak');
  expect(world.subscriber(BOB)?.state()).toEqual({
    number: BOB,
    operator: '00101',
    visited: '00101',
    reception: 'weak',
    powered: true,
    ratePerMinute: 10,
    reachable: true,
    barred: false,
    messagesWaiting: { notReachable: false, memoryExceeded: false },
    sims: ['001010000000002'],
  });
});

test('a SIM whose number has moved is denied registration: +CREG 3 (3GPP TS 24.008, 10.5.3.6)', async () => {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: BOB }), clock);
  const fresh = world.addModem({ number: CAROL });
  await host.type('ATE0;+CREG=1\r');
  world.swapSim(BOB, fresh);
  expect(await host.type('AT+CREG?\r', 10_000)).toContain('+CREG: 3');
  expect(await host.type('AT+CMGF=1\r')).toContain('OK');
  await host.type(`AT+CMGS="${CAROL}"\r`);
  expect(await host.type('x\x1a')).toContain('+CMS ERROR: 331');
});

test.each([
  ['at home', undefined, '00102'],
  ['abroad', '00103', '00103'],
])('a phone %s whose number goes to another operator is then in the cells of %s', (_where, roaming, visited) => {
  const { world } = networkOf();
  const bob = world.subscriber(BOB);
  const [there, second] = [operators[roaming ?? '00101'], operators['00102']];
  if (there === undefined || second === undefined) throw new Error('an operator is missing');
  bob?.roamTo(there);
  bob?.portTo(second);
  expect(bob?.state()).toMatchObject({ operator: '00102', visited });
});

test('when a clone goes, messages go to another that is reachable', async () => {
  const { world, bob, pass } = networkOf();
  const [first, second] = [CAROL, '+393330000004'].map((number) => world.addModem({ number }));
  if (first === undefined || second === undefined) throw new Error('no phones');
  world.cloneSim(BOB, first);
  await pass(MINUTE);
  world.cloneSim(BOB, second);
  await pass(MINUTE);
  bob.radio.setFunctionality(0);
  expect(world.modem(BOB)).toBe(second);
  world.swapSim('+393330000004', second);
  expect(world.modem(BOB)).toBe(first);
});

test('the balance ends at 0', () => {
  const { world } = networkOf();
  const bob = world.subscriber(BOB);
  for (let i = 0; i < 100; i += 1) bob?.pay();
  expect(bob?.balanceCents).toBe(0);
  bob?.pay();
  expect(bob?.balanceCents).toBe(0);
});

test('RP-SMMA also says that a phone is there (3GPP TS 23.040, 3.2.7)', async () => {
  const { world, bob, send, entries } = networkOf();
  world.subscriber(BOB)?.setReception('shadow');
  await send('x');
  bob.link.memoryAvailable();
  expect(entries('alert'), 'in the shadow').toEqual([]);
  world.subscriber(BOB)?.setReception('good');
  bob.link.memoryAvailable();
  expect(entries('alert')).toMatchObject([{ reason: 'memory' }]);
  bob.link.memoryAvailable();
  expect(entries('alert')).toHaveLength(1);
  expect(entries('deliver').filter(({ to }) => to === BOB)).toHaveLength(1);
});

test('what is so already changes nothing: no restart, no line in the log', async () => {
  const { world, clock } = quietWorld();
  const host = await hostOf(world.addModem({ number: BOB }), clock);
  await host.type('ATE0\r');
  const before = world.log.seq;
  world.subscriber(BOB)?.setPowered(true);
  world.subscriber(BOB)?.setReception('good');
  world.subscriber(BOB)?.setCovered(true);
  expect(await host.type('AT\r')).toBe('\r\nOK\r\n');
  expect(world.log.seq).toBe(before);
});
