import { type MessageStore, memoryStore } from './message-store.ts';

/** The state of the card (3GPP TS 27.007, 8.3). `blocked`: the PUK was wrong ten times, and the card is of no more use. */
export type SimState = 'READY' | 'SIM PIN' | 'SIM PUK' | 'blocked';

/** An entry of the card's phonebook. */
export interface PhonebookEntry {
  readonly number: string;
  readonly name: string;
}

/** How a SIM card is made. */
export interface SimCardOptions {
  readonly imsi: string;
  readonly iccid: string;
  /** The subscriber's own number, as the card's EF-MSISDN has it. */
  readonly number: string;
  /** International number of the service centre. */
  readonly smsc: string;
  /** Absent: the card does not ask for one. */
  readonly pin?: string;
  readonly puk?: string;
  /** Places for messages. */
  readonly capacity: number;
  readonly firstIndex: number;
}

const PIN_TRIES = 3;
const PUK_TRIES = 10;
const DEFAULT_PIN = '1234';
const DEFAULT_PUK = '12345678';

/** A SIM: the subscriber, the PIN and its tries left, phonebook and messages. */
export class SimCard {
  readonly iccid: string;
  #imsi: string;
  #number: string;
  readonly messages: MessageStore;
  readonly phonebook: Map<number, PhonebookEntry> = new Map();
  /** `+CSCA`: number, and type of address in the decimal form of 3GPP TS 24.008, 10.5.4.7. */
  smsc: { readonly number: string; readonly type: number };
  #pin: string;
  readonly #puk: string;
  #pinTries = PIN_TRIES;
  #pukTries = PUK_TRIES;
  #asksForPin: boolean;
  #verified: boolean;

  constructor(options: SimCardOptions) {
    this.#imsi = options.imsi;
    this.iccid = options.iccid;
    this.#number = options.number;
    this.smsc = { number: options.smsc, type: options.smsc.startsWith('+') ? 145 : 129 };
    this.messages = memoryStore(options.capacity, options.firstIndex);
    this.#pin = options.pin ?? DEFAULT_PIN;
    this.#puk = options.puk ?? DEFAULT_PUK;
    this.#asksForPin = options.pin !== undefined;
    this.#verified = !this.#asksForPin;
  }

  get imsi(): string {
    return this.#imsi;
  }

  get number(): string {
    return this.#number;
  }

  /** Another identity is written onto the card, as when a number moves to it, or another card is copied. */
  personalise(imsi: string, number: string): void {
    this.#imsi = imsi;
    this.#number = number;
  }

  get state(): SimState {
    if (this.#pukTries === 0) return 'blocked';
    if (this.#pinTries === 0) return 'SIM PUK';
    return this.#verified ? 'READY' : 'SIM PIN';
  }

  /** Tries left (`+CPINR`). */
  get triesLeft(): { readonly pin: number; readonly puk: number } {
    return { pin: this.#pinTries, puk: this.#pukTries };
  }

  /** Whether the card asks for its PIN at power-on (`+CLCK="SC",2`). */
  get asksForPin(): boolean {
    return this.#asksForPin;
  }

  /** Presents the PIN. A wrong one costs a try; after the third only the PUK helps. */
  verify(pin: string): boolean {
    if (this.#pinTries === 0) return false;
    if (pin !== this.#pin) {
      this.#pinTries -= 1;
      return false;
    }
    this.#pinTries = PIN_TRIES;
    this.#verified = true;
    return true;
  }

  /** Presents the PUK with a new PIN. */
  unblock(puk: string, newPin: string): boolean {
    if (this.#pukTries === 0) return false;
    if (puk !== this.#puk) {
      this.#pukTries -= 1;
      return false;
    }
    this.#pukTries = PUK_TRIES;
    this.#pinTries = PIN_TRIES;
    this.#pin = newPin;
    this.#verified = true;
    return true;
  }

  /** Changes the PIN (`+CPWD`), of a card that asks for it. */
  change(pin: string, newPin: string): boolean {
    if (!this.verify(pin)) return false;
    this.#pin = newPin;
    return true;
  }

  /** Turns the question for the PIN on or off (`+CLCK`). */
  lock(pin: string, asks: boolean): boolean {
    if (!this.verify(pin)) return false;
    this.#asksForPin = asks;
    return true;
  }

  /** The power went off and on: the PIN is wanted again. */
  reset(): void {
    this.#verified = !this.#asksForPin;
  }
}
