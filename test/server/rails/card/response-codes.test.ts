import { describe, expect, it } from 'vitest';
import { isDeclineReason } from '../../../../device/safe-mobile/index.ts';
import { approvalCodeOf, responseOf } from '../../../../server/rails/card/response-codes.ts';

// DE 39 of ISO 8583:1987, table of response codes; 1A and 65 as a soft decline after the rules of the card schemes since PSD2.
describe('a response code', () => {
  it.each([
    ['00', 'done'],
    ['08', 'done'],
    ['11', 'done'],
    ['05', 'not-honoured'],
    ['14', 'not-honoured'],
    ['25', 'not-honoured'],
    ['10', 'not-honoured'],
    ['13', 'limit-exceeded'],
    ['61', 'limit-exceeded'],
    ['33', 'expired-card'],
    ['54', 'expired-card'],
    ['51', 'insufficient-funds'],
    ['57', 'not-permitted'],
    ['58', 'not-permitted'],
    ['62', 'not-permitted'],
    ['91', 'rail-unreachable'],
    ['92', 'rail-unreachable'],
    ['96', 'rail-failed'],
    ['1A', 'confirmation-wanted'],
    ['65', 'confirmation-wanted'],
    ['68', 'unknown'],
    [undefined, 'unknown'],
  ])('%s of a charge or refund means: %s', (code, meaning) => {
    for (const kind of ['charge', 'refund'] as const) {
      const response = responseOf(code, kind);
      expect(response.kind === 'declined' ? response.reason : response.kind).toBe(meaning);
    }
  });

  it.each([
    ['00', 'done'],
    ['25', 'done'],
    ...['06', '09', '19', '22', '68', '90', '91', '92', '94', '96'].map((code) => [code, 'unknown'] as const),
    [undefined, 'unknown'],
    ['12', 'declined'],
    ['05', 'declined'],
    ['08', 'declined'],
  ] as const)('%s of a reversal means: %s', (code, kind) => {
    expect(responseOf(code, 'reversal').kind).toBe(kind);
  });

  it('94 of a charge, which is sent once, means another order; of a refund, that the first one may have been carried out', () => {
    expect(responseOf('94', 'charge')).toEqual({ kind: 'declined', reason: 'not-honoured' });
    expect(responseOf('94', 'refund')).toEqual({ kind: 'unknown', reason: 'the host answered 94' });
  });

  it('that refuses gives a reason that phones know, except a soft decline', () => {
    const reasons = ['05', '13', '33', '51', '57', '91', '96'].map((code) => responseOf(code, 'charge'));
    for (const response of reasons) expect(response.kind === 'declined' && isDeclineReason(response.reason)).toBe(true);
  });
});

describe('an approval', () => {
  it.each([
    ['123456', 63_970_746],
    ['A00001', 604_661_761],
    ['zzzzzz', 2_176_782_335],
    ['4711  ', 195_733],
    ['      ', 0],
    ['12-456', 0],
    [undefined, 0],
  ])('%s is the number %i', (identification, code) => {
    expect(approvalCodeOf(identification)).toBe(code);
  });
});
