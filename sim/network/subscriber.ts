import type { EventLog } from '../log.ts';
import type { Operator } from './operators.ts';
import type { Reception } from './radio-link.ts';
import type { SimLink } from './sim-link.ts';
import type { Account } from './ussd.ts';

/** What a subscriber needs of the register that it stands in. */
export interface Register {
  readonly log: EventLog;
  /** Alert-SC: messages that waited for this subscriber may be tried again (3GPP TS 23.040, 3.2.7). */
  alert(number: string): void;
}

/** Why messages wait in a service centre, as the register knows it (3GPP TS 23.040, 3.2.6). */
export interface MessagesWaiting {
  /** MNRF: an attempt did not find the phone. */
  readonly notReachable: boolean;
  /** MCEF: the phone had no room. */
  readonly memoryExceeded: boolean;
}

/** A subscriber as data. */
export interface SubscriberState {
  readonly number: string;
  /** Code of the operator whose subscriber it is, and of the one whose cells its phone is in. */
  readonly operator: string;
  readonly visited?: string;
  readonly reception?: Reception;
  readonly powered?: boolean;
  readonly ratePerMinute?: number;
  /** Whether messages reach it now. */
  readonly reachable: boolean;
  readonly barred: boolean;
  readonly messagesWaiting: MessagesWaiting;
  /** IMSIs of its SIMs; more than one when there are clones. */
  readonly sims: readonly string[];
}

const PAID_IN_ADVANCE_CENTS = 1_000;
const PRICE_CENTS = 10;
const NOTHING_WAITS: MessagesWaiting = { notReachable: false, memoryExceeded: false };

/**
 * A number, as the home location register has it: its operator, its SIMs, and whether messages wait. When a number has two
 * SIMs (a clone), "the phone" is the one that was last in contact with the network, and messages go to that one.
 */
export class Subscriber implements Account {
  /** International, with `+`, or a short code. */
  readonly number: string;
  readonly #register: Register;
  #operator: Operator;
  #links: SimLink[] = [];
  #serving: SimLink | undefined;
  #waiting: MessagesWaiting = NOTHING_WAITS;
  #barred = false;
  #balanceCents = PAID_IN_ADVANCE_CENTS;

  constructor(number: string, operator: Operator, register: Register) {
    this.number = number;
    this.#operator = operator;
    this.#register = register;
  }

  get operator(): Operator {
    return this.#operator;
  }

  get balanceCents(): number {
    return this.#balanceCents;
  }

  /** The service centre took a message of this subscriber: the balance goes down. */
  pay(): void {
    this.#balanceCents = Math.max(0, this.#balanceCents - PRICE_CENTS);
  }

  /** The SIM that was last in contact with the network; absent: the number has no SIM. */
  get link(): SimLink | undefined {
    return this.#serving;
  }

  get links(): readonly SimLink[] {
    return this.#links;
  }

  get covered(): boolean {
    return this.#serving?.covered === true;
  }

  get reachable(): boolean {
    return this.#serving?.reachable === true;
  }

  get messagesWaiting(): MessagesWaiting {
    return this.#waiting;
  }

  /** Whether it bars incoming messages (3GPP TS 22.088, BAIC). */
  get barred(): boolean {
    return this.#barred;
  }

  state(): SubscriberState {
    const link = this.#serving;
    return {
      number: this.number,
      operator: this.#operator.code,
      ...(link && { visited: link.operator.code, reception: link.reception, powered: link.powered }),
      ...(link?.ratePerMinute === undefined ? {} : { ratePerMinute: link.ratePerMinute }),
      reachable: this.reachable,
      barred: this.#barred,
      messagesWaiting: this.#waiting,
      sims: this.#links.map(({ imsi }) => imsi),
    };
  }

  setBarred(barred: boolean): void {
    this.#barred = barred;
  }

  /** Takes the phone out of coverage, or back into it. @throws RangeError when the number has no SIM. */
  setCovered(covered: boolean): void {
    this.#phone().setReception(covered ? 'good' : 'none');
  }

  /** @throws RangeError when the number has no SIM. */
  setReception(reception: Reception): void {
    this.#phone().setReception(reception);
  }

  /** Switches the phone off, or on. @throws RangeError when the number has no SIM. */
  setPowered(on: boolean): void {
    this.#phone().setPowered(on);
  }

  /** Messages a minute, both ways; `undefined` for no limit of its own. @throws RangeError when it has no SIM, or not 1 to 600. */
  setRate(perMinute: number | undefined): void {
    this.#phone().setRate(perMinute);
  }

  /** Takes the phone into the cells of an operator, its own included. @throws RangeError when the number has no SIM. */
  roamTo(operator: Operator): void {
    this.#phone().moveTo(operator);
  }

  /** The number goes to another operator with its phones (number portability, 3GPP TS 23.066). */
  portTo(operator: Operator): void {
    const before = this.#operator;
    this.#operator = operator;
    this.#register.log.add({ kind: 'port', number: this.number, operator: operator.code });
    for (const link of this.#links) {
      if (link.operator.code === before.code) link.moveTo(operator);
      else link.admissionChanged();
    }
  }

  /** One more SIM answers for the number. */
  addSim(link: SimLink): void {
    link.subscriber = this;
    this.#links.push(link);
    this.#serving ??= link;
    link.admissionChanged();
  }

  /** A SIM loses the number, and cannot register any more. */
  removeSim(link: SimLink): void {
    this.#links = this.#links.filter((other) => other !== link);
    if (this.#serving === link) this.#serving = this.#links.find(({ reachable }) => reachable) ?? this.#links[0];
    link.detach();
    link.subscriber = undefined;
    link.admissionChanged();
  }

  /** Any contact with the network: messages go to this SIM from now on, and those that missed the phone are tried again. */
  heardFrom(link: SimLink): void {
    this.#serving = link;
    if (!this.#waiting.notReachable) return;
    this.#waiting = { ...this.#waiting, notReachable: false };
    this.#alert('present');
  }

  /** RP-SMMA. */
  memoryAvailable(link: SimLink): void {
    this.#serving = link;
    if (!this.#waiting.memoryExceeded && !this.#waiting.notReachable) return;
    this.#waiting = NOTHING_WAITS;
    this.#alert('memory');
  }

  /** An attempt failed for this reason: the service centre is told when it is over. */
  setMessagesWaiting(reason: keyof MessagesWaiting): void {
    if (!this.#waiting[reason]) this.#waiting = { ...this.#waiting, [reason]: true };
  }

  /** A message got through. */
  clearMessagesWaiting(): void {
    this.#waiting = NOTHING_WAITS;
  }

  #alert(reason: 'present' | 'memory'): void {
    this.#register.log.add({ kind: 'alert', number: this.number, reason });
    this.#register.alert(this.number);
  }

  #phone(): SimLink {
    if (this.#serving === undefined) throw new RangeError(`The number ${this.number} has no SIM`);
    return this.#serving;
  }
}
