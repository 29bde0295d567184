import { ReadlineParser } from '@serialport/parser-readline';
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
const PLUS = 0x2b;

/** The end of a PDU onto which some modems glue the next code: `0791...00+CMGL: 2,1,,25`. */
const GLUED = /^((?:[0-9A-F]{2}){10,})(\+[A-Z].*)$/i;

/**
 * Turns octets into tokens, octet by octet, so that the size of the chunks does not matter. A line ends with CR LF, CR CR LF,
 * LF or CR, by model, or with Ctrl-Z (the end of an echoed PDU). A prompt has no line end.
 * Inside the quotes of a `+CUSD` nothing is a prompt, and a line end is part of the text.
 */
export class AtLexer {
  /** Gets each line with one LF at its end. */
  readonly #lines = new ReadlineParser({ delimiter: '\n', encoding: 'latin1', readableObjectMode: true });
  /** Octets of the current line so far. */
  #length = 0;
  #afterPrompt = false;
  #overlong = false;
  /** The line is a code, `+NAME:`: Ctrl-Z in it is a character of a text (Ξ in the default alphabet), no end of an echoed PDU. */
  #isCode = false;
  /** The lines of a text whose closing quote has not come, joined with LF. */
  #quoted: string | undefined;
  /** The last octet, when it was CR or LF: CR LF, CR CR LF and LF CR count as one line end. */
  #lineEnd: 'none' | 'cr' | 'lf' = 'none';

  /** The tokens that `octets` complete, in order. */
  read(octets: Uint8Array): AtToken[] {
    const tokens: AtToken[] = [];
    const clean = new Uint8Array(octets.length);
    let length = 0;
    const write = () => {
      if (length > 0) this.#lines.write(clean.slice(0, length));
      length = 0;
    };
    for (const octet of octets) {
      if (octet === NUL || (octet === ESC && this.#isAtStart())) continue;
      if (octet === CR || octet === LF || (octet === CTRL_Z && !this.#isCode)) {
        if (!this.#endsLine(octet)) continue;
        clean[length++] = LF;
        write();
        this.#endLine(tokens);
        continue;
      }
      this.#lineEnd = 'none';
      if (octet === PROMPT && this.#isAtStart() && !this.#afterPrompt) {
        tokens.push({ kind: 'prompt' });
        this.#afterPrompt = true;
      } else if (octet === SPACE && this.#isAtStart()) {
        // The space behind the prompt, or an indent, is not part of the line.
      } else if (this.#length === LINE_LIMIT) this.#overlong = true;
      else {
        if (this.#isAtStart()) this.#isCode = octet === PLUS;
        clean[length++] = octet;
        this.#length += 1;
      }
    }
    write();
    return tokens;
  }

  /**
   * Ends a quoted text whose closing quote does not come. Its lines become lines of their own, because the answer to a
   * command may be among them.
   */
  giveUpQuoted(): AtToken[] {
    const tokens: AtToken[] = [];
    if (this.#quoted === undefined) return tokens;
    if (this.#length > 0) {
      this.#lines.write('\n');
      this.#endLine(tokens);
    }
    this.#giveUp(tokens);
    return tokens;
  }

  /** Whether a text has begun, over at least one line end, whose closing quote has not come. */
  get isInsideQuotes(): boolean {
    return this.#quoted !== undefined;
  }

  #isAtStart(): boolean {
    return this.#length === 0 && this.#quoted === undefined;
  }

  /** Whether an octet ends a line, and is not the rest of the line end before it. */
  #endsLine(octet: number): boolean {
    const before = this.#lineEnd;
    if (octet === CTRL_Z) return true;
    this.#lineEnd = octet === CR ? 'cr' : 'lf';
    if (octet === CR && before === 'lf') this.#lineEnd = 'none';
    return before === 'none' || (octet === LF && before === 'lf');
  }

  #endLine(tokens: AtToken[]): void {
    const line = String(this.#lines.read() ?? '');
    const text = this.#quoted === undefined ? line : `${this.#quoted}\n${line}`;
    this.#quoted = isInsideQuotes(text) ? text : undefined;
    if (this.#quoted === undefined) this.#addLine(text.trimEnd(), tokens);
    else if (text.length >= QUOTED_LIMIT) this.#giveUp(tokens);
    if (this.#quoted === undefined) this.#isCode = false;
    this.#length = 0;
    this.#afterPrompt = false;
    this.#overlong = false;
  }

  #giveUp(tokens: AtToken[]): void {
    const lines = this.#quoted?.split('\n') ?? [];
    this.#quoted = undefined;
    for (const line of lines) this.#addLine(line.trimEnd(), tokens);
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
