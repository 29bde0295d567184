import type { FaultAction } from '../../network/fault-kinds.ts';

/** Where a user can see what is said of a modem: in a personality, `standard` included, or by arranging a fault. */
export type Shown =
  | { readonly personality: string }
  /** `how` is what to give `gsm-sim fault add` besides the kind. */
  | { readonly fault: FaultAction['kind']; readonly how?: string };

/** Something that users or drivers say of real modems. None was at hand: it is a report. */
export interface Fact {
  readonly id: string;
  /** What the modem does: a sentence that its name begins. */
  readonly says: string;
  /** Who reported it, or which clause has it. */
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
