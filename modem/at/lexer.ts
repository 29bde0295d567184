import { isInsideQuotes, QUOTED_LIMIT } from './quoted-text.ts';

/** What the octets of a modem are made of. */
export type AtToken =
  /**
   * A line that is not empty, without its ends and without NULs. One octet a character (ISO 8859-1). The text of a
   * `+CUSD` may go on over line ends, which are LF then.
   */
  | { readonly kind: 'line'; readonly text: string }
  /** A line of which more than {@link LINE_LIMIT} octets came; `text` is its beginning, the rest was dropped. */
  | { readonly kind: 'overlong'; readonly text: string }
  /** `>` at the start of a line: the modem waits for a PDU (3GPP TS 27.005, 3.1). What follows it is a line of its own. */
  | { readonly kind: 'prompt' };

/** The longest line that is kept, in octets. The longest that a standard names is a stored PDU of about 400. */
export const LINE_LIMIT = 4096;

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const CTRL_Z = 0x1a;
const ESC = 0x1b;
const SPACE = 0x20;
const PROMPT = 0x3e;

/** The end of a PDU onto which some modems glue the next code: `0791...00+CMGL: 2,1,,25`. */
const GLUED = /^((?:[0-9A-F]{2}){10,})(\+[A-Z].*)$/i;

/**
 * Turns octets into tokens, octet by octet, so that the size of the chunks does not matter. A line ends with CR LF, CR CR LF,
 * LF or CR, by model, or with Ctrl-Z (the end of an echoed PDU). A prompt has no line end.
 * Inside the quotes of a `+CUSD` nothing is a prompt, and a line end is part of the text.
 */
export class AtLexer {
  /** The current line so far. */
  readonly #octets: Buffer = Buffer.alloc(LINE_LIMIT);
  #length = 0;
  #afterPrompt = false;
  #overlong = false;
  /** The last octet inside quotes, when it was CR or LF: CR LF, CR CR LF and LF CR count as one line end. */
  #innerEnd: 'none' | 'cr' | 'lf' = 'none';

  /** The tokens that `octets` complete, in order. */
  read(octets: Uint8Array): AtToken[] {
    const tokens: AtToken[] = [];
    for (const octet of octets) {
      if (octet === NUL || (octet === ESC && this.#length === 0)) continue;
      if (octet === CR || octet === LF || octet === CTRL_Z) {
        if (this.#isInsideQuotes()) this.#keepInside(octet);
        else this.#endLine(tokens);
      } else if (this.#length === 0 && octet === PROMPT && !this.#afterPrompt) {
        tokens.push({ kind: 'prompt' });
        this.#afterPrompt = true;
      } else if (this.#length === 0 && octet === SPACE) {
        // The space behind the prompt, or an indent, is not part of the line.
      } else {
        if (this.#innerEnd === 'cr') this.#keep(LF);
        this.#innerEnd = 'none';
        this.#keep(octet);
      }
    }
    return tokens;
  }

  /**
   * Ends a quoted text whose closing quote does not come. Its lines become lines of their own, because the answer to a
   * command may be among them.
   */
  giveUpQuoted(): AtToken[] {
    const tokens: AtToken[] = [];
    if (this.#isInsideQuotes()) this.#endLine(tokens);
    return tokens;
  }

  #isInsideQuotes(): boolean {
    return this.#length < QUOTED_LIMIT && isInsideQuotes(this.#text());
  }

  #text(): string {
    return this.#octets.toString('latin1', 0, this.#length);
  }

  #keepInside(octet: number): void {
    if (octet === CTRL_Z) this.#keep(octet);
    else if (octet === LF) {
      this.#keep(LF);
      this.#innerEnd = 'lf';
    } else this.#innerEnd = this.#innerEnd === 'lf' ? 'none' : 'cr';
  }

  #keep(octet: number): void {
    if (this.#length === LINE_LIMIT) {
      this.#overlong = true;
      return;
    }
    this.#octets[this.#length] = octet;
    this.#length += 1;
  }

  #endLine(tokens: AtToken[]): void {
    const text = this.#text().trimEnd();
    const isGivenUp = text.includes('\n') && isInsideQuotes(text);
    for (const line of isGivenUp ? text.split('\n') : [text]) this.#addLine(line.trimEnd(), tokens);
    this.#length = 0;
    this.#afterPrompt = false;
    this.#overlong = false;
    this.#innerEnd = 'none';
  }

  #addLine(text: string, tokens: AtToken[]): void {
    if (text === '') return;
    if (this.#overlong) {
      tokens.push({ kind: 'overlong', text });
      return;
    }
    const [, pdu, code] = GLUED.exec(text) ?? [];
    if (pdu === undefined || code === undefined) tokens.push({ kind: 'line', text });
    else tokens.push({ kind: 'line', text: pdu }, { kind: 'line', text: code });
  }
}
