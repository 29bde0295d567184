import type { EventLog } from '../log.ts';
import type { SeededRandom } from '../random.ts';

/** What a fault does to a message. */
export type FaultAction =
  /** The service centre took it, and it never arrives. */
  | { readonly kind: 'drop' }
  /** It arrives a second time. */
  | { readonly kind: 'duplicate' }
  /** It arrives later, by `ms`. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** One bit of its user data is turned. */
  | { readonly kind: 'corrupt' }
  /** The service centre took it, and the sender's modem never says so: no `+CMGS`, no `OK`, no error. */
  | { readonly kind: 'lose-answer' }
  /** The service centre refuses it; `cause` is what `+CMS ERROR` shows. */
  | { readonly kind: 'refuse'; readonly cause: number }
  /** The phone took it, and its acknowledgement is lost: the service centre sends it again. */
  | { readonly kind: 'lose-acknowledgement' };

/** A fault as data: what it does, to which messages, how often. Everything left out matches everything. */
export interface Fault {
  readonly action: FaultAction;
  /** Sender and recipient, as people write them. */
  readonly from?: string;
  readonly to?: string;
  /** Messages, status reports, or (absent) messages only. */
  readonly about?: 'messages' | 'reports' | 'both';
  /** Only the nth message that matches, from 1. */
  readonly nth?: number;
  /** How often it strikes at most. Absent: once, or without limit when it has a probability. */
  readonly times?: number;
  /** 0 to 1, drawn from the seed. Absent: always. */
  readonly probability?: number;
}

/** A fault that was arranged. */
export interface ArrangedFault extends Fault {
  readonly id: string;
  /** How often it matched, and how often it struck. */
  readonly matched: number;
  readonly struck: number;
}

/** A message, as faults look at it. */
export interface FaultTarget {
  readonly from: string;
  readonly to: string;
  readonly report: boolean;
}

/** When in a message's life a fault strikes. */
type Stage = 'submit' | 'transit' | 'delivery';

const STAGE_OF: Readonly<Record<FaultAction['kind'], Stage>> = {
  refuse: 'submit',
  'lose-answer': 'submit',
  drop: 'transit',
  duplicate: 'transit',
  delay: 'transit',
  corrupt: 'transit',
  'lose-acknowledgement': 'delivery',
};

type Counted = { -readonly [Key in keyof ArrangedFault]: ArrangedFault[Key] };

/** The faults of a world: arranged, listed, taken back, and drawn as messages pass. */
export class Faults {
  readonly #random: SeededRandom;
  readonly #log: EventLog;
  readonly #arranged = new Map<string, Counted>();
  #count = 0;

  constructor(random: SeededRandom, log: EventLog) {
    this.#random = random;
    this.#log = log;
  }

  /** Arranges a fault and says its id. */
  add(fault: Fault): string {
    this.#count += 1;
    const id = `fault-${this.#count}`;
    this.#arranged.set(id, { ...fault, id, matched: 0, struck: 0 });
    return id;
  }

  /** Takes a fault back. False when there is none of that id. */
  remove(id: string): boolean {
    return this.#arranged.delete(id);
  }

  list(): readonly ArrangedFault[] {
    return [...this.#arranged.values()].map((fault) => ({ ...fault }));
  }

  /** What strikes this message at this stage, in the order in which the faults were arranged. */
  strike(stage: Stage, target: FaultTarget): readonly FaultAction[] {
    const struck: FaultAction[] = [];
    for (const fault of this.#arranged.values()) {
      if (STAGE_OF[fault.action.kind] !== stage || !matches(fault, target) || !this.#falls(fault)) continue;
      struck.push(fault.action);
      this.#log.add({ kind: 'fault', fault: fault.id, action: fault.action.kind, from: target.from, to: target.to });
    }
    return struck;
  }

  #falls(fault: Counted): boolean {
    fault.matched += 1;
    if (fault.nth !== undefined && fault.matched !== fault.nth) return false;
    const times = fault.times ?? (fault.probability === undefined ? 1 : Number.POSITIVE_INFINITY);
    if (fault.struck >= times) return false;
    if (fault.probability !== undefined && this.#random.fraction() >= fault.probability) return false;
    fault.struck += 1;
    return true;
  }
}

function matches({ from, to, about = 'messages' }: Fault, target: FaultTarget): boolean {
  if (about !== 'both' && (about === 'reports') !== target.report) return false;
  return (from === undefined || from === target.from) && (to === undefined || to === target.to);
}
