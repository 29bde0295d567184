import type { SubmitAnswer } from '../network/radio-link.ts';
import { copyOf } from '../octets.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** Where TP-MR stands in a SUBMIT and in a COMMAND (3GPP TS 23.040, 9.2.3.6). */
const REFERENCE_AT = 1;

/** Messages on their way to the network: one at a time over the air, whichever line they came from. */
export class Outgoing {
  readonly #modem: VirtualModem;
  #reference = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(modem: VirtualModem) {
    this.#modem = modem;
  }

  /**
   * Sends a SUBMIT or COMMAND under the next TP-MR, which counts modulo 256; returns the TP-MR and the network's answer.
   * @param began is told its number in the log before the log has it.
   */
  async send(
    tpdu: Uint8Array,
    began?: (sms: number) => void,
  ): Promise<{ readonly reference: number; readonly answer: SubmitAnswer }> {
    const before = this.#last;
    const reference = this.#reference;
    this.#reference = (reference + 1) % 256;
    const numbered = copyOf(tpdu);
    numbered[REFERENCE_AT] = reference;
    const sending = before.then(() => this.#modem.link.submit(numbered, began));
    this.#last = sending;
    return { reference, answer: await sending };
  }
}
