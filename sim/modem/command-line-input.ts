const BACKSPACE = 0x08;
const CTRL_Z = 0x1a;
const ESCAPE = 0x1b;
const CR = 0x0d;

/** Characters of the longest command line; a longer one is answered with an error. */
const COMMAND_LINE_LIMIT = 2_048;
/** Characters that may be typed at a prompt: more than the longest PDU in hex, or the longest text. */
const ENTRY_LIMIT = 4_096;

/** The result of an octet: a complete line (`body` is without `AT` and the carriage return), or one that is too long. */
export type Completed = { readonly kind: 'line'; readonly body: string } | { readonly kind: 'too-long' };

/**
 * Puts command lines together octet by octet (ITU-T V.250, 5.2). Octets before `AT`, control characters and the LF after a
 * CR are ignored; backspace deletes a character; `A/` repeats the last line at once, without a carriage return.
 */
export class CommandLineInput {
  readonly #keepsEscape: boolean;
  #typed = '';
  #last = '';
  #overrun = false;

  /** @param keepsEscape ESC is a character of the line: behind it, `AT` begins no command. */
  constructor(keepsEscape: boolean) {
    this.#keepsEscape = keepsEscape;
  }

  /** @param end the character of S3, which ends a line. @param erase the character of S5, which deletes the last one. */
  take(octet: number, end: number = CR, erase: number = BACKSPACE): Completed | undefined {
    if (octet === end) return this.#complete();
    if (octet === erase) {
      this.#typed = this.#typed.slice(0, -1);
      return undefined;
    }
    const isKept = octet === ESCAPE && this.#keepsEscape;
    if ((octet < 0x20 && !isKept) || octet > 0x7e) return undefined;
    if (this.#typed.length >= COMMAND_LINE_LIMIT) {
      this.#overrun = true;
      return undefined;
    }
    this.#typed += String.fromCharCode(octet);
    if (octet !== 0x2f || this.#typed.toUpperCase() !== 'A/') return undefined;
    this.#typed = '';
    return { kind: 'line', body: this.#last };
  }

  #complete(): Completed | undefined {
    const typed = this.#typed;
    const overrun = this.#overrun;
    this.#typed = '';
    this.#overrun = false;
    const start = typed.search(/AT/i);
    if (start < 0 || typed.charCodeAt(start - 1) === ESCAPE) return undefined;
    if (overrun) return { kind: 'too-long' };
    this.#last = typed.slice(start + 2);
    return { kind: 'line', body: this.#last };
  }
}

/** The effect of an octet that is typed at a prompt. */
export type EntryStep = 'more' | 'new-line' | 'done' | 'abandoned';

/** Collects the octets that are typed at a prompt, up to Ctrl-Z, or to ESC, which cancels (3GPP TS 27.005, 3.5.1). */
export class EntryInput {
  readonly #typed: number[] = [];

  /** The octets typed so far, without the Ctrl-Z. */
  get octets(): Uint8Array {
    return Uint8Array.from(this.#typed);
  }

  take(octet: number): EntryStep {
    if (octet === CTRL_Z) return 'done';
    if (octet === ESCAPE) return 'abandoned';
    if (octet === BACKSPACE) this.#typed.pop();
    else if (this.#typed.length < ENTRY_LIMIT) this.#typed.push(octet);
    return octet === CR ? 'new-line' : 'more';
  }
}
