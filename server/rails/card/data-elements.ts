// The data elements of ISO 8583:1987, in the notation of the standard.

/**
 * What the characters of an element may be. `n` digits; `an` letters, digits, blanks; `ans` printable; `z` track 2; `x+n` C or D
 * and digits; `b` octets, the number counts bits; `any` whatever octets two parties agree on, one character each.
 */
export type Format = 'n' | 'an' | 'ans' | 'z' | 'x+n' | 'b' | 'any';

/** Format and length; `..` and `...` before a length: up to it, with a length of two (LL) or three digits (LLL) in front. */
type Notation = `${Format}${'' | '..' | '...'}${number}`;

/** One data element. */
export interface DataElement {
  /** 2 to 128. */
  readonly field: number;
  readonly name: string;
  readonly format: Format;
  /** Digits of the length in front of the value; 0: the length is fixed. */
  readonly lengthDigits: 0 | 2 | 3;
  /** The longest value, or its fixed length: characters; of `b` octets; of `x+n` the sign not counted. */
  readonly length: number;
}

/** Reserved elements take any octets, as hosts use them; DE 65 would announce a third bitmap, which this edition has not. */
const TABLE: readonly (readonly [field: number, notation: Notation, name: string])[] = [
  [2, 'n..19', 'primary account number, or a token'],
  [3, 'n6', 'processing code'],
  [4, 'n12', 'amount, transaction'],
  [5, 'n12', 'amount, settlement'],
  [6, 'n12', 'amount, cardholder billing'],
  [7, 'n10', 'transmission date and time'],
  [8, 'n8', 'amount, cardholder billing fee'],
  [9, 'n8', 'conversion rate, settlement'],
  [10, 'n8', 'conversion rate, cardholder billing'],
  [11, 'n6', 'system trace audit number'],
  [12, 'n6', 'time, local transaction'],
  [13, 'n4', 'date, local transaction'],
  [14, 'n4', 'date, expiration'],
  [15, 'n4', 'date, settlement'],
  [16, 'n4', 'date, conversion'],
  [17, 'n4', 'date, capture'],
  [18, 'n4', "merchant's type"],
  [19, 'n3', 'acquiring institution country code'],
  [20, 'n3', 'primary account number extended, country code'],
  [21, 'n3', 'forwarding institution country code'],
  [22, 'n3', 'point of service entry mode'],
  [23, 'n3', 'card sequence number'],
  [24, 'n3', 'network international identifier'],
  [25, 'n2', 'point of service condition code'],
  [26, 'n2', 'point of service PIN capture code'],
  [27, 'n1', 'authorization identification response length'],
  [28, 'x+n8', 'amount, transaction fee'],
  [29, 'x+n8', 'amount, settlement fee'],
  [30, 'x+n8', 'amount, transaction processing fee'],
  [31, 'x+n8', 'amount, settlement processing fee'],
  [32, 'n..11', 'acquiring institution identification code'],
  [33, 'n..11', 'forwarding institution identification code'],
  [34, 'ans..28', 'primary account number, extended'],
  [35, 'z..37', 'track 2 data'],
  [36, 'ans...104', 'track 3 data'],
  [37, 'an12', 'retrieval reference number'],
  [38, 'an6', 'authorization identification response'],
  [39, 'an2', 'response code'],
  [40, 'an3', 'service restriction code'],
  [41, 'ans8', 'card acceptor terminal identification'],
  [42, 'ans15', 'card acceptor identification code'],
  [43, 'ans40', 'card acceptor name and location'],
  [44, 'ans..25', 'additional response data'],
  [45, 'ans..76', 'track 1 data'],
  [46, 'any...999', 'additional data, ISO'],
  [47, 'any...999', 'additional data, national'],
  [48, 'any...999', 'additional data, private'],
  [49, 'an3', 'currency code, transaction'],
  [50, 'an3', 'currency code, settlement'],
  [51, 'an3', 'currency code, cardholder billing'],
  [52, 'b64', 'personal identification number data'],
  [53, 'n16', 'security related control information'],
  [54, 'an...120', 'additional amounts'],
  [55, 'any...999', 'data of the chip'],
  [56, 'any...999', 'reserved, ISO'],
  [57, 'any...999', 'reserved, national'],
  [58, 'any...999', 'reserved, national'],
  [59, 'any...999', 'reserved, national'],
  [60, 'any...999', 'reserved, national'],
  [61, 'any...999', 'reserved, private'],
  [62, 'any...999', 'reserved, private'],
  [63, 'any...999', 'reserved, private'],
  [64, 'b64', 'message authentication code'],
  [66, 'n1', 'settlement code'],
  [67, 'n2', 'extended payment code'],
  [68, 'n3', 'receiving institution country code'],
  [69, 'n3', 'settlement institution country code'],
  [70, 'n3', 'network management information code'],
  [71, 'n4', 'message number'],
  [72, 'n4', 'message number, last'],
  [73, 'n6', 'date, action'],
  [74, 'n10', 'credits, number'],
  [75, 'n10', 'credits, reversal number'],
  [76, 'n10', 'debits, number'],
  [77, 'n10', 'debits, reversal number'],
  [78, 'n10', 'transfers, number'],
  [79, 'n10', 'transfers, reversal number'],
  [80, 'n10', 'inquiries, number'],
  [81, 'n10', 'authorizations, number'],
  [82, 'n12', 'credits, processing fee amount'],
  [83, 'n12', 'credits, transaction fee amount'],
  [84, 'n12', 'debits, processing fee amount'],
  [85, 'n12', 'debits, transaction fee amount'],
  [86, 'n16', 'credits, amount'],
  [87, 'n16', 'credits, reversal amount'],
  [88, 'n16', 'debits, amount'],
  [89, 'n16', 'debits, reversal amount'],
  [90, 'n42', 'original data elements'],
  [91, 'an1', 'file update code'],
  [92, 'an2', 'file security code'],
  [93, 'an5', 'response indicator'],
  [94, 'an7', 'service indicator'],
  [95, 'an42', 'replacement amounts'],
  [96, 'b64', 'message security code'],
  [97, 'x+n16', 'amount, net settlement'],
  [98, 'ans25', 'payee'],
  [99, 'n..11', 'settlement institution identification code'],
  [100, 'n..11', 'receiving institution identification code'],
  [101, 'ans..17', 'file name'],
  [102, 'ans..28', 'account identification 1'],
  [103, 'ans..28', 'account identification 2'],
  [104, 'ans...100', 'transaction description'],
  ...range(105, 111, 'reserved, ISO'),
  ...range(112, 119, 'reserved, national'),
  ...range(120, 127, 'reserved, private'),
  [128, 'b64', 'message authentication code'],
];

/** The data elements by their numbers; there is none for 1 (the second bitmap) and 65. */
export const DATA_ELEMENTS: ReadonlyMap<number, DataElement> = new Map(
  TABLE.map(([field, notation, name]) => [field, { field, name, ...read(notation) }]),
);

function range(from: number, to: number, name: string): readonly (readonly [number, Notation, string])[] {
  return Array.from({ length: to - from + 1 }, (_, index) => [from + index, 'any...999', name] as const);
}

function read(notation: Notation): Pick<DataElement, 'format' | 'lengthDigits' | 'length'> {
  const [, format = '', dots = '', digits = ''] = /^([anszxby+]+)(\.*)([0-9]+)$/.exec(notation) ?? [];
  if (!isFormat(format)) throw new Error(`${notation} is no notation of a data element`);
  const lengthDigits = dots === '...' ? 3 : dots === '..' ? 2 : 0;
  return { format, lengthDigits, length: format === 'b' ? Number(digits) / 8 : Number(digits) };
}

function isFormat(text: string): text is Format {
  return ['n', 'an', 'ans', 'z', 'x+n', 'b', 'any'].includes(text);
}
