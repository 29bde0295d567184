import { expect, test } from 'vitest';
import { decodeTpdu, encodeTpdu, fromHex, type Submit, toHex } from '../../../modem/index.ts';
import {
  jsonLine,
  type LogEntry,
  latencyProfiles,
  type MessageFault,
  VIRTUAL_START,
  type World,
} from '../../../sim/index.ts';
import { type Host, hostOf, quietWorld } from '../host.ts';
import { ALICE, BOB, HOUR, MINUTE } from './network-of.ts';

const DAY = 24 * HOUR;

async function aliceAndBob(options: Parameters<typeof quietWorld>[0] = {}) {
  const { world, clock } = quietWorld(options);
  const [alice, bob] = [world.addModem({ number: ALICE }), world.addModem({ number: BOB, simCapacity: 3 })];
  const [a, b] = [await hostOf(alice, clock), await hostOf(bob, clock)];
  await a.type('ATE0;+CNMI=2,1,0,1\r');
  await b.type('ATE0;+CNMI=2,1,0,1\r');
  a.heard();
  b.heard();
  return { world, clock, a, b };
}

/** Sends a SUBMIT from a host, `pdu` overriding a plain one to Bob, and says what the modem answered. */
async function submit(host: Host, pdu: Partial<Submit> = {}, ms?: number): Promise<string> {
  const tpdu = encodeTpdu({
    type: 'SUBMIT',
    messageReference: 0,
    destination: { type: 'international', plan: 'isdn', value: BOB.slice(1) },
    dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
    userData: { kind: 'text', header: [], text: 'hello' },
    ...pdu,
  });
  await host.type(`AT+CMGS=${tpdu.length}\r`);
  return host.type(`00${toHex(tpdu)}\x1a`, ms);
}

/** What the log tells of messages, between the beginning of their sending and their end. */
const TOLD: ReadonlySet<LogEntry['kind']> = new Set<LogEntry['kind']>([
  'submit',
  'refuse',
  'lose',
  'duplicate',
  'deliver',
  'wait',
  'fail',
  'report',
  'replace',
  'fault',
]);

const kinds = (world: World) =>
  world.log
    .entries()
    .map(({ kind }) => kind)
    .filter((kind) => TOLD.has(kind));
const eventsOf = <Kind extends LogEntry['kind']>(world: World, kind: Kind) =>
  world.log.entries().filter((entry): entry is Extract<LogEntry, { kind: Kind }> => entry.kind === kind);

/** The TP-ST of the status report that the host was shown. */
function shownStatus(heard: string): number | undefined {
  const pdu = /\+CDS: \d+\r\n([0-9A-F]+)/.exec(heard)?.[1];
  if (pdu === undefined) return undefined;
  const report = decodeTpdu(fromHex(pdu).subarray(1 + Number.parseInt(pdu.slice(0, 2), 16)), 'mobile-terminated');
  return report.type === 'STATUS-REPORT' ? report.status : undefined;
}

test('a message to a phone out of coverage waits, is retried on schedule, and comes at once when the phone is back', async () => {
  const { world, clock, a, b } = await aliceAndBob();
  world.subscriber(BOB)?.setCovered(false);
  await submit(a, { statusReportRequested: true });
  await clock.advance(10 * MINUTE);
  expect(eventsOf(world, 'wait').map(({ reason, retryMs }) => [reason, retryMs / MINUTE])).toEqual([
    ['absent', 1],
    ['absent', 5],
    ['absent', 10],
  ]);
  world.subscriber(BOB)?.setCovered(true);
  await clock.advance(1_000);
  expect(b.heard()).toContain('+CMTI: "SM",1');
  expect(shownStatus(a.heard())).toBe(0);
});

const VALIDITIES: readonly (readonly [name: string, validity: Submit['validity'], lastsMs: number])[] = [
  ['none', undefined, 7 * DAY],
  ['relative', { format: 'relative', ms: HOUR }, HOUR],
  ['absolute', { format: 'absolute', until: { at: VIRTUAL_START + 2 * HOUR, zone: 4 } }, 2 * HOUR],
  ['enhanced, in seconds', { format: 'enhanced', singleShot: false, period: { kind: 'seconds', seconds: 90 } }, 90_000],
];

