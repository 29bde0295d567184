import { describe, expect, it } from 'vitest';
import { CURRENCIES, isCurrency } from '../../../device/safe-mobile/amount.ts';
import {
  AUTH_CODES,
  COMMAND_CODES,
  NAK_CODES,
  nameOf,
  QUERY_CODES,
  RAIL_CODES,
  REFUSAL_CODES,
  STATUS_CODES,
} from '../../../device/safe-mobile/codes.ts';
import { FRAME_CLASS } from '../../../device/safe-mobile/frame.ts';
import {
  type DownMessage,
  decodeDown,
  decodePayInit,
  decodeUp,
  encodeDown,
  encodeUp,
} from '../../../device/safe-mobile/index.ts';
import { MESSAGE_TYPES } from '../../../device/safe-mobile/messages.ts';
import { Reader, Writer } from '../../../device/safe-mobile/octets.ts';
import { PHONE_COST } from '../../../device/safe-mobile/pin-key.ts';
import { frameVector } from './vectors.ts';

/** A table as `number name`, in the order of the numbers. */
function linesOf(table: Readonly<Record<string, number>>): string {
  return Object.entries(table)
    .sort(([, a], [, b]) => a - b)
    .map(([name, code]) => `${code} ${name}`)
    .join(', ');
}

describe('The numbers on the air are for ever', () => {
  it.each([
    ['REFUSE reason', REFUSAL_CODES, '1 no, 2 not-me, 3 expired, 4 unreadable, 5 muted, 6 wrong-digits'],
    [
      'RECEIPT status',
      STATUS_CODES,
      '0 paid, 1 refused, 2 expired, 3 cancelled, 4 declined, 5 wrong-pin, 6 blocked, 7 in-progress, 8 active, 9 rejected, 10 reversed, 11 refunded, 12 confirmed',
    ],
    ['RECEIPT rail', RAIL_CODES, '0 none, 1 ledger, 2 card, 3 bank, 4 paypal'],
    ['AUTH_REQUEST kind', AUTH_CODES, '1 login, 2 sign, 4 confirm-enrolment, 5 refund, 6 unlock, 7 instrument'],
    [
      'NAK code',
      NAK_CODES,
      '1 unknown-reference, 2 wrong-code, 3 activation-expired, 4 bad-key, 5 not-a-merchant, 6 limit, 7 customer-unreachable, 8 bad-amount, 9 blocked, 10 malformed, 11 old-counter',
    ],
    ['ADMIN command', COMMAND_CODES, '1 lock, 2 unlock, 3 wipe'],
    ['STATUS_QUERY kind', QUERY_CODES, '1 payment, 2 authentication, 3 request, 4 balance'],
    ['class of a frame', FRAME_CLASS, '17 up, 18 down, 19 enrol, 20 announcement'],
    [
      'type of a message',
      MESSAGE_TYPES,
      '1 PAY_REQUEST, 2 RECEIPT, 3 AUTH_REQUEST, 4 NAK, 5 ADMIN, 6 TIME_RESPONSE, 7 BALANCE, 129 APPROVE, 130 REFUSE, 131 PAY_INIT, 132 ENROL, 133 PIN_NEW, 134 PIN_PROOF, 135 TIME_REQUEST, 136 PAY_CANCEL, 137 STATUS_QUERY',
    ],
    ['cost of scrypt on a phone', { ...PHONE_COST }, '1 p, 8 r, 1024 N'],
  ])('%s', (_name, table, lines) => {
    expect(linesOf(table)).toBe(lines);
  });

  it.each([0, 3, 8])('no kind of AUTH_REQUEST has the number %d', (code) => {
    const refused = { code: 'field', message: `kind ${code} is not known` };
    expect(() => nameOf(AUTH_CODES, code, 'kind')).toThrow(expect.objectContaining(refused));
  });

  // ISO 4217, list one: number and minor unit.
  it('currencies: letters, number and decimals of ISO 4217', () => {
    const lines = Object.entries(CURRENCIES).map(
      ([letters, { number, exponent }]) => `${letters} ${number} ${exponent}`,
    );
    expect(lines.join(', ')).toBe(
      'AUD 36 2, BHD 48 3, BRL 986 2, CAD 124 2, CHF 756 2, CNY 156 2, CZK 203 2, DKK 208 2, EUR 978 2, GBP 826 2, ' +
        'HUF 348 2, INR 356 2, JPY 392 0, KES 404 2, KRW 410 0, KWD 414 3, MXN 484 2, NGN 566 2, NOK 578 2, PLN 985 2, ' +
        'RON 946 2, SEK 752 2, TND 788 3, TRY 949 2, USD 840 2, XOF 952 0, ZAR 710 2',
    );
    expect(isCurrency('XYZ')).toBe(false);
    expect(isCurrency('toString')).toBe(false);
  });
});

