import { type Clock, sleep } from '../clock.ts';
import type { Port } from '../port/port.ts';

/** What came after something was typed. */
export interface Heard {
  /** All octets as they came, one character each. */
  readonly raw: string;
  /** From the typing to the last octet before the line fell silent, or to the final result, ms. */
  readonly ms: number;
  /** Whether `isDone` was true in time. */
  readonly ended: boolean;
}

/** Octets that are kept of one answer. */
const ANSWER_LIMIT = 256 * 1024;

/** A line to a modem, octet by octet: unlike the chat it drops and interprets nothing, so that manners can be seen. */
export class RawLine {
  readonly #port: Port;
  readonly #clock: Clock;
  #raw = '';
  #lastAt = 0;
  #lost: Error | undefined;
  #wake: () => void = () => {};

  constructor(port: Port, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
  }

  /** Opens the port; resolves to what waited in it or comes within `ms`. @throws PortError */
  async open(ms: number): Promise<string> {
    await this.#port.open({
      data: (octets) => {
        if (this.#raw.length < ANSWER_LIMIT) this.#raw += Buffer.from(octets).toString('latin1');
        this.#lastAt = this.#clock.now();
        this.#wake();
      },
      closed: (reason) => {
        this.#lost = reason;
        this.#wake();
      },
    });
    await sleep(this.#clock, ms);
    return this.#raw;
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  /**
   * Types `text` and waits until `isDone` is true of all that came, or `withinMs` have passed; then `quietMs` more, for an
   * `OK` that some modems send after an error. @throws PortError when the port is lost.
   */
  async type(
    text: string,
    isDone: (raw: string) => boolean,
    { withinMs, quietMs }: { readonly withinMs: number; readonly quietMs: number },
  ): Promise<Heard> {
    this.#raw = '';
    const began = this.#clock.now();
    this.#lastAt = began;
    if (text !== '') await this.#port.write(new Uint8Array(Buffer.from(text, 'latin1')));
    while (!isDone(this.#raw) && this.#clock.now() - began < withinMs) {
      await this.#change(withinMs - (this.#clock.now() - began));
      if (this.#lost !== undefined) throw this.#lost;
    }
    const ended = isDone(this.#raw);
    const ms = this.#lastAt - began;
    if (quietMs > 0) await sleep(this.#clock, quietMs);
    if (this.#lost !== undefined) throw this.#lost;
    return { raw: this.#raw, ms, ended };
  }

  /** What comes in `ms` though nothing is typed, with the time of each piece. */
  async listen(ms: number): Promise<readonly { readonly at: number; readonly raw: string }[]> {
    const pieces: { at: number; raw: string }[] = [];
    const end = this.#clock.now() + ms;
    this.#raw = '';
    while (this.#clock.now() < end) {
      await this.#change(end - this.#clock.now());
      if (this.#lost !== undefined) throw this.#lost;
      if (this.#raw !== '') pieces.push({ at: this.#clock.now(), raw: this.#raw });
      this.#raw = '';
    }
    return pieces;
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(withinMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
