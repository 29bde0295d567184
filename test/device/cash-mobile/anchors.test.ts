import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type AnchoredKey,
  type Anchors,
  announced,
  decodeAnchors,
  encodeAnchors,
  endless,
  keysAt,
  newestKey,
} from '../../../device/cash-mobile/anchors.ts';
import { type Flash, memoryFlash } from '../../../device/index.ts';
import { DataInputStream } from '../../../device/midp/index.ts';
import {
  encodeAnnouncement,
  hexOf,
  octetsOf,
  phonePrimitives as primitives,
} from '../../../device/safe-mobile/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrol, enrolled, installed, openApplication, PIN, wordsOf } from './cash-bench.ts';
import { FakeService, PAYEE } from './fake-service.ts';

const DAY = 86_400;

/** What an enrolled phone leaves behind, to start each test with. */
let flashOfEnrolled = '';
let enrolledService: FakeService;

beforeAll(async () => {
  const flash = memoryFlash();
  const cash = await enrolled({ flash });
  flashOfEnrolled = flash.dump();
  enrolledService = cash.service;
});

/** A phone that has enrolled, and its service. @param change changes the record of the phone before it starts, in hexadecimal */
function phone(change: (record: string) => string = (record) => record): CashBench {
  const flash = memoryFlash();
  const { sections } = JSON.parse(flashOfEnrolled);
  for (const [name, value] of Object.entries<Parameters<Flash['write']>[1]>(sections)) flash.write(name, value);
  writeRecord(flash, change(recordOf(flash)));
  const clock = new VirtualClock();
  const service = new FakeService(clock);
  service.phoneKey = enrolledService.phoneKey;
  service.approvalKey = enrolledService.approvalKey;
  // The same random source would give the ref of the enrolment to the first payment.
  service.payRequest();
  return attach(bench({ flash, clock }), service);
}

/** The record of the phone, in hexadecimal. */
function recordOf(flash: Flash): string {
  return JSON.parse(JSON.stringify(flash.read('records/Cash-Mobile/device'))).records['1'];
}

function writeRecord(flash: Flash, record: string): void {
  flash.write('records/Cash-Mobile/device', { nextId: 2, records: { '1': record } });
}

/** Delivers octets to the port of the application. */
async function deliver(cash: CashBench, frame: Uint8Array): Promise<void> {
  await cash.radio.deliver(cash.service.rawSms(frame));
  await cash.settle();
}

async function reinstall(cash: CashBench, jad: string): Promise<void> {
  cash.handset.install(jad);
  await cash.settle();
  await openApplication(cash, 'en');
}

const REFUSED = 'This installation is of another service than your activation';