const [ref, nonce] = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1)];
const [key, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const signature = new Uint8Array(64).fill(3);

const authRequest = {
  type: 'AUTH_REQUEST',
  time: 5,
  challenge: ref,
  ttl: 2_550,
  kind: 'login',
  matchCode: 9_999,
  relyingParty: 'Comune di Milano',
  title: 'Firma il modulo ',
} as const;

/** Each message with each name that it can carry: what is written is read again. */
const DOWN: readonly DownMessage[] = [
  ...namesOf(STATUS_CODES).flatMap((status) =>
    namesOf(RAIL_CODES).map(
      (rail) =>
        ({ type: 'RECEIPT', time: 5, ref, status, triesLeft: 15, approvalCode: 0xffff_ffff, rail, signature }) as const,
    ),
  ),
  ...namesOf(AUTH_CODES).map((kind) =>
    kind === 'sign' ? { ...authRequest, kind, documentHash: key } : { ...authRequest, kind },
  ),
  ...namesOf(NAK_CODES).map(
    (code) => ({ type: 'NAK', time: 5, ref, code, argument: 0xffff_ffff, text: 'x'.repeat(64) }) as const,
  ),
  ...namesOf(COMMAND_CODES).map(
    (command) => ({ type: 'ADMIN', time: 5, ref, command, reason: 255, signature }) as const,
  ),
  { type: 'TIME_RESPONSE', time: 0xffff_ffff, nonce, signature },
];

function namesOf<Name extends string>(table: Readonly<Record<Name, number>>): readonly Name[] {
  return Object.values<number>(table).map((code) => nameOf(table, code, 'code'));
}

describe('Each message with each of its names', () => {
  it('comes down as it was sent', () => {
    for (const message of DOWN) expect(decodeDown(encodeDown(message))).toEqual(message);
  });

  it('goes up as it was sent', () => {
    const messages = [
      ...namesOf(REFUSAL_CODES).map((reason) => ({ type: 'REFUSE', ctr: 5, txn: ref, reason }) as const),
      ...namesOf(QUERY_CODES).map((kind) => ({ type: 'STATUS_QUERY', ctr: 5, ref, kind }) as const),
      { type: 'APPROVE', ctr: 0xffff_ffff, txn: ref, instrument: 255, signature },
      {
        type: 'PAY_INIT',
        ctr: 5,
        mref: ref,
        customer: { kind: 'alias', letters: 'Marioxx' },
        amount: { minor: 2 ** 40 - 1, currency: 'TND' },
        ttl: 120,
        flags: 255,
        reference: 'y'.repeat(48),
      },
      { type: 'PAY_CANCEL', ctr: 5, mref: ref, reason: 255 },
      { type: 'PIN_NEW', ctr: 5, pcid: ref, approvalKey: key },
      { type: 'PIN_PROOF', ctr: 5, pcid: ref, signature },
      { type: 'TIME_REQUEST', ctr: 5, nonce },
      {
        type: 'ENROL',
        ctr: 5,
        activationCode: Uint8Array.of(1, 2, 3, 4, 5),
        sealingKey: key,
        approvalKey: other,
        appVersion: 255,
      },
    ] as const;
    for (const message of messages) expect(decodeUp(encodeUp(message))).toEqual(message);
  });

  it('a merchant’s phone reads its PAY_INIT, and nothing else', () => {
    const { plaintext } = frameVector('PAY_INIT');
    expect(decodePayInit(plaintext)).toEqual(decodeUp(plaintext));
    const refused = (octets: Uint8Array, code: string) =>
      expect(() => decodePayInit(octets)).toThrow(expect.objectContaining({ code }));
    refused(frameVector('APPROVE').plaintext, 'type');
    refused(frameVector('PAY_REQUEST').plaintext, 'length');
    refused(plaintext.with(78, 1), 'padding');
  });

  it.each([
    ['a receipt with 16 tries left', { ...DOWN[0], triesLeft: 16 }],
    ['a NAK whose text is too long', { type: 'NAK', time: 5, ref, code: 'limit', argument: 0, text: 'x'.repeat(65) }],
    [
      'an AUTH_REQUEST whose texts are too long',
      { ...authRequest, relyingParty: 'x'.repeat(32), title: 'y'.repeat(33) },
    ],
    ['an AUTH_REQUEST with a match code of five digits', { ...authRequest, matchCode: 10_000 }],
    ['a time of five octets', { type: 'TIME_RESPONSE', time: 2 ** 32, nonce, signature }],
  ] as readonly (readonly [string, DownMessage])[])('%s is not made', (_name, message) => {
    expect(() => encodeDown(message)).toThrow(expect.objectContaining({ name: 'SafeMobileError' }));
  });
});

describe('Octets', () => {
  it('are written and read to the very last, and not beyond', () => {
    const writer = new Writer(3).uint(0x0102, 2).uint(255, 1);
    expect(() => writer.uint(0, 1)).toThrow(expect.objectContaining({ code: 'length' }));
    expect(() => writer.uint(256, 1)).toThrow(expect.objectContaining({ code: 'field' }));
    const reader = new Reader(writer.octets);
    expect([reader.uint(2), reader.uint(1)]).toEqual([0x0102, 255]);
    expect(() => reader.uint(1)).toThrow(expect.objectContaining({ code: 'length' }));
  });

  it('are read as a copy, so that wiping the plaintext leaves them', () => {
    const plaintext = Uint8Array.of(1, 2, 3);
    const read = new Reader(plaintext).bytes(2);
    plaintext.fill(0);
    expect(read).toEqual(Uint8Array.of(1, 2));
  });

  it.each([
    ['PAY_REQUEST', 26],
    ['AUTH_REQUEST', 15],
  ] as const)('of a %s with a match code of five digits are refused', (type, at) => {
    const plaintext = type === 'AUTH_REQUEST' ? encodeDown(authRequest) : frameVector(type).plaintext.slice();
    plaintext.set([0x27, 0x0f], at);
    expect(decodeDown(plaintext)).toMatchObject({ type, matchCode: 9_999 });
    plaintext.set([0x27, 0x10], at);
    expect(() => decodeDown(plaintext)).toThrow(expect.objectContaining({ code: 'field' }));
  });
});