test.each(VALIDITIES)(
  'a message of validity %s is given up in time, with TP-ST 46 (3GPP TS 23.040, 9.2.3.12)',
  async (_name, validity, lastsMs) => {
    const { world, clock, a, b } = await aliceAndBob();
    world.subscriber(BOB)?.setCovered(false);
    await submit(a, { statusReportRequested: true, ...(validity && { validity }) });
    await clock.advance(VIRTUAL_START + lastsMs - clock.now() - 1);
    expect(world.waitingFor(BOB)).toBe(1);
    await clock.advance(1_000);
    expect(world.waitingFor(BOB)).toBe(0);
    expect(shownStatus(a.heard())).toBe(0x46);
    world.subscriber(BOB)?.setCovered(true);
    await clock.advance(DAY);
    expect(b.heard()).not.toContain('+CMTI');
  },
);

test('a message to nobody is reported as not obtainable, TP-ST 43', async () => {
  const { a } = await aliceAndBob();
  const heard = await submit(a, {
    statusReportRequested: true,
    destination: { type: 'international', plan: 'isdn', value: '39999' },
  });
  expect(shownStatus(heard)).toBe(0x43);
});

test('a single-shot message is tried once (3GPP TS 23.040, 9.2.3.12.3)', async () => {
  const { world, a } = await aliceAndBob();
  world.subscriber(BOB)?.setCovered(false);
  const heard = await submit(a, {
    statusReportRequested: true,
    validity: { format: 'enhanced', singleShot: true, period: { kind: 'none' } },
  });
  expect(shownStatus(heard)).toBe(0x62);
});

test('one message a phone is on the air; TP-MMS says that more wait (3GPP TS 23.040, 9.2.3.2)', async () => {
  const { world, clock, a } = await aliceAndBob();
  world.subscriber(BOB)?.setCovered(false);
  await submit(a);
  await submit(a);
  world.subscriber(BOB)?.setCovered(true);
  await clock.advance(2_000);
  expect(eventsOf(world, 'deliver').map(({ tpdu }) => decodeTpdu(fromHex(tpdu), 'mobile-terminated'))).toMatchObject([
    { moreMessagesToSend: true },
    { type: 'DELIVER' },
  ]);
  expect(eventsOf(world, 'deliver').map(({ tpdu }) => Number.parseInt(tpdu.slice(0, 2), 16) & 4)).toEqual([0, 4]);
});

test('only TP-RD refuses a second message of the same reference while the first waits: +CMS ERROR 197', async () => {
  const { world, a } = await aliceAndBob();
  world.subscriber(BOB)?.setCovered(false);
  for (let i = 0; i < 256; i += 1)
    await submit(a, i === 0 ? {} : { destination: { type: 'unknown', plan: 'isdn', value: '1' } }, 1);
  expect(await submit(a, { rejectDuplicates: true })).toBe('\r\n+CMS ERROR: 197\r\n');
  for (let i = 1; i < 256; i += 1) await submit(a, { destination: { type: 'unknown', plan: 'isdn', value: '1' } }, 1);
  expect(await submit(a)).toContain('+CMGS: 0');
  expect(world.waitingFor(BOB)).toBe(2);
});

test('a message that is refused costs nothing, and is not among those that the network took', async () => {
  const { world, a } = await aliceAndBob();
  const account = () => [world.subscriber(ALICE)?.balanceCents, world.submitted(ALICE).length];
  world.faults.add({ action: { kind: 'refuse', cause: 38 } });
  expect(await submit(a)).toBe('\r\n+CMS ERROR: 38\r\n');
  expect(account()).toEqual([1_000, 0]);
  await submit(a);
  expect(account()).toEqual([990, 1]);
});

test('a replace type takes the place of the one that waits, and of the one in the phone (3GPP TS 23.040, 9.2.3.9)', async () => {
  const { world, clock, a, b } = await aliceAndBob();
  const text = (words: string) => ({ pid: 0x41, userData: { kind: 'text', header: [], text: words } as const });
  world.subscriber(BOB)?.setCovered(false);
  await submit(a, text('first'));
  await submit(a, text('second'));
  expect(world.waitingFor(BOB)).toBe(1);
  world.subscriber(BOB)?.setCovered(true);
  await clock.advance(2_000);
  await submit(a, text('third'));
  expect(b.heard()).toContain('+CMTI: "SM",1\r\n\r\n+CMTI: "SM",1\r\n');
  expect(await b.type('AT+CMGF=1;+CMGL="ALL"\r')).toMatch(/\+CMGL: 1,.*\r\nthird\r\n\r\nOK/);
});

test('a type 0 message is acknowledged and thrown away (3GPP TS 23.040, 9.2.3.9)', async () => {
  const { a, b } = await aliceAndBob();
  expect(shownStatus(await submit(a, { pid: 0x40, statusReportRequested: true }))).toBe(0);
  expect(b.heard()).toBe('');
});

