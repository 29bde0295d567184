import { TRANSITIONS } from '../../server/index.ts';
import type { EpisodeResult } from './episode.ts';
import { faultKinds } from './fault-script.ts';
import type { LoopDepth } from './service-line.ts';

/** What all episodes together have met. */
export class Coverage {
  readonly faults: Map<string, number> = new Map();
  readonly transitions: Map<string, number> = new Map();
  readonly #pairs = new Set<string>();
  readonly #kinds: readonly string[];

  constructor(depth: LoopDepth = 'sms') {
    this.#kinds = faultKinds(depth);
  }

  add({ faults, transitions }: Pick<EpisodeResult, 'faults' | 'transitions'>): void {
    for (const [kind, times] of Object.entries(faults)) this.faults.set(kind, (this.faults.get(kind) ?? 0) + times);
    for (const [name, times] of Object.entries(transitions))
      this.transitions.set(name, (this.transitions.get(name) ?? 0) + times);
    const kinds = Object.keys(faults).toSorted();
    for (const [n, one] of kinds.entries()) for (const other of kinds.slice(n + 1)) this.#pairs.add(`${one} ${other}`);
  }

  /** Transitions of a payment that never happened: `REVIEW decline`. */
  get missedTransitions(): readonly string[] {
    return TRANSITIONS.map(({ from, on }) => `${from} ${on}`).filter((name) => !this.transitions.has(name));
  }

  /** Kinds of faults that never happened. */
  get missedFaults(): readonly string[] {
    return this.#kinds.filter((kind) => !this.faults.has(kind));
  }

  /** The share of pairs of kinds of faults that met in an episode, 0 to 1. */
  get pairs(): number {
    return this.#pairs.size / ((this.#kinds.length * (this.#kinds.length - 1)) / 2);
  }

  /** As lines for people. */
  lines(): readonly string[] {
    const transitions = TRANSITIONS.length - this.missedTransitions.length;
    return [
      `transitions of a payment: ${transitions} of ${TRANSITIONS.length}${missing(this.missedTransitions)}`,
      `kinds of faults: ${this.#kinds.length - this.missedFaults.length} of ${this.#kinds.length}${missing(this.missedFaults)}`,
      `pairs of kinds of faults in one episode: ${Math.floor(100 * this.pairs)} %`,
    ];
  }
}

function missing(names: readonly string[]): string {
  return names.length === 0 ? '' : `; not ${names.join(', ')}`;
}
