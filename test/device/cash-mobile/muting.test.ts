import { describe, expect, test } from 'vitest';
import { isMuted, PROMPT_LIMIT } from '../../../device/cash-mobile/muting.ts';
import { requestOf, type Said, type Transaction } from '../../../device/cash-mobile/transaction.ts';
import { type AuthRequest, encodeDown } from '../../../device/safe-mobile/index.ts';

const NOW = 10_000_000;
const MINUTES_10 = 600_000;

/** A request of a merchant, and what the phone said to it so long ago. */
function said(what: Said | undefined, agoMs = 0, merchantId = 7): Transaction {
  const ref = new Uint8Array(8);
  const plaintext = encodeDown({
    type: 'PAY_REQUEST',
    time: 1,
    txn: ref,
    ttl: 120,
    flags: 0,
    amount: { minor: 1, currency: 'EUR' },
    merchantId,
    matchCode: 1,
    payee: 'Bar',
    reference: '',
  });
  const sent = what === undefined ? {} : { sent: { said: what, frame: new Uint8Array(), at: NOW - agoMs } };
  return { role: 'customer', ref, plaintext, at: 0, ...sent };
}

describe('A merchant is muted (safe-mobile.md: three refusals in ten minutes)', () => {
  test.each([
    ['not refused at all', [], false],
    ['refused twice', [said('no'), said('no')], false],
    ['refused three times', [said('no'), said('no'), said('no')], true],
    ['refused four times', [said('no'), said('no'), said('no'), said('no')], true],
    ['refused as not mine counts too', [said('no'), said('not-me'), said('not-me')], true],
    ['another merchant does not count', [said('no'), said('no'), said('no', 0, 8)], false],
    ['approved does not count', [said('no'), said('no'), said('approved')], false],
    ['expired does not count', [said('no'), said('no'), said('expired')], false],
    ['muted does not count', [said('no'), said('no'), said('muted')], false],
    ['wrong digits do not count', [said('no'), said('no'), said('wrong-digits')], false],
    ['unreadable does not count', [said('no'), said('no'), said('unreadable')], false],
    ['unanswered does not count', [said('no'), said('no'), said(undefined)], false],
    ['a sale does not count', [said('no'), said('no'), { ...said('no'), role: 'merchant' }], false],
    ['within ten minutes', [said('no'), said('no'), said('no', MINUTES_10 - 1)], true],
    ['after ten minutes', [said('no'), said('no'), said('no', MINUTES_10)], false],
  ] as const)('%s', (_name, transactions, muted) => {
    expect(isMuted(transactions, requestOf(said(undefined)), NOW)).toBe(muted);
  });

  const asked = (relyingParty: string, kind: Exclude<AuthRequest['kind'], 'sign'> = 'login'): Transaction => {
    const ref = new Uint8Array(8);
    const head = { type: 'AUTH_REQUEST', time: 1, challenge: ref, ttl: 120, matchCode: 1, title: 'T' } as const;
    const plaintext = encodeDown({ ...head, kind, relyingParty });
    return { role: 'customer', ref, plaintext, at: 0, sent: { said: 'no', frame: new Uint8Array(), at: NOW } };
  };
  const thrice = <T>(one: T): readonly T[] => [one, one, one];
  test.each([
    ['a relying party, by its name', thrice(asked('Banca')), asked('Banca'), true],
    [
      'whatever it asks for',
      [asked('Banca'), asked('Banca', 'refund'), asked('Banca')],
      asked('Banca', 'unlock'),
      true,
    ],
    ['not another relying party', thrice(asked('Banca')), asked('Comune'), false],
    ['not a merchant instead', thrice(asked('7')), said(undefined), false],
    ['not a relying party instead of a merchant', thrice(said('no')), asked('7'), false],
    ['never an enrolment', thrice(asked('Cash', 'confirm-enrolment')), asked('Cash', 'confirm-enrolment'), false],
  ] as const)('so is %s', (_name, transactions, next, muted) => {
    expect(isMuted(transactions, requestOf(next), NOW)).toBe(muted);
  });

  test('and three prompts may wait', () => {
    expect(PROMPT_LIMIT).toBe(3);
  });
});
