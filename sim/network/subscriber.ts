import type { EventLog } from '../log.ts';
import type { MobileStation, RadioLink, SubmitAnswer } from './radio-link.ts';

/** What a subscriber needs of the network it belongs to. */
export interface HomeNetwork {
  readonly smsc: string;
  readonly zone: number;
  readonly log: EventLog;
  submit(from: Subscriber, tpdu: Uint8Array): Promise<SubmitAnswer>;
  /** Messages that waited for this subscriber may be tried again. */
  wake(number: string): void;
}

/** A number of the network, with the phone that has its SIM, and where it is. */
export class Subscriber implements RadioLink {
  /** International, with `+`, or a short code. */
  readonly number: string;
  readonly imsi: string;
  readonly #home: HomeNetwork;
  #station: MobileStation | undefined;
  #covered = true;
  #attached = false;

  constructor(number: string, imsi: string, home: HomeNetwork) {
    this.number = number;
    this.imsi = imsi;
    this.#home = home;
  }

  get smsc(): string {
    return this.#home.smsc;
  }

  get zone(): number {
    return this.#home.zone;
  }

  get covered(): boolean {
    return this.#covered;
  }

  /** Whether messages reach it: its phone is registered and in coverage. */
  get reachable(): boolean {
    return this.#attached && this.#covered;
  }

  /** The phone, when messages reach it. */
  get station(): MobileStation | undefined {
    return this.reachable ? this.#station : undefined;
  }

  /** Puts the SIM into a phone. */
  insertInto(station: MobileStation): void {
    this.#station = station;
  }

  /** Takes the phone out of coverage, or back into it. */
  setCovered(covered: boolean): void {
    if (covered === this.#covered) return;
    this.#covered = covered;
    this.#home.log.add({ kind: 'coverage', number: this.number, covered });
    this.#station?.coverageChanged();
  }

  attach(): void {
    if (this.#attached) return;
    this.#attached = true;
    this.#home.log.add({ kind: 'attach', number: this.number });
    this.#home.wake(this.number);
  }

  detach(): void {
    if (!this.#attached) return;
    this.#attached = false;
    this.#home.log.add({ kind: 'detach', number: this.number });
  }

  submit(tpdu: Uint8Array): Promise<SubmitAnswer> {
    return this.#home.submit(this, tpdu);
  }

  memoryAvailable(): void {
    this.#home.wake(this.number);
  }
}
