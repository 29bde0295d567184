import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCustomer, encodeCustomer } from '../../../device/safe-mobile/customer.ts';
import {
  BALANCE_AMOUNTS,
  type Balance,
  CURRENCIES,
  declineCode,
  declineReasonOf,
  decodeDown,
  decodeUp,
  encodeDown,
  encodeUp,
  fitText,
  formatActivationCode,
  formatAmount,
  formatApprovalCode,
  hexOf,
  ifAccepted,
  isCurrency,
  isDeclineReason,
  matchCodeOf,
  octetsOf,
  type PayRequest,
  parseActivationCode,
  parseApprovalCode,
  receiptKidOf,
  SafeMobileError,
  sameOctets,
} from '../../../device/safe-mobile/index.ts';
import { decodeText, encodeText } from '../../../device/safe-mobile/text.ts';
import { frameVector, vectors } from './vectors.ts';

const REQUEST: PayRequest = {
  type: 'PAY_REQUEST',
  time: 0x4b3d3b00,
  txn: octetsOf('183bd5e274f934ac'),
  ttl: 120,
  flags: 0,
  amount: { minor: 1250, currency: 'EUR' },
  merchantId: 77,
  matchCode: 4711,
  payee: 'Edicola Città',
  reference: 'Scontrino 2010/47',
};

describe('a PAY_REQUEST', () => {
  it('reads as what the customer shall see', () => {
    expect(decodeDown(frameVector('PAY_REQUEST').plaintext)).toEqual(REQUEST);
  });

  it.each<[string, Partial<PayRequest>, string]>([
    ['a payee and reference of 54 octets', { payee: 'x'.repeat(40), reference: 'y'.repeat(14) }, 'text'],
    ['a right-to-left override', { payee: 'Bar\u202Eoiraffa' }, 'text'],
    ['a zero-width space', { reference: 'a\u200Bb' }, 'text'],
    ['a control character', { reference: 'a\nb' }, 'text'],
    ['text not in NFC', { payee: 'Citta\u0300' }, 'text'],
    ['payee and reference of 54 octets together', { payee: 'x'.repeat(27), reference: 'y'.repeat(27) }, 'text'],
    ['a match code of five digits', { matchCode: 10_000 }, 'field'],
    ['an amount beyond 40 bits', { amount: { minor: 2 ** 40, currency: 'EUR' } }, 'field'],
    ['a negative amount', { amount: { minor: -1, currency: 'EUR' } }, 'field'],
    ['a fraction of a cent', { amount: { minor: 0.5, currency: 'EUR' } }, 'field'],
    ['a time to live that is no multiple of ten seconds', { ttl: 15 }, 'field'],
    ['a txn of 7 octets', { txn: new Uint8Array(7) }, 'field'],
  ])('is not made with %s', (_name, change, code) => {
    expect(() => encodeDown({ ...REQUEST, ...change })).toThrow(expect.objectContaining({ code }));
  });

  it('fills its 83 octets to the last with payee and reference of 53', () => {
    const message = { ...REQUEST, payee: 'x'.repeat(30), reference: 'y'.repeat(23), matchCode: 9_999 };
    expect(decodeDown(encodeDown(message))).toEqual(message);
  });
});

const BALANCE: Balance = {
  type: 'BALANCE',
  time: 0x4b3d3b00,
  ref: octetsOf('183bd5e274f934ac'),
  amounts: [
    { minor: 98_750, currency: 'EUR' },
    { minor: 0, currency: 'JPY' },
    { minor: 2 ** 40 - 1, currency: 'KWD' },
  ],
};
/** EUR: 978 and 2 decimals; JPY: 392 and none; KWD: 414 and 3 (ISO 4217). */
const BALANCE_OCTETS = '074b3d3b00183bd5e274f934ac03' + '43d200000181be' + '01880000000000' + '619effffffffff';
const padded = (hex: string) => octetsOf(hex.padEnd(2 * 83, '0'));

