import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIso, encodeIso, IsoError, type Variant } from '../../../../server/rails/card/iso8583.ts';
import { anyMessage } from './any-message.ts';

const VARIANTS: readonly Variant[] = ['ascii', 'binary'];

/** The octets of text, or of hexadecimal digits. */
function octets(variant: Variant, text: string): Uint8Array {
  return Buffer.from(text, variant === 'ascii' ? 'latin1' : 'hex');
}

/** Messages that others have published, with what they say is in them. */
const PUBLISHED: readonly (readonly [
  source: string,
  variant: Variant,
  message: string,
  mti: string,
  fields: Readonly<Record<number, string>>,
])[] = [
  [
    'moov-io/iso8583 test/testdata/network_management_message.dat',
    'ascii',
    '0800823A0000000000000400000000000000042009061390000109061304200420001',
    '0800',
    { 7: '0420090613', 11: '900001', 12: '090613', 13: '0420', 15: '0420', 70: '001' },
  ],
  [
    'moov-io/iso8583 test/testdata/financial_transaction_message.dat',
    'ascii',
    '0200323A40010841801038000000000000000004200508050113921208050420042251320720000010000001156040800411        01251146333156336000299',
    '0200',
    {
      3: '380000',
      4: '000000000000',
      7: '0420050805',
      11: '011392',
      12: '120805',
      13: '0420',
      15: '0422',
      18: '5132',
      32: '2000001',
      37: '000000115604',
      42: '0800411        ',
      48: '511463331563',
      49: '360',
      60: '99',
    },
  ],
  [
    'moov-io/iso8583 test/testdata/iso_reversal_message.dat: an element of length 0, a blank at the end, DE 90',
    'ascii',
    '0400F23A400108418202000000400000000019111111111000000000018000000000003000000908064651003316134519090809096010060002000000000003430003948 03808110012000004096565733200000003000001360030003317000394809080646510000000003132020000331609080645190000000020000000000000',
    '0400',
    {
      2: '1111111110000000000',
      3: '180000',
      4: '000000030000',
      7: '0090806465',
      11: '100331',
      12: '613451',
      13: '9090',
      15: '8090',
      18: '9601',
      32: '',
      37: '600020000000',
      42: '00003430003948 ',
      48: '08110012000004096565733200000003000001',
      49: '360',
      55: '003317000394809080646510000000',
      63: '132',
      90: '020000331609080645190000000020000000000000',
    },
  ],
  [
    'the tutorial of jPOS (GenericPackager): DE 105 in the second bitmap',
    'ascii',
    '0200B2200000001000000000000000800000201234000000010000011072218012345606A5DFGR021ABCDEFGHIJ 1234567890',
    '0200',
    { 3: '201234', 4: '000000010000', 7: '0110722180', 11: '123456', 44: 'A5DFGR', 105: 'ABCDEFGHIJ 1234567890' },
  ],
  [
    'sitb-software/jsPOS __tests__/index.js, after jPOS ISO87A',
    'ascii',
    '08000020000100C000160001050814002244000007641110000011110020110000000100306708THFDD30904M08915C0900567100016021V0:TestField62:0.009;09Z31000000003001',
    '0800',
    {
      11: '000105',
      32: '14002244',
      41: '00000764',
      42: '111000001111002',
      60: '00000001003',
      62: '08THFDD30904M08915C0900567100016021V0:TestField62:0.009;09Z31000000',
      63: '001',
    },
  ],
  [
    'ralvescosta/digital-payments README: binary, octets of any value in DE 63',
    'binary',
    '08002038000000200002810000000001084909052253415630305A303537363331202020205341564E47583130303131303032303030302020202020200011010008B9F3F723CA3CD2F8',
    '0800',
    {
      3: '810000',
      11: '000001',
      12: '084909',
      13: '0522',
      43: 'SAV00Z057631    SAVNGX100110020000      ',
      63: '\u0001\u0000\u0008\u00b9\u00f3\u00f7#\u00ca<\u00d2\u00f8',
    },
  ],
  [
    'Stack Overflow 21282257 (ISO8583 message decoding): binary',
    'binary',
    '080020200000008000000000000000013239313130303031',
    '0800',
    { 3: '000000', 11: '000001', 41: '29110001' },
  ],
];

