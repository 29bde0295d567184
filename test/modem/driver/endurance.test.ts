import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import {
  type FarEnd,
  type Modem,
  memoryPort,
  openModem,
  type SendOutcome,
  type SmsReport,
} from '../../../modem/index.ts';
import {
  createWorld,
  latencyProfiles,
  personalities,
  type SeededRandom,
  seededRandom,
  VirtualClock,
  type VirtualModem,
} from '../../../sim/index.ts';
import { inFull } from '../../in-full.ts';
import { line, ok } from '../scripted-modem.ts';
import { createBench, deliverPdus, lengthOf, reportPdu } from './bench.ts';

const HOUR_MS = 3_600_000;
/** Hours of a day in which everything happens to modems. */
const HOURS = inFull(24, 6);
const anna = '+393330000001';
const bruno = '+393330000002';
const noise = ['^RSSI: 20', '+CREG: 1', 'RING', '+ZEND', '_OSIGQ: 3,0', '^BOOT:1,0', '+CMTI: "SM",7', '+CDSI: "SR",1'];

/** What a bad line does for some minutes, now and then. */
const badLines = [
  { action: { kind: 'split', atMost: 3, gapMs: 2 }, probability: 1 },
  { action: { kind: 'late', ms: 700 }, probability: 1 },
  { action: { kind: 'swallow' }, probability: 0.02 },
  { action: { kind: 'repeat' }, probability: 0.01 },
] as const;

/** A phone with its driver, and what its user knows of it. */
interface Party {
  readonly number: string;
  readonly virtual: VirtualModem;
  readonly farEnd: FarEnd;
  readonly modem: Modem;
  readonly outcomes: Map<string, SendOutcome['kind']>;
  readonly received: string[];
  readonly reports: SmsReport[];
  isBroken: boolean;
}

/** {@link HOURS} in the life of two modems: what happened to them, and to their messages. */
async function day(seed: number, models: readonly [string, string]) {
  const clock = new VirtualClock();
  const random = seededRandom(`endurance ${seed}`);
  const slow = latencyProfiles['pt2008'];
  if (slow === undefined) throw new Error('no such profile');
  const world = createWorld({ seed, clock, profile: { ...slow, lostPerMille: 0, duplicatedPerMille: 0 } });
  const happened = { unplugged: 0, reboots: 0, 'full stores': 0, 'bad lines': 0, 'broken receivers': 0 };
  const parties = [
    await plugIn(world.addModem({ number: anna, pin: '1234', simCapacity: 5, ...modelOf(models[0]) }), clock, random),
    await plugIn(world.addModem({ number: bruno, simCapacity: 5, ...modelOf(models[1]) }), clock, random),
  ] as const;

  const end = clock.now() + HOURS * HOUR_MS;
  const often = (meanMs: number, task: () => void) => {
    const again = () => {
      if (clock.now() >= end) return;
      task();
      clock.after(random.fraction() * 2 * meanMs, again);
    };
    clock.after(random.fraction() * 2 * meanMs, again);
  };
  const anyOf = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random.fraction() * items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  };
  world.faults.add({ action: { kind: 'lose-answer' }, from: anna, probability: 0.02 });
  let sent = 0;
  const send = (from: Party, to: string) => {
    sent += 1;
    const text = `${sent} ${'long '.repeat(sent % 5 === 0 ? 60 : 1)}`.trim();
    const message = {
      id: text,
      destination: to,
      content: { kind: 'text', text },
      statusReport: sent % 2 === 0,
    } as const;
    void from.modem.send(message).then(({ kind }) => from.outcomes.set(text, kind));
  };
  often(20_000, () => send(parties[0], bruno));
  often(60_000, () => send(parties[1], anna));
  often(10_000, () => anyOf(parties).virtual.suffer({ kind: 'noise', code: anyOf(noise) }));
  often(240_000, () => {
    happened.unplugged += 1;
    anyOf(parties).farEnd.hangUp();
  });
  often(400_000, () => {
    const { virtual } = anyOf(parties);
    happened.reboots += 1;
    virtual.reboot();
    // Some say nothing of it.
    if (random.fraction() < 0.5) virtual.suffer({ kind: 'noise', code: 'RDY' });
  });
  often(900_000, () => {
    happened['bad lines'] += 1;
    const id = world.faults.add({ ...anyOf(badLines), modem: anyOf(parties).number });
    clock.after(120_000, () => world.faults.remove(id));
  });
  often((HOURS * HOUR_MS) / 12, () => {
    const party = anyOf(parties);
    happened['broken receivers'] += 1;
    party.isBroken = true;
    clock.after(600_000, () => {
      party.isBroken = false;
    });
  });
  often(60_000, () => {
    if (parties.some(({ virtual }) => [...virtual.store('SM').entries()].length === 5)) happened['full stores'] += 1;
  });
  await clock.advance((HOURS + 3) * HOUR_MS);
  return { parties, happened, sent };
}

function modelOf(id: string) {
  const personality = personalities[id];
  if (personality === undefined) throw new Error(`no personality ${id}`);
  return { personality };
}

