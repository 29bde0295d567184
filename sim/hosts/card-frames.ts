import { createCipheriv } from 'node:crypto';

// What a card host reads and writes: ISO 8583:1987, written again here from the standard, so that a fault of the rail's codec is seen.

/** A message as the host has it: type and data elements by their numbers. */
export interface CardMessage {
  readonly type: string;
  readonly elements: Readonly<Record<number, string>>;
}

/** How the host speaks. */
export interface CardSpeech {
  readonly variant: 'ascii' | 'binary';
  readonly lengthCountsItself: boolean;
  /** Messages begin with a TPDU, whose addresses the host swaps in its answer. */
  readonly tpdu: boolean;
  /** 16 octets; without it messages have no authentication code. */
  readonly macKey?: Uint8Array;
}

/** A message that the host cannot read. */
export class CardFrameError extends Error {
  override readonly name = 'CardFrameError';
}

/** The data elements that this host knows: `d` digits, `D` digits with a length in front, `s` a sign and digits, `c` characters, `h` octets. */
const ELEMENTS: Readonly<Record<number, readonly [kind: 'd' | 'D' | 's' | 'c' | 'h', length: number]>> = {
  2: ['D', 19],
  3: ['d', 6],
  4: ['d', 12],
  7: ['d', 10],
  11: ['d', 6],
  12: ['d', 6],
  13: ['d', 4],
  15: ['d', 4],
  22: ['d', 3],
  25: ['d', 2],
  32: ['D', 11],
  37: ['c', 12],
  38: ['c', 6],
  39: ['c', 2],
  41: ['c', 8],
  42: ['c', 15],
  49: ['c', 3],
  50: ['c', 3],
  64: ['h', 8],
  66: ['d', 1],
  70: ['d', 3],
  74: ['d', 10],
  75: ['d', 10],
  76: ['d', 10],
  77: ['d', 10],
  86: ['d', 16],
  87: ['d', 16],
  88: ['d', 16],
  89: ['d', 16],
  90: ['d', 42],
  97: ['s', 16],
  128: ['h', 8],
};

/** Reads a message without its length. @throws CardFrameError */
export function readCardMessage(octets: Buffer, { variant, macKey }: CardSpeech): CardMessage {
  const isBinary = variant === 'binary';
  let rest = octets.toString(isBinary ? 'hex' : 'latin1');
  const take = (count: number) => {
    if (rest.length < count) throw new CardFrameError('the message is too short');
    const taken = rest.slice(0, count);
    rest = rest.slice(count);
    return taken;
  };
  const even = (count: number) => (isBinary ? count + (count % 2) : count);
  const type = take(4);
  const first = bitsOf(take(16));
  const bits = first.startsWith('1') ? first + bitsOf(take(16)) : first;
  const elements: Record<number, string> = {};
  for (const number of [...bits].flatMap((bit, index) => (bit === '1' && index > 0 ? [index + 1] : []))) {
    const [kind, length] = ELEMENTS[number] ?? ['?', 0];
    if (kind === 'd') elements[number] = take(even(length)).slice(-length);
    else if (kind === 'D') {
      const digits = Number(take(2));
      elements[number] = take(even(digits)).slice(0, digits);
    } else if (kind === 's') {
      const sign = isBinary ? Buffer.from(take(2), 'hex').toString('latin1') : take(1);
      elements[number] = sign + take(length);
    } else if (kind === 'c')
      elements[number] = isBinary ? Buffer.from(take(2 * length), 'hex').toString('latin1') : take(length);
    else if (kind === 'h') elements[number] = take(2 * length).toLowerCase();
    else throw new CardFrameError(`the host does not know data element ${number}`);
  }
  if (rest !== '') throw new CardFrameError('the message is too long');
  if (macKey !== undefined) {
    const last = bits.length > 64 ? 128 : 64;
    const covered = octets.subarray(0, octets.length - (isBinary ? 8 : 16));
    if (elements[last] !== codeOf(macKey, covered)) throw new CardFrameError('the authentication code is wrong');
  }
  return { type, elements };
}

