import { beforeEach, describe, expect, it } from 'vitest';
import { addressOf, encodeTpdu, type IncomingSms, type OutgoingSms, type SmsReport } from '../../../modem/index.ts';
import { createWorld, VirtualClock, type World } from '../../../sim/index.ts';
import type { BareRadio } from '../../../sim/network/bare-radio.ts';

const ANNA = '+393400000001';
const BRUNO = '+393400000002';
const DATA = { kind: 'data', data: Uint8Array.of(1, 2, 3), ports: { destination: 16_001, source: 16_001 } } as const;

let clock: VirtualClock;
let world: World;
let anna: BareRadio;
let bruno: BareRadio;
let came: IncomingSms[];
let reports: SmsReport[];

const message = (more: Partial<OutgoingSms> = {}): OutgoingSms => ({
  id: 'a',
  destination: BRUNO,
  content: DATA,
  ...more,
});

beforeEach(() => {
  clock = new VirtualClock();
  world = createWorld({ seed: 1, clock });
  anna = world.addBareRadio(ANNA);
  bruno = world.addBareRadio(BRUNO);
  came = [];
  reports = [];
  anna.receive({ message: async () => {}, report: (report) => reports.push(report) });
});

/** Takes what comes to Bruno, as long as `takes` says. */
function receive(takes: () => boolean = () => true): void {
  bruno.receive({
    async message(sms) {
      if (!takes()) throw new Error('no room');
      came.push(sms);
    },
    report() {},
  });
}

describe('a radio without a modem', () => {
  it('sends and receives octets with their ports, and is told what became of them', async () => {
    receive();
    expect(await clock.run(anna.send(message({ statusReport: true })))).toEqual({ kind: 'sent', references: [0] });
    await clock.advance(60_000);
    expect(came).toMatchObject([{ originator: ANNA, content: DATA }]);
    expect(reports).toMatchObject([{ id: 'a', outcome: 'delivered' }]);
  });

  it('sends one message after another, under references that count modulo 256', async () => {
    receive();
    const sends = Array.from({ length: 257 }, (_, n) => anna.send(message({ id: String(n) })));
    const outcomes = await clock.run(Promise.all(sends));
    expect(outcomes[255]).toEqual({ kind: 'sent', references: [255] });
    expect(outcomes[256]).toEqual({ kind: 'sent', references: [0] });
    expect(world.submitted(ANNA)).toHaveLength(257);
  });

  it('gives a text as a text', async () => {
    receive();
    await clock.run(anna.send(message({ content: { kind: 'text', text: 'Città' } })));
    await clock.advance(60_000);
    expect(came).toMatchObject([{ content: { kind: 'text', text: 'Città' } }]);
  });

  it('refuses a message of more than one SMS', async () => {
    const long = { kind: 'text', text: 'x'.repeat(161) } as const;
    expect(await clock.run(anna.send(message({ content: long })))).toMatchObject({ kind: 'failed', retry: false });
    expect(world.submitted(ANNA)).toEqual([]);
  });

  it('refuses a message that is of no use any more', async () => {
    const late = message({ validityMs: -1_000 });
    expect(await clock.run(anna.send(late))).toMatchObject({ kind: 'failed', retry: false });
    expect(world.submitted(ANNA)).toEqual([]);
  });

  it.each(['setCovered', 'setPowered'] as const)('sends and receives nothing after %s(false)', async (change) => {
    receive();
    world.subscriber(ANNA)?.[change](false);
    expect(await clock.run(anna.send(message()))).toMatchObject({ kind: 'failed', retry: true });
    world.subscriber(ANNA)?.[change](true);
    world.subscriber(BRUNO)?.[change](false);
    await clock.run(anna.send(message()));
    await clock.advance(30_000);
    expect(came).toEqual([]);
    world.subscriber(BRUNO)?.[change](true);
    await clock.advance(30_000);
    expect(came).toHaveLength(1);
  });

  it('registers once, however often it is switched on', () => {
    for (let n = 0; n < 2; n += 1) anna.station.setPowered(true);
    const attached = world.log.entries().filter((entry) => entry.kind === 'attach' && entry.number === ANNA);
    expect(attached).toHaveLength(1);
  });

  it('says that it does not know when the answer of the network is lost', async () => {
    world.faults.add({ action: { kind: 'lose-answer' } });
    expect(await clock.run(anna.send(message()))).toMatchObject({ kind: 'unknown' });
  });

  it('says that the network refused', async () => {
    world.faults.add({ action: { kind: 'refuse', cause: 38 } });
    const outcome = await clock.run(anna.send(message()));
    expect(outcome).toEqual({ kind: 'failed', reason: '+CMS ERROR: 38', retry: true });
  });

  it('takes and drops what nobody can read', async () => {
    receive();
    world.faults.add({ action: { kind: 'corrupt' }, times: 40 });
    for (let n = 0; n < 40; n += 1) await clock.run(anna.send(message({ id: String(n) })));
    await clock.advance(60_000);
    expect(world.waitingFor(BRUNO)).toBe(0);
    came = [];
    await clock.run(anna.send(message()));
    await clock.advance(60_000);
    expect(came).toHaveLength(1);
  });

  it('keeps what nobody receives, and gives it to the next receiver what the one before did not take', async () => {
    await clock.run(anna.send(message()));
    await clock.advance(60_000);
    bruno.receive({ message: () => new Promise(() => {}), report() {} });
    receive();
    await clock.advance(1_000);
    expect(came).toHaveLength(1);
    receive();
    await clock.advance(60_000);
    expect(came).toHaveLength(1);
  });

  it('offers again after 30 s what the receiver did not take', async () => {
    let takes = false;
    receive(() => takes);
    await clock.run(anna.send(message()));
    await clock.advance(20_000);
    takes = true;
    expect(came).toEqual([]);
    await clock.advance(30_000);
    expect(came).toHaveLength(1);
  });

  it('asks its present receiver only, when one before it refused meanwhile', async () => {
    let offers = 0;
    receive(() => false);
    await clock.run(anna.send(message()));
    await clock.advance(20_000);
    bruno.receive({
      message() {
        offers += 1;
        return new Promise(() => {});
      },
      report() {},
    });
    await clock.advance(60_000);
    expect(offers).toBe(1);
  });

  it('hears of a message that it is tried again, and then that it was delivered', async () => {
    const report = (status: number): Uint8Array =>
      encodeTpdu({
        type: 'STATUS-REPORT',
        messageReference: 0,
        recipient: addressOf(BRUNO),
        timestamp: { at: 0, zone: 0 },
        dischargeTime: { at: 0, zone: 0 },
        status,
        answersCommand: false,
      });
    await clock.run(anna.send(message({ statusReport: true })));
    for (const status of [0x20, 0x00, 0x00]) await anna.station.receive(report(status));
    expect(reports.map(({ outcome }) => outcome)).toEqual(['trying', 'delivered']);
  });

  it('refuses the 31st message that nobody takes, and tells the network when there is room', async () => {
    for (let n = 0; n < 31; n += 1) await clock.run(anna.send(message({ id: String(n) })));
    await clock.advance(120_000);
    expect(world.waitingFor(BRUNO)).toBe(1);
    receive();
    await clock.advance(10_000);
    expect(came).toHaveLength(31);
  });
});
