import { describe, expect, test } from 'vitest';
import { builtInTexts } from '../../../device/cash-mobile/built-in.ts';
import { matchCodeText, partyOf, receiptNote, standingText } from '../../../device/cash-mobile/describe.ts';
import type { Said, Transaction } from '../../../device/cash-mobile/transaction.ts';
import type { PayInit, Status } from '../../../device/safe-mobile/index.ts';

const texts = builtInTexts('en');
const BASE: Transaction = { role: 'customer', ref: new Uint8Array(8), plaintext: new Uint8Array(83), at: 0 };

function transaction(said: Said | undefined, status?: Status, approvalCode = 0): Transaction {
  return {
    ...BASE,
    ...(said !== undefined && { sent: { said, frame: new Uint8Array(133), at: 0 } }),
    ...(status !== undefined && { standing: { status, triesLeft: 0, approvalCode, time: 0 } }),
  };
}

test.each<[said: Said | undefined, status: Status | undefined, words: string]>([
  [undefined, undefined, 'In progress'],
  ['approved', undefined, 'In progress'],
  ['asked', undefined, 'In progress'],
  ['cancelled', undefined, 'In progress'],
  ['no', undefined, 'Refused by you'],
  ['not-me', undefined, 'Refused: not yours'],
  ['expired', undefined, 'Expired'],
  ['unreadable', undefined, 'Could not be read'],
  ['muted', undefined, 'Refused: too many'],
  ['wrong-digits', undefined, 'Wrong digits'],
  ['approved', 'paid', 'Paid'],
  ['no', 'refused', 'Refused'],
  ['cancelled', 'cancelled', 'Cancelled'],
  ['expired', 'paid', 'Paid'],
])('a transaction of which this phone said %s and the receipt %s stands as "%s"', (said, status, words) => {
  expect(standingText(transaction(said, status), texts)).toBe(words);
});

describe('what a receipt says besides', () => {
  test.each<[status: Status | undefined, code: number, words: string]>([
    [undefined, 0, ''],
    ['paid', 0, ''],
    ['paid', 482_113, `${texts.approvalCode}: AC01`],
    ['refunded', 7, `${texts.approvalCode}: 7`],
    ['declined', 0, ''],
    ['declined', 181, texts.decline['insufficient-funds']],
    ['declined', 99, ''],
  ])('%s with %i: "%s"', (status, code, words) => {
    expect(receiptNote(transaction('approved', status, code), texts)).toBe(words);
  });
});

test.each<[PayInit['customer'], string]>([
  [{ kind: 'number', digits: '393331234567' }, '+393331234567'],
  [{ kind: 'alias', letters: 'ANNA' }, 'ANNA'],
])('the customer %o is %s', (customer, words) => {
  const request: PayInit = {
    type: 'PAY_INIT',
    ctr: 1,
    mref: new Uint8Array(8),
    customer,
    amount: { minor: 1, currency: 'EUR' },
    ttl: 60,
    flags: 0,
    reference: '',
  };
  expect(partyOf(request)).toBe(words);
});

test.each([
  [0, '0000'],
  [42, '0042'],
  [9_999, '9999'],
])('the match code %i is %s', (code, words) => {
  expect(matchCodeText(code)).toBe(words);
});
