/** Octets around messages. */
const [SOH, STX, ETX, EOT, ACK, NAK] = [0x01, 0x02, 0x03, 0x04, 0x06, 0x15];

/** The check octet (LRC) is the exclusive or of octets, beginning with this one. */
const LRC_START = 0x7f;

/** Octets of the text in a progress frame. */
const PROGRESS_LENGTH = 20;

/** Longer than any message of a register; what is longer is no message. */
const LONGEST_MESSAGE = 2_048;

/** Which octets around the message the check octet folds in: registers differ. */
export interface LrcMode {
  readonly stx: boolean;
  readonly etx: boolean;
}

/** All modes, Nexi's own first. For one message they give four different check octets, so the first message tells the mode. */
export const LRC_MODES: readonly LrcMode[] = [
  { stx: false, etx: true },
  { stx: false, etx: false },
  { stx: true, etx: true },
  { stx: true, etx: false },
];

/** What a register sent: a message with its check octet, or whether it has received ours. */
export type Frame =
  | { readonly kind: 'message'; readonly message: string; readonly lrc: number }
  | { readonly kind: 'ack' | 'nak' };

/** The check octet of a message in this mode. @param message characters of one octet */
export function lrcOf(message: string, { stx, etx }: LrcMode): number {
  const around = (stx ? STX : 0) ^ (etx ? ETX : 0);
  return [...Buffer.from(message, 'latin1')].reduce((lrc, octet) => lrc ^ octet, LRC_START ^ around);
}

/** A message as it goes to the register: STX, message, ETX, LRC. */
export function messageFrame(message: string, mode: LrcMode): Uint8Array {
  return Uint8Array.of(STX, ...Buffer.from(message, 'latin1'), ETX, lrcOf(message, mode));
}

/** Whether a message was received well: ACK or NAK, ETX, LRC. */
export function confirmation(kind: 'ack' | 'nak', mode: LrcMode): Uint8Array {
  const octet = kind === 'ack' ? ACK : NAK;
  return Uint8Array.of(octet, ETX, lrcOf(String.fromCharCode(octet), mode));
}

/** What the register shows meanwhile, 20 characters of ASCII; nobody confirms it. */
export function progressFrame(text: string): Uint8Array {
  return Uint8Array.of(SOH, ...Buffer.from(text.slice(0, PROGRESS_LENGTH).padEnd(PROGRESS_LENGTH), 'latin1'), EOT);
}

/** Divides what comes from a register into frames. What is between frames is passed over; a message begins anew with each STX. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the frames that are whole now */
  take(chunk: Uint8Array): readonly Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const frame = this.#next();
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  #next(): Frame | undefined {
    const begin = this.#rest.findIndex((octet) => octet === STX || octet === ACK || octet === NAK);
    this.#rest = begin < 0 ? Buffer.alloc(0) : this.#rest.subarray(begin);
    return this.#rest[0] === STX ? this.#message() : this.#confirmation();
  }

  #message(): Frame | undefined {
    const end = this.#rest.indexOf(ETX);
    const again = this.#rest.subarray(0, end < 0 ? undefined : end).lastIndexOf(STX);
    if (again > 0) {
      this.#rest = this.#rest.subarray(again);
      return this.#message();
    }
    if (end < 0 && this.#rest.length > LONGEST_MESSAGE) this.#rest = Buffer.alloc(0);
    const lrc = this.#rest[end + 1];
    if (end < 0 || lrc === undefined) return undefined;
    const message = this.#rest.subarray(1, end).toString('latin1');
    this.#rest = this.#rest.subarray(end + 2);
    return { kind: 'message', message, lrc };
  }

  /** The check octet of a confirmation is not looked at: the register would send neither again. */
  #confirmation(): Frame | undefined {
    if (this.#rest.length < 3) return undefined;
    const kind = this.#rest[0] === ACK ? 'ack' : 'nak';
    this.#rest = this.#rest.subarray(this.#rest[1] === ETX ? 3 : 1);
    return { kind };
  }
}