describe('a BALANCE', () => {
  it.each<[string, Balance, string]>([
    ['three currencies', BALANCE, BALANCE_OCTETS],
    ['nothing', { ...BALANCE, amounts: [] }, '074b3d3b00183bd5e274f934ac00'],
  ])('of %s travels octet by octet as the table says', (_name, message, hex) => {
    expect(hexOf(encodeDown(message))).toBe(hexOf(padded(hex)));
    expect(decodeDown(padded(hex))).toEqual(message);
  });

  it('is asked for by a STATUS_QUERY of kind 4', () => {
    const query = { type: 'STATUS_QUERY', ctr: 0x4b3d3b00, ref: BALANCE.ref, kind: 'balance' } as const;
    const plaintext = octetsOf('894b3d3b00183bd5e274f934ac04'.padEnd(2 * 79, '0'));
    expect(hexOf(encodeUp(query))).toBe(hexOf(plaintext));
    expect(decodeUp(plaintext)).toEqual(query);
    plaintext[13] = 5;
    expect(() => decodeUp(plaintext)).toThrow(expect.objectContaining({ code: 'field' }));
  });

  it('reads back to itself, whatever the currencies and amounts', () => {
    const amount = fc.record({
      minor: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
      currency: fc.constantFrom(...Object.keys(CURRENCIES).filter(isCurrency)),
    });
    const message = fc.record({
      type: fc.constant('BALANCE' as const),
      time: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      ref: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      amounts: fc.array(amount, { maxLength: BALANCE_AMOUNTS }),
    });
    fc.assert(
      fc.property(message, (balance) => {
        const octets = encodeDown(balance);
        expect(octets).toHaveLength(83);
        expect(decodeDown(octets)).toEqual(balance);
      }),
      { seed: 5 },
    );
  });

  it.each<[string, Partial<Balance>, string]>([
    ['ten amounts', { amounts: Array.from({ length: 10 }, () => ({ minor: 1, currency: 'EUR' }) as const) }, 'length'],
    ['less than nothing', { amounts: [{ minor: -1, currency: 'EUR' }] }, 'field'],
    ['an amount beyond 40 bits', { amounts: [{ minor: 2 ** 40, currency: 'EUR' }] }, 'field'],
    ['a ref of 7 octets', { ref: new Uint8Array(7) }, 'field'],
  ])('is not made with %s', (_name, change, code) => {
    expect(() => encodeDown({ ...BALANCE, ...change })).toThrow(expect.objectContaining({ code }));
  });

  const head = '074b3d3b00183bd5e274f934ac';
  const euro = '43d200000181be';
  it.each<[string, Uint8Array, string]>([
    ['82 octets', padded(BALANCE_OCTETS).slice(1), 'length'],
    ['84 octets', octetsOf(BALANCE_OCTETS.padEnd(2 * 84, '0')), 'length'],
    ['ten amounts, the last one cut', padded(`${head}0a${euro.repeat(9)}${euro.slice(0, 12)}`), 'length'],
    ['ten amounts, of which nine are there', padded(`${head}0a${euro.repeat(9)}`), 'field'],
    ['one amount more than there are', padded(`${head}02${euro}`), 'field'],
    ['one amount less than there are', padded(`${head}01${euro.repeat(2)}`), 'padding'],
    ['a last octet that is not zero', padded(BALANCE_OCTETS).with(82, 1), 'padding'],
    ['a currency that ISO 4217 does not have', padded(`${head}0143e700000181be`), 'field'],
    ['an exponent that is not the currency’s', padded(`${head}0163d200000181be`), 'field'],
  ])('is refused with %s', (_name, plaintext, code) => {
    expect(() => decodeDown(plaintext)).toThrow(expect.objectContaining({ code }));
  });
});