describe('published messages', () => {
  it.each(PUBLISHED)('%s (%s)', (_, variant, text, mti, fields) => {
    const message = decodeIso(octets(variant, text), variant);
    expect({ mti: message.mti, ...Object.fromEntries(message.fields) }).toEqual({ mti, ...fields });
    expect(Buffer.from(encodeIso(message, variant)).equals(octets(variant, text))).toBe(true);
  });
});

/** What other libraries get wrong in binary messages: the octets are computed by hand from the standard. */
const FAULTS_OF_OTHERS: readonly (readonly [what: string, field: number, value: string, octets: string])[] = [
  ['an odd number of digits of fixed length has a zero in front', 22, '051', '0051'],
  ['a fixed value keeps its leading zeros', 4, '000000000001', '000000000001'],
  ['an odd number of digits of variable length has a zero behind', 32, '12345', '05123450'],
  ['a variable value keeps its leading zeros', 2, '0000000000000000001', '1900000000000000000010'],
  ['track 2 of odd length', 35, '4111111111111111=25121', '224111111111111111D25121'],
  ['track 2 of odd length ends within an octet', 35, '411111111111111=25121', '21411111111111111D251210'],
  ['letters in DE 38', 38, 'A1b2 9', '413162322039'],
  ['a signed amount', 97, 'D0000000000001250', '440000000000001250'],
  ['three digits of length in two octets', 48, 'x'.repeat(123), `0123${'78'.repeat(123)}`],
];

describe('binary values that others get wrong', () => {
  it.each(FAULTS_OF_OTHERS)('%s (DE %i)', (_, field, value, hex) => {
    const message = { mti: '0200', fields: new Map([[field, value]]) };
    const bitmaps = field > 64 ? 16 : 8;
    const encoded = encodeIso(message, 'binary');
    expect(Buffer.from(encoded.subarray(2 + bitmaps)).toString('hex')).toBe(hex.toLowerCase());
    expect(decodeIso(encoded, 'binary')).toEqual(message);
  });

  it('an F behind fills up too, and track 2 may say D', () => {
    expect(decodeIso(octets('binary', '020000000001000000000512345f'), 'binary').fields).toEqual(
      new Map([[32, '12345']]),
    );
    expect(decodeIso(octets('ascii', '02000000000020000000054111D'), 'ascii').fields).toEqual(new Map([[35, '4111=']]));
  });
});