/** Writes a message without its length. */
export function writeCardMessage({ type, elements }: CardMessage, { variant, macKey }: CardSpeech): Buffer {
  const isBinary = variant === 'binary';
  const numbers = Object.keys(elements).map(Number);
  const isLong = numbers.some((number) => number > 64);
  const all = [...numbers, ...(macKey === undefined ? [] : [isLong ? 128 : 64])].toSorted((a, b) => a - b);
  const bits = Array.from({ length: isLong ? 128 : 64 }, (_, index) =>
    (index === 0 ? isLong : all.includes(index + 1)) ? '1' : '0',
  );
  let text = type + hexOf(bits.join(''));
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const [kind, length] = ELEMENTS[number] ?? ['c', 0];
    const value = elements[number] ?? '';
    const padding = isBinary && value.length % 2 === 1 ? '0' : '';
    if (kind === 'd') text += padding + value.padStart(length, '0');
    else if (kind === 'D') text += `${value.length}`.padStart(2, '0') + value + padding;
    else if (kind === 's' && isBinary)
      text += Buffer.from(value.slice(0, 1), 'latin1').toString('hex') + value.slice(1);
    else text += isBinary ? Buffer.from(value.padEnd(length), 'latin1').toString('hex') : value.padEnd(length);
  }
  const octets = Buffer.from(text, isBinary ? 'hex' : 'latin1');
  if (macKey === undefined) return octets;
  const code = codeOf(macKey, octets);
  return Buffer.concat([octets, isBinary ? Buffer.from(code, 'hex') : Buffer.from(code.toUpperCase(), 'latin1')]);
}

/** Divides what a peer sends into messages with their TPDU. */
export class CardStream {
  #rest = Buffer.alloc(0);
  readonly #speech: CardSpeech;

  constructor(speech: CardSpeech) {
    this.#speech = speech;
  }

  /** @throws CardFrameError when a length makes no sense */
  take(octets: Uint8Array): readonly { readonly tpdu: Buffer; readonly message: Buffer }[] {
    this.#rest = Buffer.concat([this.#rest, octets]);
    const { tpdu, lengthCountsItself } = this.#speech;
    const found: { tpdu: Buffer; message: Buffer }[] = [];
    while (this.#rest.length >= 2) {
      const end = this.#rest.readUInt16BE(0) + (lengthCountsItself ? 0 : 2);
      if (end < (tpdu ? 7 : 2)) throw new CardFrameError('the length is too small');
      if (this.#rest.length < end) break;
      const from = tpdu ? 7 : 2;
      found.push({ tpdu: this.#rest.subarray(2, from), message: this.#rest.subarray(from, end) });
      this.#rest = this.#rest.subarray(end);
    }
    return found;
  }
}

/** What goes to the peer: length, the request's TPDU with its addresses swapped, message. */
export function framedAnswer(message: Buffer, tpdu: Buffer, { lengthCountsItself }: CardSpeech): Buffer {
  const swapped =
    tpdu.length === 0 ? tpdu : Buffer.of(tpdu[0] ?? 0, tpdu[3] ?? 0, tpdu[4] ?? 0, tpdu[1] ?? 0, tpdu[2] ?? 0);
  const body = Buffer.concat([swapped, message]);
  const length = body.length + (lengthCountsItself ? 2 : 0);
  return Buffer.concat([Buffer.of(length >> 8, length & 0xff), body]);
}

function bitsOf(hex: string): string {
  if (!/^[0-9a-f]+$/i.test(hex)) throw new CardFrameError('the bitmap is not hexadecimal');
  return [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
}

function hexOf(bits: string): string {
  return (bits.match(/.{4}/g) ?? []).map((four) => Number.parseInt(four, 2).toString(16).toUpperCase()).join('');
}

/** X9.19, block by block: DES with the left half, at the end with left, right, left. */
function codeOf(key: Uint8Array, data: Buffer): string {
  const [left, right] = [key.subarray(0, 8), key.subarray(8, 16)];
  const withKeys = (...keys: readonly Uint8Array[]) =>
    createCipheriv('des-ede3', Buffer.concat(keys), null).setAutoPadding(false);
  const single = withKeys(left, left, left);
  let chain: Uint8Array = new Uint8Array(8);
  for (let at = 0; at < data.length; at += 8) {
    const mixed = Uint8Array.from(chain, (octet, index) => octet ^ (data[at + index] ?? 0));
    const isLast = at + 8 >= data.length;
    chain = (isLast ? withKeys(left, right, left) : single).update(mixed);
  }
  return Buffer.from(chain).toString('hex');
}
