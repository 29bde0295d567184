import type { Cancel, Clock } from '../clock.ts';
import { AtLexer, type AtToken } from './lexer.ts';

/** After this pause inside a quoted text, in ms, its closing quote counts as lost. */
const QUOTED_MS = 5_000;

/** The tokens of a port, as its octets come. A `+CUSD` without its closing quote is given up after a pause ({@link AtLexer}). */
export class TokenReader {
  readonly #clock: Clock;
  readonly #take: (token: AtToken) => void;
  readonly #lexer = new AtLexer();
  #cancelTimer: Cancel = () => {};

  constructor(clock: Clock, take: (token: AtToken) => void) {
    this.#clock = clock;
    this.#take = take;
  }

  /** Takes octets from the port. */
  read(octets: Uint8Array): void {
    this.#cancelTimer();
    const tokens = this.#lexer.read(octets);
    if (this.#lexer.isInsideQuotes) this.#cancelTimer = this.#clock.after(QUOTED_MS, () => this.giveUpQuoted());
    for (const token of tokens) this.#take(token);
  }

  /** Ends a quoted text whose closing quote has not come: its lines are taken one by one. */
  giveUpQuoted(): void {
    for (const token of this.#lexer.giveUpQuoted()) this.#take(token);
  }

  /** The port is closed: nothing is taken any more. */
  stop(): void {
    this.#cancelTimer();
  }
}