async function plugIn(virtual: VirtualModem, clock: VirtualClock, random: SeededRandom): Promise<Party> {
  const { port, farEnd } = memoryPort(virtual.number);
  const opened = openModem(port, { clock, pin: '1234' });
  virtual.attach(farEnd);
  let party: Party | undefined;
  const { number } = virtual;
  void opened.then((modem) => {
    party = { number, virtual, farEnd, modem, outcomes: new Map(), received: [], reports: [], isBroken: false };
  });
  await clock.runUntil(() => party !== undefined, 120_000);
  const ready: Party | undefined = party;
  if (ready === undefined) throw new Error(`${virtual.number} did not open`);
  ready.modem.receive({
    async message({ content }) {
      // One hand-over in twenty fails, and all of them while the receiver is broken.
      if (ready.isBroken || random.fraction() < 0.05) throw new Error('busy');
      ready.received.push(content.kind === 'text' ? content.text : '');
    },
    report: (report) => ready.reports.push(report),
  });
  return ready;
}

const days: readonly (readonly [seed: number, models: readonly [string, string]])[] = [
  [1, ['standard', 'standard']],
  [2, ['motorola-ezx', 'simcom-sim600']],
];

test.each(inFull(days, days.slice(0, 1)))(
  `${HOURS} hours of unplugging, reboots, noise, bad lines and full stores (seed %i, %j): no message lost, doubled or told wrong`,
  async (seed, models) => {
    const { parties, happened, sent } = await day(seed, models);
    const all = new Map(parties.flatMap(({ outcomes }) => [...outcomes]));
    const received = parties.flatMap((party) => party.received);
    const arrived = new Set(received);
    const of = (kind: SendOutcome['kind']) => [...all].filter((entry) => entry[1] === kind).map(([text]) => text);
    expect(all.size).toBe(sent);
    expect(of('sent').length).toBeGreaterThan(sent * 0.75);
    expect(of('unknown').length).toBeGreaterThan(10);
    expect(of('sent').filter((text) => !arrived.has(text))).toEqual([]);
    expect(of('failed').filter((text) => arrived.has(text))).toEqual([]);
    expect(received.filter((text, index) => received.indexOf(text) !== index)).toEqual([]);

    const delivered = parties.flatMap(({ reports }) =>
      reports.flatMap(({ id, outcome }) => (outcome === 'delivered' ? id : [])),
    );
    expect(delivered.filter((text) => !arrived.has(text))).toEqual([]);
    expect(delivered.filter((text, index) => delivered.indexOf(text) !== index)).toEqual([]);
    expect(of('unknown').some((text) => delivered.includes(text))).toBe(true);
    for (const { virtual } of parties) {
      // Parts of a message that failed half-way may wait for ever.
      expect([...virtual.store('SM').entries()].length).toBeLessThan(5);
      expect(virtual.sim.triesLeft.pin).toBe(3);
    }
    // It was a day as promised.
    for (const [what, times] of Object.entries(happened)) expect([what, times > 5]).toEqual([what, true]);
  },
  120_000,
);

const LAST = inFull(24, 14);
test(`${LAST} hours of messages, lost answers, refusals and reopenings leave no more in memory than ten hours do`, async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const bench = createBench();
  const { clock, script } = bench;
  let sent = 0;
  script.when(/\^Z$/, () => {
    sent += 1;
    if (sent % 50 === 0) return undefined;
    if (sent % 20 === 0) return line('+CMS ERROR: 500');
    const report = reportPdu('393331234567', sent % 256, 0, clock.now());
    clock.after(2_000, () => script.say(line(`+CDS: ${lengthOf(report)}\r\n${report}`)));
    return ok(`+CMGS: ${sent % 256}`);
  });
  script.when('AT+CSQ', () => (sent % 7 === 0 ? undefined : ok('+CSQ: 20,0')));
  const modem = await bench.open({ submitTimeoutMs: 5_000, log: () => {} });
  modem.receive({
    message: async () => {
      if (sent % 30 === 0) throw new Error('busy');
    },
    report() {},
  });
  let round = 0;
  const hour = async () => {
    for (let third = 0; third < 180; third += 1) {
      round += 1;
      const content = { kind: 'text', text: `message ${round}` } as const;
      void modem.send({ id: `${round}`, destination: '+393331234567', content, statusReport: true });
      void modem.signal().catch(() => {});
      const takenAt = clock.now();
      const halves = deliverPdus('393331234567', { kind: 'text', text: `${round} `.repeat(60) }, round % 256, takenAt);
      bench.stored.set(
        round % 20,
        round % 9 === 0 ? (halves[0] ?? '') : (deliverPdus('39333', content, 1, takenAt)[0] ?? ''),
      );
      script.say(line(`+CMTI: "SM",${round % 20}`));
      if (round % 45 === 0) bench.unplug();
      await clock.advance(20_000);
      script.typed.length = 0;
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const hours: number[] = [];
  while (hours.length < LAST) hours.push(await hour());
  expect(sent).toBeGreaterThan(LAST * 125);
  // Everything that has a limit has reached it by then.
  expect(((hours[LAST - 1] ?? 0) - (hours[9] ?? 0)) / 1e6).toBeLessThan(0.5);
}, 120_000);
