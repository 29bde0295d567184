import { hexOf } from '../../../device/safe-mobile/index.ts';
import type { Clock } from '../../../modem/index.ts';
import type { ServiceKeys } from '../../../server/index.ts';
import type { SeededRandom } from '../../../sim/index.ts';
import { TestPhone } from '../phone.ts';
import type { SmsNetwork } from './sms-network.ts';

const PIN = '48213';
const MINUTE = 60_000;

/** When the application asks for a receipt that it misses, minutes after the answer. */
const QUERIES = [1, 2, 4, 8] as const;

/** How long a customer takes to answer at most, ms; and how many of ten say no. */
const SLOWEST_ANSWER_MS = 5_000;
const REFUSALS = 1;

/** A receipt that a phone got, in words that can be compared. */
export interface PhoneReceipt {
  /** The txn; on the merchant's phone the mref. */
  readonly ref: string;
  readonly status: string;
  readonly octets: string;
}

/** A phone whose owner answers after a moment, and that asks when it hears nothing, as the application does. */
export class ObligingPhone {
  readonly phone: TestPhone;
  readonly receipts: PhoneReceipt[] = [];
  /** Messages that the phone could not open or believe. */
  readonly unbelievable: string[] = [];
  isActive = false;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #asked = new Set<string>();

  constructor(
    number: string,
    keys: ServiceKeys,
    clock: Clock,
    random: SeededRandom,
    network: Pick<SmsNetwork, 'attach'>,
  ) {
    this.#clock = clock;
    this.#random = random;
    const send = network.attach(number, (frame) => this.#receive(frame));
    this.phone = new TestPhone(number, keys, clock, random, send);
    this.phone.onMessage = (message) => {
      if (message.type === 'AUTH_REQUEST') this.phone.approve(PIN);
      else if (message.type === 'PAY_REQUEST') this.#answer(message.txn);
      else if (message.type === 'RECEIPT') {
        if (message.status === 'active') this.isActive = true;
        const { ref, status, time, approvalCode, rail, triesLeft, signature } = message;
        const octets = [time, approvalCode, rail, triesLeft, hexOf(signature)].join(' ');
        this.receipts.push({ ref: hexOf(ref), status, octets });
      }
    };
  }

  enrol(deviceId: number, activationCode: string): void {
    this.phone.enrol(deviceId, activationCode, PIN);
  }

  /** The merchant's phone asks a customer for money. */
  demand(customer: string, minor: number): void {
    const amount = { minor, currency: 'EUR' } as const;
    const mref = this.phone.payInit({ kind: 'number', digits: customer.slice(1) }, amount, '47');
    for (const minutes of QUERIES) this.#clock.after(minutes * MINUTE, () => this.#askAgain(mref, 'request'));
  }

  #receive(frame: Uint8Array): void {
    try {
      this.phone.receive(frame);
    } catch (error) {
      // The person was given another code while the service was away: what it had asked for the code before is for keys that are gone.
      if (!this.phone.isForEarlierKeys(frame)) this.unbelievable.push(`${this.phone.number}: ${String(error)}`);
    }
  }

  #answer(txn: Uint8Array): void {
    if (this.#asked.has(hexOf(txn))) return;
    this.#asked.add(hexOf(txn));
    const asked = this.phone.lastAsked();
    this.#clock.after(this.#random.fraction() * SLOWEST_ANSWER_MS, () => {
      if (this.#random.fraction() * 10 < REFUSALS) this.phone.refuse('no', asked);
      else this.phone.approve(PIN, asked);
    });
    for (const minutes of QUERIES) this.#clock.after(minutes * MINUTE, () => this.#askAgain(txn, 'payment'));
  }

  #askAgain(ref: Uint8Array, kind: 'payment' | 'request'): void {
    const last = this.receipts.findLast((receipt) => receipt.ref === hexOf(ref));
    if (last === undefined || last.status === 'in-progress') this.phone.query(ref, kind);
  }
}
