import { addressOf, type Clock } from '../../modem/index.ts';
import { openDeliver, seal } from '../envelope.ts';
import type { EventLog } from '../log.ts';
import { copyOf } from '../octets.ts';
import type { SeededRandom } from '../random.ts';
import type { MessageFaultAction } from './fault-kinds.ts';
import type { Faults } from './faults.ts';
import { drawMixtureMs, type LatencyProfile } from './profiles.ts';
import { newFate, type Sms, targetOf } from './sms.ts';

/** What the way from the service centre to the recipient's mailbox needs. */
export interface TransitSurroundings {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly log: EventLog;
  readonly faults: Faults;
  profile(): LatencyProfile;
  nextId(): number;
  /** The message is there. `letsPass`: the next one goes before it. */
  arrive(sms: Sms, letsPass: boolean): void;
}

/** The way of a message inside the network, where profile and faults lose, double, delay and damage messages. */
export class Transit {
  readonly #in: TransitSurroundings;
  /** When the last message to a number arrives, ms since 1970, for profiles that keep the order. */
  readonly #lastArrival = new Map<string, number>();

  constructor(surroundings: TransitSurroundings) {
    this.#in = surroundings;
  }

  /** Sends a message on, whose sending began at `startedAt`, ms since 1970. */
  send(sms: Sms, startedAt: number): void {
    const { random, log, faults } = this.#in;
    const { lostPerMille, duplicatedPerMille } = this.#in.profile();
    const lost = random.fraction() * 1_000 < lostPerMille;
    const doubled = random.fraction() * 1_000 < duplicatedPerMille;
    const struck = faults.strike('transit', targetOf(sms));
    if (lost || has(struck, 'drop')) {
      sms.fate.over = true;
      log.add({ kind: 'lose', sms: sms.id, to: sms.to });
      return;
    }
    const copy = struck.length === 0 ? sms : this.#distorted(sms, struck);
    const delayMs = struck.reduce((sum, action) => sum + (action.kind === 'delay' ? action.ms : 0), 0);
    const second = doubled || has(struck, 'duplicate') ? this.#copyOf(copy) : undefined;
    this.#travel(copy, this.#journeyMs(startedAt) + delayMs, has(struck, 'reorder'));
    if (second !== undefined) this.#travel(second, this.#journeyMs(startedAt) + delayMs, false);
  }

  #copyOf({ origin: _, ...unreported }: Sms): Sms {
    const second: Sms = { ...unreported, id: this.#in.nextId(), fate: newFate(false) };
    this.#in.log.add({ kind: 'duplicate', sms: second.id, original: unreported.id, to: second.to });
    return second;
  }

  /** The time inside the network; 0 when the profile has no `journey`. */
  #journeyMs(startedAt: number): number {
    const { journey } = this.#in.profile();
    if (journey === undefined) return 0;
    return Math.max(0, startedAt + drawMixtureMs(journey, this.#in.random) - this.#in.clock.now());
  }

  #travel(sms: Sms, journeyMs: number, letsPass: boolean): void {
    const { clock } = this.#in;
    const { ordered } = this.#in.profile();
    const notBefore = ordered ? (this.#lastArrival.get(sms.to) ?? 0) : 0;
    const delayMs = Math.max(journeyMs, notBefore - clock.now(), 0);
    if (delayMs === 0) {
      this.#in.arrive(sms, letsPass);
      return;
    }
    if (ordered) this.#lastArrival.set(sms.to, clock.now() + delayMs);
    clock.after(delayMs, () => this.#in.arrive(sms, letsPass));
  }

  #distorted(sms: Sms, struck: readonly MessageFaultAction[]): Sms {
    let { tpdu, from } = sms;
    for (const action of struck) {
      if (action.kind === 'corrupt') tpdu = this.#corrupted(tpdu, sms.isReport);
      if (action.kind !== 'spoof' || sms.isReport) continue;
      const { header, contents } = openDeliver(tpdu);
      tpdu = seal({ header: { ...header, originator: addressOf(action.sender) }, contents });
      from = action.sender;
    }
    return { ...sms, tpdu, from };
  }

  /** Turns one bit of the user data, behind TP-UDL; of a report, one of TP-ST, which is its last octet. */
  #corrupted(tpdu: Uint8Array, isReport: boolean): Uint8Array {
    const octets = isReport ? 1 : openDeliver(tpdu).contents.userData.length - 1;
    if (octets === 0) return tpdu;
    const changed = copyOf(tpdu);
    const at = tpdu.length - octets + Math.floor(this.#in.random.fraction() * octets);
    changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(this.#in.random.fraction() * 8));
    return changed;
  }
}

function has(struck: readonly MessageFaultAction[], kind: MessageFaultAction['kind']): boolean {
  return struck.some((action) => action.kind === kind);
}
