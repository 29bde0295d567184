import { describe, expect, test } from 'vitest';
import { codesIn, delaysOf, isSlow, noted, usualOf } from '../../../modem/portrait/timing.ts';

describe('times', () => {
  test.each([
    [0, 0],
    [9, 0],
    [10, 10],
    [19, 10],
    [1_239, 1_230],
  ])('%i ms is noted as %i', (ms, expected) => {
    expect(noted(ms)).toBe(expected);
  });

  test.each([
    [[], 0],
    [[50], 50],
    [[10, 500, 20], 20],
    [[10, 25, 30, 40], 30],
  ])('of %j the usual one is %i ms', (times, expected) => {
    expect(usualOf(times)).toBe(expected);
  });

  test.each([
    [130, 30, false],
    [131, 30, true],
    [1_000, 500, false],
    [1_001, 500, true],
    [0, 500, false],
    [0, 100, false],
  ])('%i ms is slow where %i ms are usual: %s', (ms, usual, expected) => {
    expect(isSlow(ms, usual)).toBe(expected);
  });

  const times = { '+A': 30, '+B': 32, '+C': 2_005 };
  test.each([
    [130, 0],
    [131, 100],
    [1_239, 1_200],
    [0, 0],
  ])('after a first answer of %i ms, %i ms come on top of the usual time', (firstMs, extra) => {
    expect(delaysOf(times, firstMs)).toEqual({ usualMs: 30, firstMs: extra, commands: { '+C': 2_000 } });
  });
});

describe('codes', () => {
  const piece = (at: number, ...lines: string[]) => ({ at, raw: lines.map((line) => `\r\n${line}\r\n`).join('') });

  test.each([
    ['none', [], undefined],
    ['one alone, which may come but once', [piece(0, '^RSSI:1')], undefined],
    [
      'each once, in the order in which they came, by the middle one of the pauses',
      [piece(0, '^RSSI:1'), piece(1_040, '^MODE:5', '^RSSI:1'), piece(2_100, '^BOOT:1'), piece(9_000, '^RSSI:1')],
      { everyMs: 1_100, lines: ['^RSSI:1', '^MODE:5', '^BOOT:1'] },
    ],
    ['very often', [piece(0, '^RSSI:1'), piece(20, '^RSSI:1')], { everyMs: 100, lines: ['^RSSI:1'] }],
    [
      'a message between them',
      [piece(0, '^RSSI:1'), piece(500, '+CMTI: "SM",1'), piece(1_000, '^RSSI:2')],
      { everyMs: 1_000, lines: ['^RSSI:1', '^RSSI:2'] },
    ],
    ['only of messages', [piece(0, '+CMTI: "SM",1'), piece(500, '+CMTI: "SM",2')], undefined],
  ])('%s', (_what, pieces, expected) => {
    expect(codesIn(pieces)).toEqual(expected);
  });
});
