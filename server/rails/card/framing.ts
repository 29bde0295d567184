/** How messages follow one another on a connection. */
export interface Framing {
  /** The two octets of the length count themselves. */
  readonly lengthCountsItself: boolean;
  /** The header of five octets before each message, of requests: protocol, destination, source. Default: none. */
  readonly tpdu?: Uint8Array;
}

/** What came cannot be divided into messages: the connection is of no use any more. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

const LENGTH_OCTETS = 2;
const TPDU_OCTETS = 5;

/** The longest message that is taken, octets without length and TPDU. */
const LONGEST = 8_192;

/** A message as it goes on the connection. @throws RangeError when it is longer than the length can say */
export function framed(message: Uint8Array, { lengthCountsItself, tpdu = new Uint8Array() }: Framing): Uint8Array {
  const length = Buffer.alloc(LENGTH_OCTETS);
  length.writeUInt16BE(tpdu.length + message.length + (lengthCountsItself ? LENGTH_OCTETS : 0));
  return Buffer.concat([length, tpdu, message]);
}

/**
 * Divides what comes into messages, each as soon as it is whole. An answer has the TPDU of the request with source and destination
 * swapped; with another one it is not for us, and is passed over.
 */
export class Unframing {
  #rest: Buffer = Buffer.alloc(0);
  readonly #framing: Framing;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** @returns the messages that are whole now. @throws FramingError when the length cannot be that of a message */
  take(chunk: Uint8Array): readonly Uint8Array[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Uint8Array[] = [];
    for (;;) {
      const message = this.#next();
      if (message === undefined) return messages;
      if (message !== 'not-ours') messages.push(message);
    }
  }

  #next(): Uint8Array | 'not-ours' | undefined {
    if (this.#rest.length < LENGTH_OCTETS) return undefined;
    const { lengthCountsItself, tpdu } = this.#framing;
    const length = this.#rest.readUInt16BE() - (lengthCountsItself ? LENGTH_OCTETS : 0);
    const header = tpdu === undefined ? 0 : TPDU_OCTETS;
    if (length <= header || length > header + LONGEST) {
      throw new FramingError(
        `a message of ${length} octets was announced, ${header + 1} to ${header + LONGEST} were expected`,
      );
    }
    if (this.#rest.length < LENGTH_OCTETS + length) return undefined;
    const body = this.#rest.subarray(LENGTH_OCTETS, LENGTH_OCTETS + length);
    this.#rest = this.#rest.subarray(LENGTH_OCTETS + length);
    if (tpdu !== undefined && !swapped(tpdu).equals(body.subarray(0, TPDU_OCTETS))) return 'not-ours';
    return body.subarray(header);
  }
}

/** The TPDU of the answer to this one. */
function swapped(tpdu: Uint8Array): Buffer {
  return Buffer.concat([tpdu.subarray(0, 1), tpdu.subarray(3, 5), tpdu.subarray(1, 3)]);
}
