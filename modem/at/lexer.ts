import { ReadlineParser } from '@serialport/parser-readline';

/** What the lexer finds in the octets of a modem. */
export type AtToken =
  /** A line that is not empty, without its ends and without NULs. One octet a character (ISO 8859-1). */
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
 * Octets to tokens, byte by byte: the same tokens however the line cuts the octets into chunks. It knows how modems end
 * lines (CR LF, CR CR LF, LF, CR; Ctrl-Z at the end of an echoed PDU), and sees a prompt, which has no line end at all.
 */
export class AtLexer {
  readonly #lines = newParser();
  /** Octets of the current line so far. */
  #length = 0;
  #afterPrompt = false;
  #overlong = false;

  /** The tokens that `octets` complete, in order. */
  read(octets: Uint8Array): AtToken[] {
    const tokens: AtToken[] = [];
    const clean = new Uint8Array(octets.length);
    let length = 0;
    const drain = () => {
      if (length > 0) this.#lines.write(clean.slice(0, length));
      length = 0;
      for (let line: unknown = this.#lines.read(); line !== null; line = this.#lines.read()) {
        this.#addLine(String(line), tokens);
      }
    };

    for (const octet of octets) {
      if (octet === NUL || (octet === ESC && this.#length === 0)) continue;
      if (octet === CR || octet === LF || octet === CTRL_Z) {
        clean[length++] = LF;
        if (this.#overlong) drain();
        this.#startLine();
      } else if (this.#length === 0 && octet === PROMPT && !this.#afterPrompt) {
        drain();
        tokens.push({ kind: 'prompt' });
        this.#afterPrompt = true;
      } else if (this.#length === 0 && octet === SPACE) {
        // The space of the prompt, or an indent: neither belongs to the line.
      } else if (this.#length === LINE_LIMIT) {
        // What was complete before this line must not be taken for over-long.
        if (!this.#overlong) drain();
        this.#overlong = true;
      } else {
        clean[length++] = octet;
        this.#length += 1;
      }
    }
    drain();
    return tokens;
  }

  #startLine(): void {
    this.#length = 0;
    this.#afterPrompt = false;
    this.#overlong = false;
  }

  #addLine(line: string, tokens: AtToken[]): void {
    const text = line.trimEnd();
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

function newParser(): ReadlineParser {
  return new ReadlineParser({ delimiter: '\n', encoding: 'latin1', readableObjectMode: true });
}
