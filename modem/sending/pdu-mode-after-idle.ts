import type { Chat } from '../at/chat.ts';
import type { SendOutcome } from '../bearer.ts';
import type { Clock } from '../clock.ts';

/** After this long without a message, in ms, `+CMGF=0` is typed again before the next one. */
const IDLE_MS = 5_000;

/**
 * Types `+CMGF=0` (3GPP TS 27.005, 3.2.3) before a message that follows an idle time: a modem that has rebooted unnoticed is
 * in text mode, and would send the hexadecimal digits of the PDU as a text.
 */
export class PduModeAfterIdle {
  readonly #clock: Clock;
  /** When the modem last accepted `+CMGF=0` or a PDU. */
  #seenAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Types `+CMGF=0` after an idle time; the outcome of the message when the modem refuses. */
  async confirm(chat: Chat): Promise<SendOutcome | undefined> {
    if (this.#clock.now() - this.#seenAt < IDLE_MS) return undefined;
    const result = await chat.run({ text: 'AT+CMGF=0', repeatable: true });
    if (result.kind !== 'ok') return { kind: 'failed', reason: result.error.message, retry: true };
    this.#seenAt = this.#clock.now();
    return undefined;
  }

  /** The modem has accepted a PDU, so it is in PDU mode. */
  accepted(): void {
    this.#seenAt = this.#clock.now();
  }
}
