import { DATA_ELEMENTS, type DataElement, type Format } from './data-elements.ts';

/**
 * A message of ISO 8583:1987. The values are text: of `b` capital hexadecimal digits, of `any` a character an octet, of `z` with `=` as
 * separator. A value of fixed length has this length; nothing is filled up or cut off by the codec.
 */
export interface IsoMessage {
  /** Message type indicator: `0200`. */
  readonly mti: string;
  /** By the number of the data element, 2 to 128. */
  readonly fields: ReadonlyMap<number, string>;
}

/** How elements become octets. `ascii`: a character an octet, `b` and bitmaps in hexadecimal. `binary`: digits in pairs (BCD), `b` as it is. */
export type Variant = 'ascii' | 'binary';

/** What is wrong with a message. */
export type IsoErrorCode =
  | 'bad-mti'
  | 'bad-bitmap'
  | 'no-such-field'
  | 'bad-character'
  | 'bad-length'
  | 'truncated'
  | 'surplus-octets';

/** A message that is not one of ISO 8583:1987, in this variant. */
export class IsoError extends Error {
  override readonly name = 'IsoError';

  readonly code: IsoErrorCode;
  /** The data element; 0 is the message type, 1 the bitmaps. */
  readonly field: number;
  /** Of the octet, from the beginning of the message; of a value that is to be encoded, of the character in it. */
  readonly offset: number;

  constructor(code: IsoErrorCode, field: number, offset: number, detail: string) {
    super(`${field === 0 ? 'message type' : field === 1 ? 'bitmap' : `DE ${field}`} at ${offset}: ${detail}`);
    this.code = code;
    this.field = field;
    this.offset = offset;
  }
}

const MTI: DataElement = { field: 0, name: 'message type', format: 'n', lengthDigits: 0, length: 4 };
const BITMAP: DataElement = { field: 1, name: 'bitmap', format: 'b', lengthDigits: 0, length: 8 };

/** What a value may be, by its format. */
const ALLOWED: Readonly<Record<Format, RegExp>> = {
  n: /[0-9]/,
  an: /[A-Za-z0-9 ]/,
  ans: /[ -~]/,
  z: /[0-9=]/,
  'x+n': /[0-9]/,
  b: /[0-9A-F]/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: whatever octet.
  any: /[\u0000-\u00ff]/,
};

/** The octets of a message. @throws IsoError when a value does not fit its data element */
export function encodeIso({ mti, fields }: IsoMessage, variant: Variant): Uint8Array {
  if (!isMti(mti)) throw new IsoError('bad-mti', 0, 0, `${JSON.stringify(mti)} is no message type of 1987`);
  const numbers = [...fields.keys()].toSorted((a, b) => a - b);
  const extended = (numbers.at(-1) ?? 0) > 64;
  const present = new Set(extended ? [1, ...numbers] : numbers);
  const parts = [octetsOf(MTI, mti, variant)];
  for (const first of extended ? [1, 65] : [1]) parts.push(octetsOf(BITMAP, bitmapFrom(first, present), variant));
  for (const number of numbers) {
    const element = elementOf(number, 0);
    const value = fields.get(number) ?? '';
    requireFitting(element, value);
    if (element.lengthDigits > 0) parts.push(lengthOctets(element, value.length, variant));
    parts.push(octetsOf(element, value, variant));
  }
  return Buffer.concat(parts);
}

/** Reads the octets of a message; all of them belong to it. @throws IsoError */
export function decodeIso(octets: Uint8Array, variant: Variant): IsoMessage {
  const reader = new Reader(octets, variant);
  const mti = reader.fixed(MTI);
  if (!isMti(mti)) throw new IsoError('bad-mti', 0, 0, `${mti} is no message type of 1987`);
  const first = fieldsIn(reader.fixed(BITMAP), 1);
  const second = first[0] === 1 ? fieldsIn(reader.fixed(BITMAP), 65) : [];
  const bitmapEnd = reader.offset;
  const fields = new Map<number, string>();
  for (const number of [...first, ...second].filter((field) => field !== 1)) {
    const element = elementOf(number, bitmapEnd);
    fields.set(number, element.lengthDigits === 0 ? reader.fixed(element) : reader.variable(element));
  }
  reader.end();
  return { mti, fields };
}

/** Version 0 is the edition of 1987. */
function isMti(text: string): boolean {
  return /^0[1-8][0-9]{2}$/.test(text);
}

function elementOf(number: number, offset: number): DataElement {
  const element = DATA_ELEMENTS.get(number);
  if (element === undefined) throw new IsoError('no-such-field', number, offset, 'there is no such data element');
  return element;
}

function bitmapFrom(first: number, present: ReadonlySet<number>): string {
  return Array.from({ length: 16 }, (_, digit) =>
    [8, 4, 2, 1].reduce((sum, bit, place) => sum + (present.has(first + 4 * digit + place) ? bit : 0), 0),
  )
    .map((nibble) => nibble.toString(16).toUpperCase())
    .join('');
}

function fieldsIn(bitmap: string, first: number): readonly number[] {
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => (Number.parseInt(bitmap.charAt(bit >> 2), 16) & (8 >> (bit & 3))) !== 0)
    .map((bit) => first + bit);
}

/** Characters of the value of a fixed element; of `b` two an octet. */
function charactersOf({ format, length }: DataElement): number {
  return format === 'b' ? 2 * length : format === 'x+n' ? length + 1 : length;
}

