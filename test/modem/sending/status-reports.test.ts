import { beforeEach, describe, expect, test } from 'vitest';
import { addressOf, type SmsReport, type StatusReport } from '../../../modem/index.ts';
import { ReportMatcher } from '../../../modem/sending/status-reports.ts';

const TO = '+393331234567';
const DELIVERED = 0x00;
const TRYING = 0x20;
const FAILED = 0x40;

let told: SmsReport[];
let reports: ReportMatcher;
beforeEach(() => {
  told = [];
  reports = new ReportMatcher((report) => told.push(report));
});

function report(messageReference: number, status: number, to = TO, at = 0): StatusReport {
  const time = { at, zone: 0 };
  return {
    type: 'STATUS-REPORT',
    messageReference,
    recipient: addressOf(to),
    timestamp: time,
    dischargeTime: time,
    status,
  };
}

/** A message whose segments got these references. */
function send(id: string, to: string, ...references: (number | undefined)[]): void {
  reports.begin(id, to);
  for (const reference of references) reports.addPart(id, reference);
  reports.complete(id);
}

const news = () => told.map(({ id, outcome }) => `${id} ${outcome}`);

describe('the recipient of a report', () => {
  test.each([
    ['the same', '+393331234567', '+393331234567', true],
    ['without the +', '+393331234567', '393331234567', true],
    ['without the country', '+393331234567', '3331234567', true],
    ['the last eight digits', '+393331234567', '31234567', true],
    ['sent to eight digits', '31234567', '+393331234567', true],
    ['the last seven digits', '+393331234567', '1234567', false],
    ['sent to seven digits', '1234567', '+393331234567', false],
    ['another last digit', '+393331234567', '+393331234568', false],
    ['another digit of the last eight', '+393331234567', '+393341234567', false],
    ['a short code', '4321', '4321', true],
  ])('%s: of a message to %s, from %s', (_what, to, recipient, isSame) => {
    send('a', to, 1);
    expect(reports.take(report(1, DELIVERED, recipient))).toBe(isSame);
    expect(news()).toEqual(isSame ? ['a delivered'] : []);
  });
});

describe('a report', () => {
  test('that says "trying" twice is told twice; the last word once', () => {
    send('a', TO, 1);
    for (const status of [TRYING, TRYING, DELIVERED, DELIVERED]) {
      expect(reports.take(report(1, status))).toBe(true);
    }
    expect(news()).toEqual(['a trying', 'a trying', 'a delivered']);
  });

  test('of some parts says nothing; "failed" of one part is the end of the message', () => {
    send('a', TO, 1, 2, 3);
    reports.take(report(1, DELIVERED));
    expect(news()).toEqual([]);
    reports.take(report(2, FAILED));
    expect(news()).toEqual(['a failed']);
    expect(reports.take(report(3, DELIVERED))).toBe(false);
  });

  test('of each part of a message that was refused half-way belongs to it, once, and is no news', () => {
    reports.begin('a', TO);
    reports.addPart('a', 1);
    reports.addPart('a', 2);
    reports.fail('a');
    for (const reference of [1, 2]) expect(reports.take(report(reference, DELIVERED))).toBe(true);
    expect(reports.take(report(1, DELIVERED, TO, 5_000))).toBe(false);
    expect(news()).toEqual([]);
  });

  test('of a message that was refused half-way is waited for, also after that of another part said "failed"', () => {
    reports.begin('a', TO);
    for (const reference of [1, 2]) reports.addPart('a', reference);
    reports.fail('a');
    expect([report(1, FAILED), report(2, DELIVERED)].map((each) => reports.take(each))).toEqual([true, true]);
    expect(news()).toEqual([]);
  });

  test('that comes while the other parts are being sent is told behind them, once', () => {
    reports.begin('a', TO);
    reports.addPart('a', 1);
    expect(reports.take(report(1, TRYING))).toBe(true);
    expect(news()).toEqual([]);
    reports.complete('a');
    send('b', TO, 2);
    expect(news()).toEqual(['a trying']);
  });

  test('of lost parts, from a modem that does not count: the first one’s, then that with its reference', () => {
    send('x', TO, 7);
    send('y', TO, 100);
    send('a', TO, undefined);
    send('b', TO, undefined);
    for (const [reference, status] of [
      [55, TRYING],
      [56, DELIVERED],
      [55, DELIVERED],
    ] as const) {
      expect(reports.take(report(reference, status))).toBe(true);
    }
    expect(news()).toEqual(['a trying', 'b delivered', 'a delivered']);
  });

  test('64 that come early are kept; of 65 the oldest is dropped', () => {
    reports.begin('a', TO);
    for (let reference = 1; reference <= 65; reference += 1) {
      expect(reports.take(report(reference, TRYING))).toBe(true);
      reports.addPart('a', reference);
    }
    expect(told).toEqual([]);
    reports.complete('a');
    expect(told).toHaveLength(64);
  });

  test('1,024 that settled something are known when they come again; the one before them is not', () => {
    for (let count = 0; count <= 1_024; count += 1) {
      send(`${count}`, TO, count % 256);
      reports.take(report(count % 256, DELIVERED, TO, count * 1_000));
    }
    expect([0, 1].map((count) => reports.take(report(count, DELIVERED, TO, count * 1_000)))).toEqual([false, true]);
    expect(told).toHaveLength(1_025);
  });

  test.each([
    [9_999, true],
    [10_000, false],
  ])('is known while no more than 10,000 messages wait for theirs: %i later ones, %s', (later, isKnown) => {
    send('a', TO, 1);
    for (let count = 0; count < later; count += 1) send(`${count}`, '+390000000000', 1);
    expect(reports.take(report(1, DELIVERED))).toBe(isKnown);
  });

  test('is known after any number of messages of which nothing went out: these wait for none', () => {
    send('a', TO, 1);
    for (let count = 0; count < 10_001; count += 1) {
      reports.begin(`${count}`, TO);
      reports.fail(`${count}`);
    }
    expect(reports.take(report(1, DELIVERED))).toBe(true);
    expect(news()).toEqual(['a delivered']);
  });

  test('of a lost part is that of the reference whose turn it was, once the modem is seen to count', () => {
    send('a', TO, 254, 255);
    send('b', TO, undefined);
    expect(reports.take(report(1, DELIVERED))).toBe(false);
    expect(reports.take(report(0, DELIVERED))).toBe(true);
    expect(news()).toEqual(['b delivered']);
  });
});