test('user data goes through untouched, also what the codec cannot read', async () => {
  const { world, a } = await aliceAndBob();
  const userData = '0A' + '07FF05DEADBEEF01AABB';
  const tpdu = `41000C9193330300002000${'8C'}${userData}`;
  await a.type(`AT+CMGS=${tpdu.length / 2}\r`);
  expect(await a.type(`00${tpdu}\x1a`)).toContain('+CMGS: 0');
  expect(eventsOf(world, 'deliver')[0]?.tpdu).toMatch(new RegExp(`^44.*008C.{14}${userData}$`));
});

test('national numbers, 00 and + lead to the same subscriber', async () => {
  const { world, clock } = await aliceAndBob();
  for (const to of [BOB, '3330000002', '00393330000002'])
    world.deliver({ to, from: '1', content: { kind: 'text', text: to } });
  await clock.advance(1);
  expect(eventsOf(world, 'deliver').map(({ to }) => to)).toEqual([BOB, BOB, BOB]);
});

const FAULTS: readonly (readonly [fault: MessageFault['action'], answer: RegExp, expected: readonly string[]])[] = [
  [{ kind: 'drop' }, /\+CMGS: 0/, ['submit', 'fault', 'lose']],
  [{ kind: 'duplicate' }, /\+CMGS: 0/, ['submit', 'fault', 'duplicate', 'deliver', 'deliver']],
  [{ kind: 'delay', ms: 50 }, /\+CMGS: 0/, ['submit', 'fault', 'deliver']],
  [{ kind: 'refuse', cause: 38 }, /^\r\n\+CMS ERROR: 38\r\n$/, ['submit', 'fault', 'refuse']],
  [{ kind: 'lose-answer' }, /^$/, ['submit', 'fault', 'deliver']],
  [{ kind: 'lose-acknowledgement' }, /\+CMGS: 0/, ['submit', 'deliver', 'fault', 'wait', 'deliver']],
  [{ kind: 'corrupt' }, /\+CMGS: 0/, ['submit', 'fault', 'deliver']],
  [{ kind: 'reorder' }, /\+CMGS: 0/, ['submit', 'fault', 'deliver']],
  [{ kind: 'spoof', sender: 'BANK' }, /\+CMGS: 0/, ['submit', 'fault', 'deliver']],
  [{ kind: 'outcome', status: 0x00 }, /\+CMGS: 0/, ['submit', 'fault', 'lose']],
  [{ kind: 'outcome', status: 0x21 }, /\+CMGS: 0/, ['submit', 'fault', 'wait', 'deliver']],
  [{ kind: 'outcome', status: 0x48 }, /\+CMGS: 0/, ['submit', 'fault', 'fail']],
];

test.each(FAULTS)('the fault %o strikes once and shows in the log', async (action, answer, expected) => {
  const { world, clock, a } = await aliceAndBob();
  world.faults.add({ action, from: ALICE });
  expect(await submit(a)).toMatch(answer);
  await clock.advance(2 * MINUTE);
  expect(kinds(world)).toEqual(expected);
  expect(await a.type('AT\r')).toBe('\r\nOK\r\n');
  expect(await submit(a)).toMatch(/\+CMGS: 1/);
});

test('a fault can wait for the nth message, and be taken back', async () => {
  const { world, a } = await aliceAndBob();
  const id = world.faults.add({ action: { kind: 'drop' }, to: BOB, nth: 2 });
  for (let i = 0; i < 3; i += 1) await submit(a);
  expect(eventsOf(world, 'lose').map(({ sms }) => sms)).toEqual([2]);
  expect(world.faults.list()).toMatchObject([{ id, matched: 3, struck: 1 }]);
  expect(world.faults.remove(id)).toBe(true);
  expect(world.faults.remove(id)).toBe(false);
});

/** Fifty messages each way between Alice and Bob, with faults, as one text. */
async function run(seed: number): Promise<string> {
  const { world, clock, a, b } = await aliceAndBob({
    seed,
    responseMs: [5, 20],
    ...(latencyProfiles['in2005'] && { profile: latencyProfiles['in2005'] }),
  });
  world.faults.add({ action: { kind: 'duplicate' }, probability: 0.1 });
  world.faults.add({ action: { kind: 'lose-acknowledgement' }, probability: 0.1 });
  for (let i = 0; i < 25; i += 1) {
    await submit(a, { statusReportRequested: true }, 5_000);
    await b.type('AT+CMGD=1,4\r');
  }
  await clock.advance(DAY);
  return world.log.entries().map(jsonLine).join('\n');
}

test('the same seed gives the same log, byte for byte; another seed another', async () => {
  const [first, second, other] = [await run(7), await run(7), await run(8)];
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});
