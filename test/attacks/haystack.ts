import { hexOf } from '../../device/safe-mobile/index.ts';

/** Each three octets that follow one another somewhere. One that is missing says that what is looked for is not there, without reading all. */
class Triples {
  readonly #marks = new Uint8Array(1 << 21);

  add(triple: number): void {
    this.#marks[triple >> 3] = (this.#marks[triple >> 3] ?? 0) | (1 << (triple & 7));
  }

  has([first = 0, second = 0, third = 0]: Uint8Array): boolean {
    const triple = (first << 16) | (second << 8) | third;
    return ((this.#marks[triple >> 3] ?? 0) & (1 << (triple & 7))) !== 0;
  }
}

/** All that was stolen, to look for octets in: nearly always in vain, some ten thousand times for each way to the PIN. */
export class Haystack {
  readonly #octets: Buffer;
  readonly #text: string;
  readonly #inOctets = new Triples();
  readonly #inText = new Triples();
  readonly #quoted: ReadonlySet<string>;

  /** @param text in lower case, with octets in hexadecimal, or in quotes as they are */
  constructor(octets: Buffer, text: string) {
    this.#octets = octets;
    this.#text = text;
    let triple = 0;
    for (const octet of octets) {
      triple = ((triple << 8) | octet) & 0xff_ffff;
      this.#inOctets.add(triple);
    }
    // Six digits at any place: octets need not begin at an even one.
    for (const [digits] of text.matchAll(/[0-9a-f]{6,}/g)) {
      let six = Number.parseInt(digits.slice(0, 6), 16);
      this.#inText.add(six);
      for (let at = 6; at < digits.length; at += 1) {
        six = ((six << 4) | Number.parseInt(digits.charAt(at), 16)) & 0xff_ffff;
        this.#inText.add(six);
      }
    }
    this.#quoted = new Set(text.split('"'));
  }

  /** Whether these octets, three or more, are in something that was stored or heard. */
  hasOctets(sought: Uint8Array): boolean {
    return this.#inOctets.has(sought) && this.#octets.includes(Buffer.from(sought));
  }

  /** Whether a text has these octets, three or more, in hexadecimal. */
  hasDigits(sought: Uint8Array): boolean {
    return this.#inText.has(sought) && this.#text.includes(hexOf(sought));
  }

  /** Whether a text has these octets as letters between quotes. */
  hasQuoted(sought: Uint8Array): boolean {
    return this.#quoted.has(String.fromCharCode(...sought));
  }
}