function requireFitting(element: DataElement, value: string): void {
  const { field, format, lengthDigits } = element;
  const most = charactersOf(element);
  if (lengthDigits === 0 ? value.length !== most : value.length > most) {
    const wanted = lengthDigits === 0 ? `${most}` : `at most ${most}`;
    throw new IsoError('bad-length', field, 0, `${value.length} characters, ${wanted} were expected`);
  }
  const wrong = firstForeign(format, value);
  if (wrong >= 0) throw new IsoError('bad-character', field, wrong, `a character that is not ${format}`);
}

/** Where the first character is that the format does not have, or -1. */
function firstForeign(format: Format, value: string): number {
  const signed = format === 'x+n' && !/^[CD]/.test(value);
  if (signed) return 0;
  const from = format === 'x+n' ? 1 : 0;
  return [...value].findIndex((character, index) => index >= from && !ALLOWED[format].test(character));
}

/** Whether the variant has two digits of this format in an octet. */
function isPacked(format: Format, variant: Variant): boolean {
  return variant === 'binary' && (format === 'n' || format === 'z' || format === 'b');
}

/** Digits in pairs: an odd fixed value has a zero in front, an odd variable one behind, as jPOS ISO87B. */
function packed(digits: string, { lengthDigits }: DataElement): Uint8Array {
  const nibbles = digits.replaceAll('=', 'D');
  const even = nibbles.length % 2 === 0 ? nibbles : lengthDigits === 0 ? `0${nibbles}` : `${nibbles}0`;
  return Buffer.from(even, 'hex');
}

function octetsOf(element: DataElement, value: string, variant: Variant): Uint8Array {
  if (isPacked(element.format, variant)) return packed(value, element);
  if (element.format !== 'x+n' || variant === 'ascii') return Buffer.from(value, 'latin1');
  return Buffer.concat([Buffer.from(value.slice(0, 1), 'latin1'), Buffer.from(value.slice(1), 'hex')]);
}

function lengthOctets({ lengthDigits }: DataElement, length: number, variant: Variant): Uint8Array {
  const digits = `${length}`.padStart(lengthDigits, '0');
  if (variant === 'ascii') return Buffer.from(digits, 'latin1');
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

/** Reads elements one after another. */
class Reader {
  offset = 0;
  readonly #octets: Buffer;
  readonly #variant: Variant;

  constructor(octets: Uint8Array, variant: Variant) {
    this.#octets = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    this.#variant = variant;
  }

  fixed(element: DataElement): string {
    return this.#value(element, charactersOf(element));
  }

  variable(element: DataElement): string {
    const { field, lengthDigits, length: most } = element;
    const at = this.offset;
    const length = Number(
      this.#value({ field, name: 'length', format: 'n', lengthDigits: 0, length: lengthDigits }, lengthDigits),
    );
    if (length > most) throw new IsoError('bad-length', field, at, `length ${length}, at most ${most} was expected`);
    return this.#value(element, length);
  }

  end(): void {
    const surplus = this.#octets.length - this.offset;
    if (surplus > 0) throw new IsoError('surplus-octets', 1, this.offset, `${surplus} octets that no bit announces`);
  }

  #value(element: DataElement, characters: number): string {
    const { field, format } = element;
    const at = this.offset;
    const value =
      format === 'x+n' && this.#variant === 'binary'
        ? `${this.#take(field, 1).toString('latin1')}${this.#take(field, (characters - 1) / 2).toString('hex')}`
        : isPacked(format, this.#variant)
          ? this.#unpacked(element, characters)
          : this.#take(field, characters).toString('latin1');
    const text = format === 'z' ? value.replaceAll(/d/gi, '=') : format === 'b' ? value.toUpperCase() : value;
    const wrong = firstForeign(format, text);
    if (wrong < 0) return text;
    throw new IsoError(
      'bad-character',
      field,
      at + this.#octetOf(element, wrong, characters),
      `a character that is not ${format}`,
    );
  }

  /** The digit that fills up an odd number of them is zero, or F behind. */
  #unpacked({ field, lengthDigits }: DataElement, characters: number): string {
    const at = this.offset;
    const nibbles = this.#take(field, Math.ceil(characters / 2)).toString('hex');
    if (nibbles.length === characters) return nibbles;
    const isFront = lengthDigits === 0;
    const filling = isFront ? nibbles.charAt(0) : nibbles.slice(-1);
    if (filling !== '0' && (isFront || filling !== 'f')) {
      const offset = isFront ? at : this.offset - 1;
      throw new IsoError('bad-character', field, offset, 'an odd number of digits is not filled up with 0');
    }
    return isFront ? nibbles.slice(1) : nibbles.slice(0, -1);
  }

  /** The octet, from the beginning of the value, in which a character is. */
  #octetOf({ format, lengthDigits }: DataElement, index: number, characters: number): number {
    if (this.#variant === 'binary' && format === 'x+n') return index === 0 ? 0 : 1 + ((index - 1) >> 1);
    if (!isPacked(format, this.#variant)) return index;
    return (index + (lengthDigits === 0 ? characters % 2 : 0)) >> 1;
  }

  #take(field: number, count: number): Buffer {
    const end = this.offset + count;
    if (end > this.#octets.length) {
      const left = this.#octets.length - this.offset;
      throw new IsoError('truncated', field, this.offset, `${count} octets were expected, ${left} are left`);
    }
    const taken = this.#octets.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }
}
