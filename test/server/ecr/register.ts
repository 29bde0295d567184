/** Which octets the check octet of a register takes in, as the clients of the field call it. */
export type Mode = 'std' | 'noext' | 'stx' | 'stx_noext';

/** What a register heard, in the order in which it came. */
export type Heard =
  | { readonly kind: 'ack' | 'nak' }
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'message'; readonly text: string };

/** A cash register, written from the tables of the protocol and not from the terminal's code. */
export class Register {
  readonly heard: Heard[] = [];
  /** So many next messages are not confirmed. */
  deaf = 0;
  /** So many next messages are answered with NAK. */
  misread = 0;
  readonly #mode: Mode;
  readonly #send: (octets: Uint8Array) => void;
  #rest: number[] = [];

  constructor(mode: Mode, send: (octets: Uint8Array) => void) {
    this.#mode = mode;
    this.#send = send;
  }

  /** Sends a message; `spoilt` has a wrong check octet. */
  ask(text: string, spoilt = 0): void {
    const octets = [...text].map((letter) => letter.charCodeAt(0));
    this.#send(Uint8Array.from([0x02, ...octets, 0x03, this.#lrc(octets) ^ spoilt]));
  }

  /** Octets that the terminal wrote. */
  hear(octets: Uint8Array): void {
    this.#rest.push(...octets);
    for (;;) {
      const [first] = this.#rest;
      if (first === undefined) return;
      if (first === 0x06 || first === 0x15) this.#confirmation(first);
      else if (first === 0x01) this.#progress();
      else this.#message();
    }
  }

  #confirmation(first: number): void {
    const three = this.#rest.splice(0, 3);
    if (three[1] !== 0x03 || three[2] !== this.#lrc([first])) throw new Error(`a wrong confirmation: ${three}`);
    this.heard.push({ kind: first === 0x06 ? 'ack' : 'nak' });
  }

  #progress(): void {
    const frame = this.#rest.splice(0, 22);
    if (frame.length !== 22 || frame[21] !== 0x04) throw new Error(`a wrong progress frame: ${frame}`);
    this.heard.push({ kind: 'progress', text: String.fromCharCode(...frame.slice(1, 21)).trimEnd() });
  }

  #message(): void {
    const end = this.#rest.indexOf(0x03);
    const frame = this.#rest.splice(0, end + 2);
    const octets = frame.slice(1, -2);
    if (frame[0] !== 0x02 || frame.at(-1) !== this.#lrc(octets)) throw new Error(`a wrong message: ${frame}`);
    this.heard.push({ kind: 'message', text: String.fromCharCode(...octets) });
    if (this.deaf > 0) this.deaf -= 1;
    else if (this.misread > 0) {
      this.misread -= 1;
      this.#send(Uint8Array.of(0x15, 0x03, this.#lrc([0x15])));
    } else this.#send(Uint8Array.of(0x06, 0x03, this.#lrc([0x06])));
  }

  #lrc(octets: readonly number[]): number {
    const stx = this.#mode.startsWith('stx') ? 0x02 : 0;
    const etx = this.#mode.endsWith('noext') ? 0 : 0x03;
    return octets.reduce((lrc, octet) => lrc ^ octet, 0x7f ^ stx ^ etx);
  }
}

/** `P`, 167 characters. */
export function payment(terminal: string, minor: number, text = '', code = 'P'): string {
  const amount = String(minor).padStart(8, '0');
  return `${terminal}0${code}${'1'.padStart(8, '0')}00000${amount}${text.padStart(128)}00000000`;
}

/** `S`, 26 characters. @param stan 000000: whatever it is */
export function reversal(terminal: string, stan = '000000'): string {
  return `${terminal}0S00000001${stan}00`;
}

/** `G`, `T` and `C`. */
export const last = (terminal: string) => `${terminal}0G000000010000`;
export const totals = (terminal: string) => `${terminal}0T0000000100000000`;
export const close = (terminal: string) => `${terminal}0C0000000100000000`;
