import { addressOf, type Cancel, type Clock } from '../../modem/index.ts';
import { readableIn } from '../envelope.ts';
import type { EventLog } from '../log.ts';
import type { SeededRandom } from '../random.ts';
import {
  type Fault,
  type FaultStage,
  faultKinds,
  type LineFault,
  type LineFaultAction,
  type MessageFault,
  type MessageFaultAction,
  type Said,
  type UnaskedAction,
} from './fault-kinds.ts';

/** A fault that was arranged. */
export type ArrangedFault = Fault & {
  readonly id: string;
  /** Whether it is switched on. */
  readonly on: boolean;
  /** How often it matched, and how often it struck. */
  readonly matched: number;
  readonly struck: number;
};

/** A message, as faults look at it. */
export interface FaultTarget {
  /** Its number in the log. */
  readonly sms: number;
  /** The sender as the recipient sees it. */
  readonly from: string;
  readonly to: string;
  readonly report: boolean;
  /** SUBMIT at the stage `submit`, else DELIVER or STATUS-REPORT. */
  readonly tpdu: Uint8Array;
}

/** Something that a modem says to its host, as faults look at it. */
export interface LineTarget {
  /** The modem's number. */
  readonly modem: string;
  /** The command that runs, such as `+CMGS`; absent: none does. */
  readonly command?: string;
  readonly said: Said;
}

/** Faults at most: a script that adds faults in a loop would fill the memory. */
const FAULTS = 10_000;

interface Counted {
  readonly id: string;
  readonly fault: Fault;
  /** A condition beyond what data can say. */
  readonly when: ((target: FaultTarget) => boolean) | undefined;
  readonly timer: Cancel | undefined;
  on: boolean;
  matched: number;
  struck: number;
}

const NONE: readonly never[] = [];

/** The faults of a world: adds, lists and removes faults, and tells which of them act on a message or an output. */
export class Faults {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #log: EventLog;
  readonly #resolve: (dialled: string) => string;
  readonly #arranged = new Map<string, Counted>();
  readonly #listeners = new Set<(action: UnaskedAction, modem: string | undefined) => void>();
  #count = 0;

  /** @param resolve the form in which a number that people write is known to the network. */
  constructor(clock: Clock, random: SeededRandom, log: EventLog, resolve: (dialled: string) => string) {
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    this.#resolve = resolve;
  }