describe('plaintexts from the air', () => {
  it('are refused with padding that is not zero', () => {
    const plaintext = frameVector('REFUSE not me').plaintext.slice();
    plaintext[77] = 1;
    expect(() => decodeUp(plaintext)).toThrow(expect.objectContaining({ code: 'padding' }));
  });

  const saying = (hex: string, kid: number) => octetsOf(hex.padEnd(2 * 79, '0')).with(78, kid);
  it.each([
    ['a REFUSE', '824b3d3b0010a7d9c1e2f3041501', 255, 255],
    ['a TIME_REQUEST without', '874b3d3b0010a7d9c1e2f30415', 0, 0],
    ['an APPROVE', `814b3d3b0010a7d9c1e2f3041500${'5a'.repeat(64)}`, 7, 7],
    ['a PIN_PROOF', `864b3d3b0010a7d9c1e2f30415${'5a'.repeat(64)}`, 7, 7],
  ])('say in the last octet which receipt key the phone has: %s', (_, hex, kid, expected) => {
    const plaintext = saying(hex, kid);
    expect(receiptKidOf(plaintext)).toBe(expected);
    const message = decodeUp(plaintext);
    expect(message).toEqual(decodeUp(saying(hex, 0)));
    expect(hexOf(encodeUp(message, kid))).toBe(hexOf(plaintext));
    expect(hexOf(encodeUp(message))).toBe(hexOf(saying(hex, 0)));
  });

  it.each(['PAY_INIT', 'ENROL'])('of a %s have no such octet', (name) => {
    const plaintext = frameVector(name).plaintext.slice();
    const message = decodeUp(plaintext);
    expect(hexOf(encodeUp(message, name === 'PAY_INIT' ? 7 : 0))).toBe(hexOf(plaintext));
    plaintext[78] = 7;
    expect(receiptKidOf(plaintext)).toBeUndefined();
    expect(() => decodeUp(plaintext)).toThrow(expect.objectContaining({ code: 'padding' }));
  });

  it('never do worse than a SafeMobileError, and what is accepted reads back to itself', () => {
    const mutation = fc.record({
      vector: fc.constantFrom(...vectors.frames.filter((vector) => vector.direction === 'down')),
      edits: fc.array(fc.record({ at: fc.nat(82), octet: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(mutation, ({ vector, edits }) => {
        const plaintext = vector.plaintext.slice();
        for (const { at, octet } of edits) plaintext[at] = octet;
        try {
          expect(hexOf(encodeDown(decodeDown(plaintext)))).toBe(hexOf(plaintext));
        } catch (error) {
          expect(error).toBeInstanceOf(SafeMobileError);
        }
      }),
      { seed: 2, numRuns: 5_000 },
    );
  });
});

describe('what reads octets of strangers', () => {
  it('gives what it has read, and nothing of octets that are refused', () => {
    expect(ifAccepted(() => octetsOf('0f'))).toEqual(Uint8Array.of(15));
    expect(ifAccepted(() => octetsOf('0g'))).toBeUndefined();
  });

  it('hides no other error', () => {
    const broken = new TypeError('a mistake of the program');
    expect(() =>
      ifAccepted(() => {
        throw broken;
      }),
    ).toThrow(broken);
  });
});

describe('fields', () => {
  it('text travels as UTF-8, the same that TextEncoder makes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const octets = new TextEncoder().encode(text);
        try {
          expect(encodeText(text)).toEqual(octets);
          expect(decodeText(octets)).toBe(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'text' });
        }
      }),
      { seed: 3 },
    );
  });

  it.each(['c0af', '80', 'e28080ff', 'eda080', 'f4908080', 'c3', 'f8808080'])('%s is not UTF-8', (hex) => {
    expect(() => decodeText(octetsOf(hex))).toThrow(expect.objectContaining({ code: 'text' }));
  });

  it.each([
    ['', []],
    ['00fF', [0, 255]],
  ])('%j is octets in hexadecimal', (hex, octets) => {
    expect(octetsOf(hex)).toEqual(Uint8Array.from(octets));
    expect(hexOf(octetsOf(hex))).toBe(hex.toLowerCase());
  });

  it.each(['0', '0g', '0x', ' 00'])('%j is no octets in hexadecimal', (hex) => {
    expect(() => octetsOf(hex)).toThrow(expect.objectContaining({ code: 'field' }));
  });

  it('a text is cut between characters', () => {
    expect(fitText('Città', 5)).toBe('Citt');
    expect(fitText('Città', 6)).toBe('Città');
  });

  it.each([
    0x0000, 0x001f, 0x007f, 0x0085, 0x00ad, 0x061c, 0x200b, 0x2028, 0x2029, 0x202e, 0x2066, 0xd800, 0xe000, 0xfeff,
  ])('U+%i does not print', (point) => {
    expect(() => encodeText(`a${String.fromCharCode(point)}b`)).toThrow(expect.objectContaining({ code: 'text' }));
  });

  it.each([
    [[0, 0], 0],
    [[0x00, 42], 42],
    [[0x27, 0x0f], 9_999],
    [[0x27, 0x10], 0],
    [[0xff, 0xff], 5_535],
  ])('an mref that ends in %j has the match code %i', (end, code) => {
    expect(matchCodeOf(Uint8Array.of(9, 9, 9, 9, 9, 9, ...end))).toBe(code);
  });

  it.each([
    [[], [], true],
    [[1, 2], [1, 2], true],
    [[1, 2], [1, 3], false],
    [[0, 2], [1, 2], false],
    [[1, 2], [1, 2, 3], false],
    [[1, 2, 3], [1, 2], false],
    [[], [0], false],
    [[0], [], false],
  ])('the octets %j and %j are the same: %s', (a, b, same) => {
    expect(sameOctets(Uint8Array.from(a), Uint8Array.from(b))).toBe(same);
  });

  it.each([
    { kind: 'number', digits: '1234' } as const,
    { kind: 'number', digits: '1234567890123456' } as const,
    { kind: 'number', digits: '+3934000' } as const,
    { kind: 'alias', letters: '' } as const,
    { kind: 'alias', letters: 'abcdefgh' } as const,
    { kind: 'alias', letters: 'mario1' } as const,
  ])('the customer %j cannot travel', (customer) => {
    expect(() => encodeCustomer(customer)).toThrow(expect.objectContaining({ code: 'field' }));
  });

  it.each([
    { kind: 'number', digits: '123456789012345' } as const,
    { kind: 'alias', letters: 'a' } as const,
    { kind: 'alias', letters: 'ABCDxyz' } as const,
  ])('the customer %j travels', (customer) => {
    expect(decodeCustomer(encodeCustomer(customer))).toEqual(customer);
  });

  it.each([
    ['the exponent of another currency', '63d2'],
    ['no decimals, where its currency has two', '03d2'],
    ['one decimal, where its currency has two', '23d2'],
    ['a bit more than the number of its currency', '53d2'],
    ['a number that no currency has', '4001'],
  ])('an amount with %s is refused', (_name, code) => {
    const plaintext = frameVector('PAY_REQUEST').plaintext.slice();
    plaintext.set(octetsOf(code), 15);
    expect(() => decodeDown(plaintext)).toThrow(expect.objectContaining({ code: 'field' }));
  });

  it('an activation code may be typed with I and L for 1', () => {
    const code = formatActivationCode(Uint8Array.of(0x08, 0x42, 0x10, 0x84, 0x21));
    expect(code).toBe('1111-1111');
    for (const typed of ['IIIIIIII', 'llll llll', 'i1L1-1111'])
      expect(parseActivationCode(typed)).toEqual(parseActivationCode(code));
  });

  it.each([
    [{ kind: 'number', digits: '393400000020' } as const, '934300000002ffff'],
    [{ kind: 'number', digits: '12345' } as const, '2143f5ffffffffff'],
    [{ kind: 'alias', letters: 'mario' } as const, 'fe6d6172696f0000'],
  ])('the customer %j travels as %s', (customer, hex) => {
    expect(hexOf(encodeCustomer(customer))).toBe(hex);
    expect(decodeCustomer(octetsOf(hex))).toEqual(customer);
  });

  it.each(['ffffffffffffffff', '9343f00000000fff', 'fe00616200000000', 'fe61006200000000', '93430000000200ab'])(
    '%s is no customer',
    (hex) => {
      expect(() => decodeCustomer(octetsOf(hex))).toThrow(SafeMobileError);
    },
  );

  // ISO 8583:1987, field 39: "05", "51", "54", "57", "61", "91", "96", read in base 36.
  it.each([
    ['not-honoured', 5],
    ['insufficient-funds', 181],
    ['expired-card', 184],
    ['not-permitted', 187],
    ['limit-exceeded', 217],
    ['rail-unreachable', 325],
    ['rail-failed', 330],
  ] as const)('a declined receipt says %s as %i', (reason, code) => {
    expect(declineCode(reason)).toBe(code);
    expect(declineReasonOf(code)).toBe(reason);
  });

  it.each([0, 1, 51, 100_001])('%i in a receipt is no reason', (code) => {
    expect(declineReasonOf(code)).toBeUndefined();
  });

  it.each(['', 'toString', 'expired'])('%j is no reason of a decline', (text) => {
    expect(isDeclineReason(text)).toBe(false);
  });

  it.each([
    [1, '1'],
    [100_001, '255T'],
    [604_661_761, 'A00001'],
    [2_176_782_335, 'ZZZZZZ'],
  ])('the approval code %i is read as %s', (code, text) => {
    expect(formatApprovalCode(code)).toBe(text);
    expect(parseApprovalCode(text)).toBe(code);
    expect(parseApprovalCode(text.toLowerCase().padStart(6, '0'))).toBe(code);
  });

  it.each(['', '1234567', '12-456', ' 1', 'é'])('%j is no approval code', (text) => {
    expect(parseApprovalCode(text)).toBeUndefined();
  });

  it('a receipt does not name rail 5, which is retired', () => {
    const plaintext = frameVector('RECEIPT to the customer').plaintext.slice();
    plaintext[18] = 5;
    expect(() => decodeDown(plaintext)).toThrow(expect.objectContaining({ code: 'field' }));
  });

  it.each([4, 6])('an activation code is not made of %d octets', (octets) => {
    expect(() => formatActivationCode(new Uint8Array(octets))).toThrow(expect.objectContaining({ code: 'field' }));
  });

  it('activation codes survive the way a person types them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), (octets) => {
        const code = formatActivationCode(octets);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
        const typed = code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
        expect(parseActivationCode(typed)).toEqual(octets);
      }),
      { seed: 4 },
    );
    expect(parseActivationCode('7ZQ2-M4K')).toBeUndefined();
    expect(parseActivationCode('7ZQ2-M4KU')).toBeUndefined();
    expect(parseActivationCode('7ZQ2-M4KD9')).toBeUndefined();
    expect(parseActivationCode('')).toBeUndefined();
  });

  it.each([
    [{ minor: 1250, currency: 'EUR' } as const, 'EUR 12.50'],
    [{ minor: 5, currency: 'EUR' } as const, 'EUR 0.05'],
    [{ minor: 1250, currency: 'JPY' } as const, 'JPY 1250'],
    [{ minor: 1250, currency: 'KWD' } as const, 'KWD 1.250'],
    [{ minor: 0, currency: 'EUR' } as const, 'EUR 0.00'],
    [{ minor: 0, currency: 'JPY' } as const, 'JPY 0'],
  ])('%j is shown as %s, or with a decimal comma', (amount, shown) => {
    expect(formatAmount(amount)).toBe(shown);
    expect(formatAmount(amount, ',')).toBe(shown.replace('.', ','));
  });
});
