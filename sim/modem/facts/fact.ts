import type { FaultAction } from '../../network/fault-kinds.ts';

/** How a user can see a fact in the simulation: with a personality (`standard` too), or with a fault. */
export type Shown =
  | { readonly personality: string }
  /** `how` is what to give `gsm-sim fault add` besides the kind. */
  | { readonly fault: FaultAction['kind']; readonly how?: string };

/** A fact that users or drivers report of real modems. No real modem was at hand to confirm the reports. */
export interface Fact {
  readonly id: string;
  /** What the modem does: a sentence that begins with the name of the model. */
  readonly says: string;
  /** The project and issue that reports the fact, or the clause of the standard. */
  readonly source: string;
  readonly shown: readonly Shown[];
}

/** Shown by these personalities. */
export function by(...ids: readonly string[]): readonly Shown[] {
  return ids.map((personality) => ({ personality }));
}

/** Shown by a fault. */
export function fault(kind: FaultAction['kind'], how?: string): Shown {
  return how === undefined ? { fault: kind } : { fault: kind, how };
}