  /**
   * Arranges a fault and says its id.
   * @param when of a fault that strikes messages: a further condition, for programs.
   * @throws RangeError when there are 10,000, PduEncodeError when no message can come from the sender that it wants.
   */
  add(fault: Fault, when?: (target: FaultTarget) => boolean): string {
    // An impossible sender is refused when the fault is added, not when a message comes.
    if (fault.action.kind === 'spoof') addressOf(fault.action.sender);
    if (this.#arranged.size >= FAULTS) throw new RangeError(`A world has ${FAULTS} faults at most: take some back`);
    this.#count += 1;
    const id = `fault-${this.#count}`;
    this.#arranged.set(id, { id, fault, when, timer: this.#alarm(id, fault), on: true, matched: 0, struck: 0 });
    return id;
  }

  /** Takes a fault back. False when there is none of that id. */
  remove(id: string): boolean {
    this.#arranged.get(id)?.timer?.();
    return this.#arranged.delete(id);
  }

  /** Switches a fault off, or on again; while it is off nothing matches it. False when there is none of that id. */
  switch(id: string, on: boolean): boolean {
    const counted = this.#arranged.get(id);
    if (counted !== undefined) counted.on = on;
    return counted !== undefined;
  }

  list(): readonly ArrangedFault[] {
    const arranged = [...this.#arranged.values()];
    return arranged.map(({ id, fault, on, matched, struck }) => ({ ...fault, id, on, matched, struck }));
  }

  /** The faults that act on this message at this stage, in the order in which they were added. */
  strike(stage: FaultStage, target: FaultTarget): readonly MessageFaultAction[] {
    if (this.#arranged.size === 0) return NONE;
    const struck: MessageFaultAction[] = [];
    for (const counted of this.#arranged.values()) {
      const { fault } = counted;
      if (!isMessageFault(fault) || faultKinds[fault.action.kind].strikes !== stage) continue;
      if (!this.#matchesMessage(fault, target) || counted.when?.(target) === false || !this.#falls(counted)) continue;
      struck.push(fault.action);
      this.#noteMessage(counted, target);
    }
    return struck;
  }

  /** The faults that act on an output of a modem, in the order in which they were added. */
  strikeLine(target: LineTarget): readonly LineFaultAction[] {
    if (this.#arranged.size === 0) return NONE;
    const struck: LineFaultAction[] = [];
    for (const counted of this.#arranged.values()) {
      const { fault } = counted;
      if (isMessageFault(fault) || counted.timer !== undefined) continue;
      if (!this.#matchesLine(fault, target) || !this.#falls(counted)) continue;
      struck.push(fault.action);
      this.#noteLine(counted, target.modem);
    }
    return struck;
  }

  /**
   * Calls `listener` when a fault of the line strikes by the clock, whatever the modem is doing: one that has `startsAt`,
   * spoils no answer ({@link UnaskedAction}) and names no command. The answer ends that.
   */
  listen(listener: (action: UnaskedAction, modem: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #alarm(id: string, fault: Fault): Cancel | undefined {
    if (isMessageFault(fault) || fault.startsAt === undefined || fault.command !== undefined) return undefined;
    const { action, modem } = fault;
    if (!isUnasked(action)) return undefined;
    return this.#clock.after(fault.startsAt - this.#clock.now(), () => {
      const counted = this.#arranged.get(id);
      if (counted === undefined || !this.#falls(counted)) return;
      this.#noteLine(counted, modem);
      for (const listener of this.#listeners) listener(action, modem);
    });
  }

  #noteMessage({ id, fault }: Counted, { sms, from, to }: FaultTarget): void {
    this.#log.add({ kind: 'fault', fault: id, action: fault.action.kind, sms, from, to });
  }

  #noteLine({ id, fault }: Counted, number: string | undefined): void {
    const whose = number === undefined ? {} : { number };
    this.#log.add({ kind: 'line-fault', fault: id, action: fault.action.kind, ...whose });
  }

  #matchesMessage({ from, to, about = 'messages', contains }: MessageFault, target: FaultTarget): boolean {
    if (about !== 'both' && (about === 'reports') !== target.report) return false;
    if (!this.#isNumber(from, target.from) || !this.#isNumber(to, target.to)) return false;
    return contains === undefined || readableIn(target.tpdu).includes(contains);
  }

  #matchesLine({ modem, command, said }: LineFault, target: LineTarget): boolean {
    const wanted = said ?? (command === undefined ? undefined : 'answer');
    if (wanted !== undefined && wanted !== target.said) return false;
    return this.#isNumber(modem, target.modem) && (command === undefined || command === target.command);
  }

  #isNumber(wanted: string | undefined, number: string): boolean {
    return wanted === undefined || wanted === number || this.#resolve(wanted) === number;
  }

  #falls(counted: Counted): boolean {
    const { startsAt = 0, endsAt = Number.POSITIVE_INFINITY, nth, probability, times } = counted.fault;
    const now = this.#clock.now();
    if (!counted.on || now < startsAt || now >= endsAt) return false;
    counted.matched += 1;
    if (nth !== undefined && counted.matched !== nth) return false;
    if (counted.struck >= (times ?? (probability === undefined ? 1 : Number.POSITIVE_INFINITY))) return false;
    if (probability !== undefined && this.#random.fraction() >= probability) return false;
    counted.struck += 1;
    return true;
  }
}

function isUnasked(action: LineFaultAction): action is UnaskedAction {
  switch (action.kind) {
    case 'orphan':
    case 'noise':
    case 'stall':
    case 'reboot':
    case 'unplug':
      return true;
    default:
      return false;
  }
}

function isMessageFault(fault: Fault): fault is MessageFault {
  return faultKinds[fault.action.kind].strikes !== 'line';
}
