import { type Handset, HeadlessHandset } from '../../device/index.ts';
import { type Clock, type Random, randomBelow, sleep } from '../../modem/index.ts';
import type { Role } from './cast.ts';

/** How long a person looks at a screen before the first key, ms: from, and up to so much more. */
const LOOK_MS = 400;
const LOOK_MORE_MS = 300;
/** Between two digits of a PIN, ms. */
const DIGIT_MS = 90;

/** How long a person waits for the service while enrolling, ms: the slowest networks take half an hour for an SMS. */
const PATIENCE_MS = 6 * 3_600_000;

/** What makes a hand quick or slow. */
export interface Hand {
  readonly clock: Clock;
  readonly random: Random;
  /** Factor of all times: 1 as people, 0 at once. */
  readonly pace: number;
}

/** A person with a phone in hand: reads, presses keys, and takes the time that takes. */
export class Person {
  readonly role: Role;
  readonly phone: HeadlessHandset;
  readonly #hand: Hand;
  #handMs = 0;

  constructor(role: Role, handset: Handset, hand: Hand) {
    this.role = role;
    this.phone = new HeadlessHandset(handset, hand.clock);
    this.#hand = hand;
  }

  /** What this person has taken so far to read requests and to press keys, ms. */
  get handMs(): number {
    return this.#handMs;
  }

  /** Opens the app, types the code of the letter and the PIN three times. Ends when the service has said "active". */
  async enrol(activationCode: string): Promise<void> {
    for (const label of ['Menu', 'Applications', 'Cash-Mobile']) await this.#choose(label);
    await this.phone.waitFor('Activation');
    await this.phone.type(activationCode.replace('-', '').toLowerCase());
    await this.#choose('Next');
    for (const field of ['New PIN', 'The same PIN again']) {
      await this.phone.waitFor(field);
      await this.#typeDigits(this.role.pin);
      await this.#choose('Next');
    }
    await this.phone.waitFor('Confirm your PIN', PATIENCE_MS);
    await this.#typeDigits(this.role.pin);
    await this.#choose('Confirm');
    await this.phone.waitFor('Your phone is active', PATIENCE_MS);
    await this.#choose('OK');
    this.phone.press('power');
  }

  /** Waits for a request and approves it with a PIN. */
  async approve(pin: string = this.role.pin): Promise<void> {
    await this.phone.waitFor('Approve');
    await this.#choose('Approve');
    await this.typePin(pin);
  }

  /** Types a PIN where one is asked for. */
  async typePin(pin: string = this.role.pin): Promise<void> {
    await this.phone.waitFor((screen) => screen.input?.numeric === true);
    await this.#typeDigits(pin);
    await this.#choose('Confirm');
  }

  /** Waits for a request and refuses it. */
  async refuse(): Promise<void> {
    await this.phone.waitFor('Approve');
    await this.#choose('Refuse');
    await this.phone.waitFor('Why do you refuse?');
    await this.#choose('I do not want to');
  }

  /** Asks a customer for money with the phone's own app. `amount` as it is typed: `12.50`. */
  async collect(customer: string, amount: string, reference: string): Promise<void> {
    this.phone.press('power');
    for (const label of ['Menu', 'Applications', 'Cash-Mobile', 'Request payment']) await this.#choose(label);
    for (const [field, text] of [
      ['Customer', customer.replace('+', '')],
      ['Amount', amount],
      ['Reference', reference],
    ] as const) {
      this.phone.select(field);
      await this.#takeTime(this.phone.type(text));
    }
    await this.#look();
    this.phone.select('Send');
  }

  /** Waits for words on the screen, then lays the phone down. */
  async read(words: string, limitMs?: number): Promise<void> {
    await this.phone.waitFor(words, limitMs);
    this.phone.press('power');
  }

  async #choose(label: string): Promise<void> {
    await this.phone.waitFor(label);
    await this.#look();
    this.phone.select(label);
  }

  async #typeDigits(digits: string): Promise<void> {
    for (const digit of digits) {
      await this.#pause(DIGIT_MS);
      await this.phone.type(digit);
    }
  }

  #look(): Promise<void> {
    return this.#pause(LOOK_MS + randomBelow(this.#hand.random, LOOK_MORE_MS));
  }

  #pause(ms: number): Promise<void> {
    return this.#takeTime(sleep(this.#hand.clock, ms * this.#hand.pace));
  }

  async #takeTime(action: Promise<void>): Promise<void> {
    const start = this.#hand.clock.now();
    await action;
    this.#handMs += this.#hand.clock.now() - start;
  }
}
