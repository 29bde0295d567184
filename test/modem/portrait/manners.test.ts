import { describe, expect, test } from 'vitest';
import { framingOf, isFinal, isTransient, linesIn } from '../../../modem/portrait/manners.ts';

test.each([
  ['\r\nOK\r\n', { echo: false, lineStart: '\r\n', lineEnd: '\r\n', nuls: false }],
  ['AT\r\r\nOK\r\n', { echo: true, lineStart: '\r\n', lineEnd: '\r\n', nuls: false }],
  ['at\rOK\r', { echo: true, lineStart: '', lineEnd: '\r', nuls: false }],
  ['OK\n', { echo: false, lineStart: '', lineEnd: '\n', nuls: false }],
  ['\r\r\nOK\r\r\n', { echo: false, lineStart: '\r\r\n', lineEnd: '\r\r\n', nuls: false }],
  ['\0AT\r\0\r\nOK\r\n\0', { echo: true, lineStart: '\r\n', lineEnd: '\r\n', nuls: true }],
  ['\r\nRING\r\n\r\nOK\r\n', undefined],
  ['\r\nOK\r\n\r\n+CREG: 1\r\n', undefined],
  ['\r\nOK', undefined],
  ['\r\nERROR\r\n', undefined],
  ['', undefined],
])('the framing of %j', (raw, framing) => {
  expect(framingOf(raw)).toEqual(framing);
});

test.each([
  ['AT+CSQ\r\r\n+CSQ: 1,0\r\n\r\nOK\r\n', 'AT+CSQ', ['+CSQ: 1,0', 'OK']],
  ['at+csq\r\r\nOK\r\n', 'AT+CSQ', ['OK']],
  ['\r\nOK\r\n', 'AT+CSQ', ['OK']],
  ['\0A\0T\r\r\n\0OK\r\n', 'AT', ['OK']],
  ['\r\nAT\r\r\nOK\r\n', 'AT', ['AT', 'OK']],
  ['ATI\r\r\n a b \r\n  \r\nOK\r\n', 'ATI', [' a b ', 'OK']],
  ['one\ntwo\rthree', '', ['one', 'two', 'three']],
  ['', 'AT', []],
])('the lines in %j after %s', (raw, typed, lines) => {
  expect(linesIn(raw, typed)).toEqual(lines);
});

describe('a result', () => {
  test.each([
    'OK',
    'ERROR',
    'NO CARRIER',
    '+CME ERROR: 10',
    '+CMS ERROR:500',
    '+CME ERROR: SIM busy',
    'COMMAND NOT SUPPORT',
    'MODEM ERROR: 4',
    'MODEM ERROR:4',
    '+EXT ERROR: 12',
  ])('%s ends an answer', (line) => {
    expect(isFinal(line, [])).toBe(true);
  });

  test.each(['OKAY', 'ERROR 4', '+CMX ERROR: 1', '+CREG: 1', 'MODEM ERROR: x', '+EXT ERROR:', 'NA', ' OK', 'BUSY'])(
    '%s ends none, unless this modem is known to end answers so',
    (line) => {
      expect(isFinal(line, [])).toBe(false);
      expect(isFinal(line, ['NO', line])).toBe(true);
    },
  );

  const numbers = (family: 'CME' | 'CMS') =>
    Array.from({ length: 4_000 }, (_, number) => number).filter((number) => isTransient(`+${family} ERROR: ${number}`));

  test('with these numbers is asked for again', () => {
    expect(numbers('CME')).toEqual([14, 515, 3517]);
    expect(numbers('CMS')).toEqual([3, 314, 500, 512, 515]);
  });

  test.each([
    ['+CME ERROR: SIM busy', true],
    ['+CME ERROR:14', true],
    ['+CMS ERROR:515', true],
    ['+CMS ERROR: SIM busy', false],
    ['ERROR', false],
    ['OK', false],
    ['', false],
    ['x +CME ERROR: 14', false],
    ['+CME ERROR: 14 x', false],
  ])('%s is asked for again: %s', (line, expected) => {
    expect(isTransient(line)).toBe(expected);
  });
});