describe('The ninth mistake: a descriptor of another service on a phone that has enrolled', () => {
  const thief = new FakeService(new VirtualClock(), 'thief', '+393400000666');
  const line = (name: string, jad: string) => new RegExp(`^${name}: .*$`, 'm').exec(jad)?.[0] ?? '';

  test.each(['Safe-Mobile-Service', 'Safe-Mobile-Root', 'Safe-Mobile-Key', 'Safe-Mobile-Receipt-Key'])(
    'that differs in %s is refused in words, and nothing is sent; with the right one the phone goes on',
    async (attribute) => {
      const cash = phone();
      const jad = cash.service.jad();
      await reinstall(cash, jad.replace(line(attribute, jad), line(attribute, thief.jad())));
      expect(wordsOf(cash)[0]).toContain(REFUSED);
      expect(wordsOf(cash)[0]).toContain(attribute);
      await cash.request();
      expect(wordsOf(cash)[0]).toContain(REFUSED);
      await cash.select('OK');
      expect(cash.phone.screen.kind).toBe('idle');
      expect(cash.radio.sent).toEqual([]);
      await reinstall(cash, jad);
      expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
      await cash.request();
      expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    },
  );

  test('with the same key under another kid is refused too', async () => {
    const cash = phone();
    await reinstall(cash, cash.service.jad().replace('Safe-Mobile-Key: 1:', 'Safe-Mobile-Key: 2:'));
    expect(wordsOf(cash)[0]).toContain('Safe-Mobile-Key');
  });

  test('refused while a request is open, it neither answers nor starts again and again; then the request comes back', async () => {
    const cash = phone();
    await cash.request({ ttl: 600 });
    cash.handset.install(thief.jad());
    await cash.settle();
    await cash.clock.advance(120_000);
    if (cash.phone.screen.kind !== 'idle') await cash.select('OK');
    await cash.clock.advance(120_000);
    expect(cash.phone.screen.kind).toBe('idle');
    expect(cash.radio.sent).toEqual([]);
    await reinstall(cash, cash.service.jad());
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
  });

  test('refused once, it is not started again by the alarm of an open request', async () => {
    const cash = phone();
    await cash.request({ ttl: 600 });
    cash.handset.install(thief.jad());
    await cash.request();
    expect(wordsOf(cash)[0]).toContain(REFUSED);
    await cash.select('OK');
    await cash.clock.advance(600_000);
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test('installed over an open request ends the application: nobody can approve any more', async () => {
    const cash = phone();
    await cash.request();
    await cash.select('Approve');
    cash.handset.install(thief.jad());
    await cash.settle();
    expect(cash.phone.screen.input).toBeUndefined();
    expect(cash.radio.sent).toEqual([]);
  });

  test('of another device is a new activation: the keys of the first are erased', async () => {
    const cash = phone();
    await reinstall(cash, thief.jad().replace(/Device: \d+/, 'Device: 4711'));
    expect(cash.phone.screen.title).toBe('Activation');
    expect(cash.flash.read('records/Cash-Mobile/device')).toBeUndefined();
  });
});

describe('A record of the version without anchors', () => {
  /** Phase, deviceId, d, salt, C, cost, ENROL frame; without the first octet and the anchors. */
  const old = (record: string) => `${record.slice(2, 2 * 98)}0085${'5a'.repeat(133)}`;

  test('gets those of the descriptor that is installed at the first start, once, and loses the ENROL frame', async () => {
    const cash = phone(old);
    await openApplication(cash, 'en');
    expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
    expect(recordOf(cash.flash)).toBe(recordOf(phone().flash));
    cash.phone.press('power');
    await reinstall(cash, new FakeService(cash.clock, 'thief').jad());
    expect(wordsOf(cash)[0]).toContain(REFUSED);
  });

  test('of a phone that is enrolling keeps its ENROL frame, for repeats', async () => {
    const cash = phone((record) => `00${old(record).slice(2)}`);
    await openApplication(cash, 'en');
    expect(cash.phone.screen.title).toBe('Registering this phone');
    expect(recordOf(cash.flash)).toContain('5a'.repeat(133));
  });
});

describe('A key announcement', () => {
  test('of a sealing key lets the phone open frames under it at once, and seal with it from its time on', async () => {
    const cash = phone();
    const { service } = cash;
    service.rotateSealing(2);
    await deliver(cash, service.announcement(1, service.keys.sealing, service.now + DAY));
    expect(cash.radio.sent).toEqual([]);
    await openApplication(cash, 'en');
    await cash.select('Balance');
    expect(service.kids).toEqual([1]);
    await cash.send(service.balance());
    expect(wordsOf(cash)[0]).toBe('Available: EUR 987.50');
    await cash.select('Back');
    await cash.clock.advance(DAY * 1000);
    await cash.select('Balance');
    expect(service.kids).toEqual([1, 2]);
  });

  test('of a receipt key makes the receipts that it signs count, and only within its time', async () => {
    const cash = phone();
    const { service } = cash;
    service.rotateSigning(2);
    const { txn } = await cash.request();
    await cash.send(service.receipt(txn, 'cancelled'));
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    await deliver(cash, service.announcement(2, service.keys.signing, service.now + 30, service.now + 60));
    await cash.send(service.receipt(txn, 'cancelled'));
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    await cash.clock.advance(30_000);
    await cash.send(service.receipt(txn, 'cancelled'));
    expect(cash.phone.screen.title).toBe('Cancelled');
    const next = await cash.request();
    await deliver(cash, service.announcement(2, { kid: 3, key: service.keys.sealing.key }, service.now));
    await cash.clock.advance(31_000);
    await cash.send(service.receipt(next.txn, 'cancelled'));
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
  });

  test('of a receipt key counts for the time of the service too', async () => {
    const cash = phone();
    const { service } = cash;
    service.rotateSigning(2);
    await deliver(cash, service.announcement(2, service.keys.signing));
    service.skew = -3_600;
    await cash.request();
    const [question] = service.all('TIME_REQUEST');
    await cash.send(service.timeResponse(question?.nonce ?? new Uint8Array(8)));
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
  });

  test('of an end of the only sealing key changes nothing, until the next key comes: then the end counts at once', async () => {
    const cash = phone();
    const { service } = cash;
    const first = new FakeService(cash.clock);
    first.phoneKey = service.phoneKey;
    first.payRequest();
    const end = service.announcement(1, service.keys.sealing, 0, service.now - 1);
    await deliver(cash, end);
    await cash.request();
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    await cash.select('Refuse');
    await cash.select('I do not want to');
    expect(service.kids).toEqual([1]);
    service.rotateSealing(2);
    await deliver(cash, service.announcement(1, service.keys.sealing));
    // No announcement brings the old one back.
    await deliver(cash, service.announcement(1, first.keys.sealing));
    await deliver(cash, end);
    await cash.radio.deliver(first.sms(first.payRequest({ payee: 'By the old key' })));
    await cash.settle();
    await cash.request();
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    expect(JSON.stringify(cash.flash.read('records/Cash-Mobile/transactions'))).not.toContain(
      Buffer.from('By the old key').toString('hex'),
    );
    await cash.select('Refuse');
    await cash.select('I do not want to');
    expect(service.kids).toEqual([1, 2]);
  });

  test('of an end of the only receipt key changes nothing, until the next key comes', async () => {
    const cash = phone();
    const { service } = cash;
    await deliver(cash, service.announcement(2, service.keys.signing, 0, service.now - 1));
    const { txn } = await cash.request();
    await cash.send(service.receipt(txn, 'cancelled'));
    expect(cash.phone.screen.title).toBe('Cancelled');
    const next = new FakeService(cash.clock, 'next').keys.signing;
    await deliver(cash, service.announcement(2, { kid: 2, key: next.key }));
    const later = await cash.request();
    await cash.send(service.receipt(later.txn, 'cancelled'));
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
  });

  test('of a receipt key is confirmed by the last octet of each message: which key the phone has', async () => {
    const cash = phone();
    const { service } = cash;
    const says = async () => {
      await cash.select('Balance');
      await cash.send(service.balance());
      await cash.select('Back');
    };
    await openApplication(cash, 'en');
    await says();
    service.rotateSigning(9);
    await deliver(cash, service.announcement(2, service.keys.signing, service.now + 60));
    await says();
    await cash.clock.advance(60_000);
    await says();
    expect(service.receiptKids).toEqual([0, 0, 9]);
  });

  test('that ends one key of two makes the phone deaf for that one only', async () => {
    const cash = phone();
    const { service } = cash;
    const old = new FakeService(cash.clock);
    old.phoneKey = service.phoneKey;
    old.payRequest();
    service.rotateSealing(2);
    await deliver(cash, service.announcement(1, service.keys.sealing));
    await deliver(cash, service.announcement(1, old.keys.sealing, 0, service.now + 60));
    await cash.radio.deliver(old.sms(old.payRequest({ payee: 'In time' })));
    await cash.settle();
    expect(wordsOf(cash)).toContain('Pay to: In time');
    cash.phone.press('power');
    await cash.clock.advance(61_000);
    await cash.radio.deliver(old.sms(old.payRequest({ payee: 'Too late' })));
    await cash.settle();
    await cash.request({ payee: 'By the new key' });
    expect(JSON.stringify(cash.flash.read('records/Cash-Mobile/transactions'))).not.toContain(
      Buffer.from('Too late').toString('hex'),
    );
    expect(JSON.stringify(cash.flash.read('records/Cash-Mobile/transactions'))).toContain(
      Buffer.from('By the new key').toString('hex'),
    );
  });

  test('that comes while the phone is registered is kept when it is active', async () => {
    const cash = await installed();
    const { service } = cash;
    const next = new FakeService(cash.clock, 'next').keys.signing;
    await cash.type(service.activationCode);
    await cash.select('Next');
    for (const _ of ['once', 'twice']) {
      await cash.type(PIN);
      await cash.select('Next');
    }
    const request = service.enrolmentRequest();
    await cash.send(request);
    await deliver(cash, service.announcement(2, { kid: 2, key: next.key }));
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(service.receipt(request.challenge, 'active'));
    expect(recordOf(cash.flash)).toContain(hexOf(next.key));
  });

  test.each([
    [
      'that another root signed',
      (service: FakeService) => new FakeService(new VirtualClock(), 'thief').announcement(1, service.keys.sealing),
    ],
    ['cut short', (service: FakeService) => service.announcement(1, service.keys.sealing).subarray(0, 106)],
    ['with another last octet', (service: FakeService) => service.announcement(1, service.keys.sealing).with(106, 0)],
  ])('%s changes nothing', async (_what, frame) => {
    const cash = phone();
    const before = recordOf(cash.flash);
    cash.service.rotateSealing(2);
    await deliver(cash, frame(cash.service));
    expect(recordOf(cash.flash)).toBe(before);
  });

  test('before there are keys is for nobody', async () => {
    const cash = await installed();
    cash.service.rotateSealing(2);
    await deliver(cash, cash.service.announcement(1, cash.service.keys.sealing));
    expect(cash.flash.read('records/Cash-Mobile/device')).toMatchObject({ nextId: 1, records: {} });
  });

  test('that comes while the phone refuses a newer descriptor of its service lets it start', async () => {
    const cash = phone();
    const { service } = cash;
    service.rotateSealing(2);
    service.rotateSigning(3);
    await reinstall(cash, service.jad());
    expect(wordsOf(cash)[0]).toContain(REFUSED);
    await deliver(cash, service.announcement(1, service.keys.sealing));
    await deliver(cash, service.announcement(2, service.keys.signing));
    await cash.select('OK');
    await openApplication(cash, 'en');
    expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
  });

  test('may stand in the descriptor: for a phone that has keys, and for a new one', async () => {
    const cash = phone();
    const { service } = cash;
    service.rotateSealing(2);
    service.rotateSigning(3);
    const announcements = [
      service.announcement(1, service.keys.sealing, 5),
      service.announcement(2, service.keys.signing, 6),
    ].map((frame, index) => `Safe-Mobile-Announcement-${index + 1}: ${hexOf(frame)}`);
    await reinstall(cash, service.jad(announcements));
    expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
    cash.phone.press('power');
    await reinstall(cash, service.jad());
    expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
    await cash.select('Balance');
    expect(service.kids).toEqual([2]);

    const fresh = await installed();
    fresh.service.rotateSealing(9);
    const announcement = fresh.service.announcement(1, fresh.service.keys.sealing, 1);
    const first = new FakeService(fresh.clock);
    await reinstall(fresh, first.jad([`Safe-Mobile-Announcement-1: ${hexOf(announcement)}`]));
    await enrol(fresh);
    expect(fresh.service.kids).toEqual([9, 9]);
  });

  test('counts by the time of the service in its messages, where the clock of the phone is late', async () => {
    const cash = phone();
    const { service } = cash;
    service.rotateSealing(2);
    await deliver(cash, service.announcement(1, service.keys.sealing, service.now + DAY));
    service.skew = 2 * DAY;
    await cash.request();
    expect(service.kids).toEqual([2]);
    expect(service.last.type).toBe('TIME_REQUEST');
  });
});

describe('A phone whose clock falls behind after the service has changed its key', () => {
  /** The same phone after a restart, with this clock, unix seconds; the service has the right time. */
  async function restarted(before: CashBench, seconds: number): Promise<CashBench> {
    before.handset.powerOff();
    const clock = new VirtualClock(seconds * 1000);
    const { service, flash } = before;
    service.skew = Math.floor(before.clock.now() / 1000) - seconds + service.skew;
    service.clock = clock;
    const cash = attach(bench({ clock, flash, seed: 'later' }), service);
    await openApplication(cash, 'en');
    return cash;
  }

  test.each([
    ['to 1970', () => 0],
    ['by a year', (now: number) => now - 365 * DAY],
    ['by a second more than the key is old', (now: number) => now - 61],
  ])('%s: seals with the later one, because a message of the service has come since', async (_, behind) => {
    const cash = phone();
    const { service } = cash;
    service.rotateSealing(2);
    await deliver(cash, service.announcement(1, service.keys.sealing, service.now));
    await cash.clock.advance(60_000);
    await cash.request();
    await cash.select('Refuse');
    await cash.select('I do not want to');
    expect(service.kids).toEqual([2]);
    const later = await restarted(cash, behind(service.now));
    service.kids.length = 0;
    await later.select('Balance');
    expect(service.kids).toEqual([2]);
  });

  test('does not take an earlier key again that has ended', async () => {
    const cash = phone();
    const { service } = cash;
    const thief = new FakeService(cash.clock);
    thief.phoneKey = service.phoneKey;
    service.rotateSealing(2);
    await deliver(cash, service.announcement(1, service.keys.sealing, service.now));
    await deliver(cash, service.announcement(1, thief.keys.sealing, 0, service.now + 60));
    await cash.clock.advance(61_000);
    await cash.request();
    await cash.select('Refuse');
    await cash.select('I do not want to');
    const later = await restarted(cash, 0);
    await later.radio.deliver(thief.sms(thief.payRequest({ payee: 'Thief' })));
    await later.settle();
    expect(JSON.stringify(later.flash.read('records/Cash-Mobile/transactions'))).not.toContain(
      Buffer.from('Thief').toString('hex'),
    );
  });

  test('and is enrolled anew, forgets what the service before said', async () => {
    const cash = phone();
    cash.service.skew = 365 * DAY;
    await cash.request();
    cash.phone.press('power');
    await cash.settle();
    const record = () => JSON.stringify(cash.flash.read('records/Cash-Mobile/clock'));
    expect(record()).toMatch(/"1":"\w{24}"/);
    await reinstall(cash, new FakeService(cash.clock, 'other').jad().replace(/Device: \d+/, 'Device: 4711'));
    expect(record()).not.toMatch(/"1":/);
  });
});

describe('The keys of anchors', () => {
  const octets = (octet: number) => new Uint8Array(32).fill(octet);
  const key = (kid: number, notBefore: number, notAfter: number): AnchoredKey => ({
    kid,
    publicKey: octets(kid),
    notBefore,
    notAfter,
  });

  test.each([
    [99, [2]],
    [100, [1]],
    [150, [1, 2]],
    [200, [1, 2]],
    [201, [2]],
    [301, [2]],
  ])('at %d those count whose time it is, and always one: %j', (time, kids) => {
    expect(keysAt([key(1, 100, 200), key(2, 150, 300)], time).map(({ kid }) => kid)).toEqual(kids);
  });

  test('that have no end count after 2^32 s too: then the clock is wrong, not the key', () => {
    const times = [0xffff_ffff, 0x1_0000_0000, 8.64e12];
    const keys = [key(1, 0, 0xffff_fffe), { ...endless(2, octets(2)), notBefore: 1 }];
    expect(times.map((time) => keysAt(keys, time).map(({ kid }) => kid))).toEqual([[2], [2], [2]]);
  });

  test.each([
    ['the one that began last', [key(1, 0, 900), key(3, 200, 900), key(2, 300, 900)], 2],
    ['the higher kid of two that began at once', [key(2, 0, 900), key(3, 0, 900), key(1, 0, 900)], 3],
    ['not one that has not begun', [key(1, 0, 900), key(2, 501, 900)], 1],
    ['not one that has ended', [key(1, 0, 499), key(2, 100, 900)], 2],
    ['the latest one, though its end was announced', [key(1, 0, 900), key(2, 100, 499)], 2],
    ['the only one, though its end was announced', [key(1, 0, 499)], 1],
    ['the one before, while the next has not begun', [key(1, 0, 499), key(2, 501, 900)], 1],
    ['the latest one, when none has begun', [key(1, 501, 900), key(2, 502, 900)], 2],
    ['not one that root has ended before its beginning', [key(1, 0, 900), key(2, 600, 499)], 1],
    ['such a one, when there is no other', [key(2, 600, 499)], 2],
    ['none', [], undefined],
  ])('seal with %s', (_what, keys, kid) => {
    expect(newestKey(keys, 500)?.kid).toBe(kid);
  });

  const service = new FakeService(new VirtualClock());
  const root = primitives.ed25519PublicKey(octetsOf('00'.repeat(32)));
  const anchors: Anchors = {
    service: '+393400000001',
    root,
    sealing: [key(7, 100, 200)],
    signing: [endless(7, octets(8))],
  };
  const told = (...announcement: Parameters<FakeService['announcement']>) =>
    announced(primitives, { ...anchors, root: service.root }, service.announcement(...announcement));

  test.each([
    ['a shorter life', 110, 190, [110, 190]],
    ['only a sooner end', 0, 150, [100, 150]],
    ['only a later beginning', 150, 0xffff_ffff, [150, 200]],
    ['a longer life', 0, 0xffff_ffff, undefined],
    ['the same life', 100, 200, undefined],
    ['an end before the beginning, and so never counts', 190, 110, [190, 110]],
  ])('that is known may get %s: %d to %d', (_what, notBefore, notAfter, expected) => {
    const known = told(1, { kid: 7, key: octets(7) }, notBefore, notAfter)?.sealing;
    expect(known?.map((one) => [one.notBefore, one.notAfter])).toEqual(expected === undefined ? undefined : [expected]);
  });

  test('are the same in the end, in whatever order announcements come and however often', () => {
    // Signatures are not what is looked at here.
    const trusting = { ...primitives, ed25519Verify: () => true };
    const time = fc.integer({ min: 0, max: 300 });
    const announcement = fc.record({ kid: fc.integer({ min: 1, max: 4 }), notBefore: time, notAfter: time });
    const frames = fc.array(announcement, { maxLength: 8 });
    const told = (all: readonly { kid: number; notBefore: number; notAfter: number }[]) =>
      all
        .map(({ kid, notBefore, notAfter }) =>
          encodeAnnouncement({ what: 2, kid, key: octets(kid + 2), notBefore, notAfter }, () => new Uint8Array(64)),
        )
        .reduce((known, frame) => announced(trusting, known, frame) ?? known, { ...anchors, root: service.root })
        .signing.toSorted((a, b) => a.kid - b.kid);
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.nat()), (all, order) => {
        const shuffled = all
          .map((one) => ({ one, place: order.next().value }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ one }) => one);
        expect(told([...shuffled, ...all])).toEqual(told(all));
      }),
    );
  });

  test('keep their kid: another key under it is refused', () => {
    expect(told(1, { kid: 7, key: octets(9) })).toBeUndefined();
    expect(told(1, { kid: 7, key: octets(9) }, 110, 150)).toBeUndefined();
    expect(told(2, { kid: 7, key: octets(7) })).toBeUndefined();
    expect(told(2, { kid: 8, key: octets(9) })?.signing).toEqual([endless(7, octets(8)), endless(8, octets(9))]);
  });

  test.each([
    ['to seal', 1, 0],
    ['to sign', 2, 1],
  ] as const)('of order 1 are refused: %s', (_what, what, first) => {
    expect(told(what, { kid: 9, key: octets(0).with(0, first) })).toBeUndefined();
  });

  test('are stored as they are, and so are their dates', () => {
    const many: Anchors = {
      ...anchors,
      sealing: Array.from({ length: 256 }, (_, kid) => key(kid, kid, 0xffff_ffff - kid)),
    };
    for (const one of [anchors, many, { ...anchors, sealing: [], signing: [] }])
      expect(decodeAnchors(new DataInputStream(encodeAnchors(one)))).toEqual(one);
  });
});