describe.each(VARIANTS)('%s: any message', (variant) => {
  it('is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeIso(encodeIso(message, variant), variant)).toEqual(message);
      }),
      { numRuns: 300 },
    );
  });

  it('with octets changed, missing or added is another message, or an error with data element and offset', () => {
    const change = fc.record({
      at: fc.nat(400),
      octet: fc.nat(255),
      how: fc.constantFrom('change' as const, 'cut' as const, 'insert' as const),
    });
    fc.assert(
      fc.property(anyMessage, fc.array(change, { minLength: 1, maxLength: 4 }), (message, changes) => {
        const changed = changes.reduce(
          (frame: Buffer, { at, octet, how }) => {
            const place = at % (frame.length + 1);
            if (how === 'cut') return frame.subarray(0, place);
            return Buffer.concat([
              frame.subarray(0, place),
              Buffer.of(octet),
              frame.subarray(how === 'change' ? place + 1 : place),
            ]);
          },
          Buffer.from(encodeIso(message, variant)),
        );
        const again = decodedOrError(changed, variant);
        if (again instanceof IsoError) {
          expect(again.offset).toBeGreaterThanOrEqual(0);
          expect(again.offset).toBeLessThanOrEqual(changed.length);
          expect(again.field).toBeLessThanOrEqual(128);
        } else {
          expect(decodeIso(encodeIso(again, variant), variant)).toEqual(again);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

function decodedOrError(frame: Uint8Array, variant: Variant) {
  try {
    return decodeIso(frame, variant);
  } catch (error) {
    if (error instanceof IsoError) return error;
    throw error;
  }
}

describe('a message that cannot be read says which data element and octet', () => {
  it.each<readonly [string, Variant, string, Partial<IsoError>]>([
    ['nothing', 'ascii', '', { code: 'truncated', field: 0, offset: 0 }],
    ['another edition', 'ascii', '12000000000000000000', { code: 'bad-mti', field: 0, offset: 0 }],
    ['letters in the message type', 'ascii', '02O00000000000000000', { code: 'bad-character', field: 0, offset: 2 }],
    ['half a bitmap', 'ascii', '020000000000', { code: 'truncated', field: 1, offset: 4 }],
    ['a bitmap with g', 'ascii', '0200000000000000000g', { code: 'bad-character', field: 1, offset: 19 }],
    [
      'a third bitmap',
      'binary',
      '0200800000000000000080000000000000000',
      { code: 'no-such-field', field: 65, offset: 18 },
    ],
    ['a STAN that is too short', 'ascii', '0200002000000000000012345', { code: 'truncated', field: 11, offset: 20 }],
    ['a letter in the STAN', 'ascii', '0200002000000000000012345x', { code: 'bad-character', field: 11, offset: 25 }],
    ['a STAN with A', 'binary', '0200002000000000000012a456', { code: 'bad-character', field: 11, offset: 11 }],
    [
      'an odd value without zero',
      'binary',
      '020000000400000000001051',
      { code: 'bad-character', field: 22, offset: 10 },
    ],
    [
      'an odd value with F in front',
      'binary',
      '02000000040000000000f051',
      { code: 'bad-character', field: 22, offset: 10 },
    ],
    [
      'a variable value with 1 behind',
      'binary',
      '020000000001000000000151',
      { code: 'bad-character', field: 32, offset: 11 },
    ],
    ['a length above the limit', 'ascii', '0200400000000000000020', { code: 'bad-length', field: 2, offset: 20 }],
    ['a length in letters', 'ascii', '02004000000000000000x9', { code: 'bad-character', field: 2, offset: 20 }],
    [
      'a value shorter than its length',
      'ascii',
      '02004000000000000000191',
      { code: 'truncated', field: 2, offset: 22 },
    ],
    [
      'an amount without C or D',
      'binary',
      '02000000001000000000450000000',
      { code: 'truncated', field: 28, offset: 11 },
    ],
    ['an amount with X', 'binary', '020000000010000000005800000001', { code: 'bad-character', field: 28, offset: 10 }],
    ['an amount with A', 'binary', '02000000001000000000430000a001', { code: 'bad-character', field: 28, offset: 13 }],
    [
      'a control character in the terminal',
      'ascii',
      '020000000000008000001234567\u0007',
      { code: 'bad-character', field: 41, offset: 27 },
    ],
    [
      'more than the bitmap announces',
      'ascii',
      '02000000000000000000!',
      { code: 'surplus-octets', field: 1, offset: 20 },
    ],
  ])('%s', (_, variant, text, error) => {
    expect(decodedOrError(octets(variant, text), variant)).toMatchObject(error);
  });

  it.each<readonly [string, string, readonly [number, string], Partial<IsoError>]>([
    ['another edition', '1200', [3, '000000'], { code: 'bad-mti', field: 0 }],
    ['a second bitmap by hand', '0200', [1, '00000000'], { code: 'no-such-field', field: 1 }],
    ['a data element that is not there', '0200', [129, '1'], { code: 'no-such-field', field: 129 }],
    ['a value that is too short', '0200', [4, '1250'], { code: 'bad-length', field: 4 }],
    ['a value that is too long', '0200', [32, '123456789012'], { code: 'bad-length', field: 32 }],
    ['a value of another format', '0200', [4, '00000000125x'], { code: 'bad-character', field: 4, offset: 11 }],
    ['an amount without its sign', '0200', [28, '000000001'], { code: 'bad-character', field: 28, offset: 0 }],
    ['a character that is no octet', '0200', [48, '€'], { code: 'bad-character', field: 48, offset: 0 }],
  ])('%s is not encoded', (_, mti, field, error) => {
    expect(() => encodeIso({ mti, fields: new Map([field]) }, 'ascii')).toThrow(expect.objectContaining(error));
  });
});
