// A text is copied with one call of Buffer in each direction: a loop over the characters of a string takes several times as
// long. The machine must be little-endian, as all machines are that Node supports.

/** Code units of the longest text that is kept in shared memory: several SMS. */
const LONGEST = 1024;

const shared = new Uint16Array(LONGEST);
const sharedBuffer = Buffer.from(shared.buffer);

/** The text in {@link shared}: the same text is measured, cut and written, and is copied once for the three. */
let written = '';

/** The UTF-16 code units of a text, followed by old ones. The next call overwrites the array. */
export function codeUnitsOf(text: string): Uint16Array {
  if (text.length > LONGEST) {
    const own = Buffer.from(text, 'utf16le');
    return new Uint16Array(own.buffer, own.byteOffset, text.length);
  }
  if (text !== written) {
    sharedBuffer.write(text, 'utf16le');
    written = text;
  }
  return shared;
}

/** Code units of the longest text that {@link CharacterBuffer} holds: more than TP-UDL can say. */
const ROOM = 512;

/** A text of up to 512 code units that is being put together. */
export class CharacterBuffer {
  /** The code units. */
  readonly units: Uint16Array = new Uint16Array(ROOM);
  readonly #buffer = Buffer.from(this.units.buffer);

  /** The text of the first `length` code units. */
  text(length: number): string {
    return this.#buffer.toString('utf16le', 0, 2 * length);
  }
}
