import { describe, expect, it } from 'vitest';
import {
  closedMessage,
  paidByText,
  resultMessage,
  statusMessage,
  ticketMessages,
  totalsMessage,
} from '../../../server/ecr/answers.ts';
import { readRequest } from '../../../server/ecr/requests.ts';
import type { EcrResult } from '../../../server/merchants/cash-registers.ts';
import { close, last, payment, reversal, totals } from './register.ts';

const T = '12345678';

describe('a request of a register', () => {
  it.each([
    ['P', payment(T, 1_250, '+393400000001'), { code: 'P', terminal: T, minor: 1_250, text: '+393400000001' }],
    ['P of nothing', payment(T, 0), { code: 'P', terminal: T, minor: 0, text: '' }],
    [
      'P that ends after the amount',
      payment(T, 99_999_999).slice(0, 31),
      { code: 'P', terminal: T, minor: 99_999_999, text: '' },
    ],
    ['X', payment(T, 1, '', 'X'), { code: 'X', terminal: T, minor: 1, text: '' }],
    ['S of whatever was last', reversal(T), { code: 'S', terminal: T, stan: undefined }],
    ['S of a number', reversal(T, '000041'), { code: 'S', terminal: T, stan: 41 }],
    ['G', last(T), { code: 'G', terminal: T }],
    ['T', totals(T), { code: 'T', terminal: T }],
    ['C', close(T), { code: 'C', terminal: T }],
    ['s', `${T}0s`, { code: 's', terminal: T }],
    ['U', `${T}0U${'0'.repeat(26)}tag\x1b`, { code: 'U', terminal: T }],
    ['E on', `${T}0E1`, { code: 'E', terminal: T, prints: true }],
    ['E off', `${T}0E0`, { code: 'E', terminal: T, prints: false }],
    ['R', `${T}0R10${'0'.repeat(10)}`, { code: 'R', terminal: T, prints: true }],
  ])('%s', (_, message, request) => {
    expect(readRequest(message)).toEqual(request);
  });

  it.each([
    ['nothing', ''],
    ['a code that no terminal knows', `${T}0Z`],
    ['a preauthorisation, which this terminal cannot do', payment(T, 100, '', 'p')],
    ['letters in the terminal id', 'ABCDEFGH0s'],
    ['an amount that is cut', payment(T, 1_250).slice(0, 30)],
    ['an amount with a letter', payment(T, 1_250).replace('00001250', '0000125O')],
    ['a reversal without its number', `${T}0S00000001`],
    ['E without its flag', `${T}0E`],
  ])('is not understood: %s', (_, message) => {
    expect(readRequest(message)).toBeUndefined();
  });
});

/** 29 July 2028, 15:20 here: day 211 of a leap year. */
const AT = new Date(2028, 6, 29, 15, 20).getTime();
const PAID: EcrResult = {
  stan: 41,
  at: AT,
  outcome: { ok: true, approvalCode: '4711', amount: { minor: 1_250, currency: 'EUR' }, paidBy: 'CARTA ****4242' },
};
const REFUSED: EcrResult = { stan: 42, at: AT, outcome: { ok: false, why: 'RIFIUTATO DAL CLIENTE' } };
const ZEROS = '0'.repeat(40);

describe('an answer of the terminal', () => {
  it.each([
    ['paid', resultMessage(T, PAID), `${T}0E00${ZEROS.slice(0, 19)}MAN0047112111520300000000000000041000041`],
    [
      'not paid',
      resultMessage(T, REFUSED),
      `${T}0E01RIFIUTATO DAL CLIENTE   ${ZEROS.slice(0, 11)}300000000000000042000042`,
    ],
    [
      'paid, extended',
      resultMessage(T, PAID, true),
      `${T}0E00${ZEROS.slice(0, 19)}MAN0047112111520300000000000000041000041000000012500000000000`,
    ],
    [
      'not paid, extended',
      resultMessage(T, REFUSED, true),
      `${T}0E01RIFIUTATO DAL CLIENTE   ${ZEROS.slice(0, 11)}300000000000000042000042100000000000000000000`,
    ],
    ['status', statusMessage(T, AT), `${T}0s00000000002907281520${'2'}CASHMOB1`],
    ['totals', totalsMessage(T, 1_250), `${T}0T000000000000001250000000`],
    ['totals below zero', totalsMessage(T, -1), `${T}0T000000000000000000000000`],
    ['totals closed', closedMessage(T, 1_250), `${T}0C0000000000000012500000000000001250`],
  ])('%s', (_, message, expected) => {
    expect(message).toBe(expected);
  });

  it.each([
    ['1 January', new Date(2027, 0, 1, 0, 5), '0010005'],
    ['31 December of a leap year', new Date(2028, 11, 31, 23, 59), '3662359'],
    // Hours of another season do not make another day of it.
    ['1 July', new Date(2027, 6, 1, 0, 0), '1820000'],
  ])('has the day of the year: %s', (_, time, expected) => {
    expect(resultMessage(T, { ...PAID, at: time.getTime() }).slice(40, 47)).toBe(expected);
  });

  it('has 71 characters, or 92 extended', () => {
    expect(
      [PAID, REFUSED].flatMap((one) => [resultMessage(T, one).length, resultMessage(T, one, true).length]),
    ).toEqual([71, 92, 71, 92]);
  });

  it.each([
    ['ledger', undefined, 'CONTO PREPAGATO'],
    ['card', '4242', 'CARTA ****4242'],
    ['paypal', undefined, 'PAYPAL'],
  ] as const)('says that %s with the last digits %s has paid: %s', (rail, lastDigits, text) => {
    expect(paidByText(rail, lastDigits)).toBe(text);
  });

  it('prints what a person reads, in parts of 200 characters that end with ESC', () => {
    const parts = ticketMessages(T, 'Edicola Città {1}', PAID);
    const text = parts.map((part) => part.slice(10)).join('');
    const lines = [
      'Edicola Citta ?1?',
      'CASH-MOBILE',
      'EUR 12,50',
      'CARTA ****4242',
      'AUT. 4711',
      '29/07/2028 15:20',
      `TERM. ${T}`,
      'STAN 000041',
    ];
    expect(text).toBe(`${lines.join('}')}}}}}}}}\x1b`);
    expect(parts.every((part) => part.length <= 210 && part.startsWith(`${T}0S`))).toBe(true);
    expect(ticketMessages(T, 'x', REFUSED).join('')).toContain('NEGATO}RIFIUTATO DAL CLIENTE}');
  });
});
