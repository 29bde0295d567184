import { type Act, withAct } from '../operators/audit.ts';
import type { Rails } from '../rails/rail.ts';
import { type Acceptance, acceptDifference } from '../reconciliation/accept.ts';
import type { ReconciliationContext, ReconciliationReport } from '../reconciliation/reconcile.ts';
import { type ReconciliationOrder, reconcileRails } from '../reconciliation/requested-period.ts';
import type { DifferenceKind } from '../vocabulary/events.ts';

/** Comparisons of what rails settle with what the service has, as operators ask for them; besides, there is one a day. */
export class Reconciliations {
  readonly #context: ReconciliationContext;
  readonly #rails: Rails;

  constructor(context: ReconciliationContext, rails: Rails) {
    this.#context = context;
    this.#rails = rails;
  }

  /** Compares; a new difference is an alarm. @throws ServiceError */
  compare(order: ReconciliationOrder): Promise<ReconciliationReport[]> {
    return reconcileRails(this.#context, this.#rails, order);
  }

  /** An operator accepts a difference. @returns its kind. @throws ServiceError `not-found`, `invalid-request` */
  accept(acceptance: Acceptance, act?: Act): Promise<DifferenceKind> {
    const { store, journal, clock } = this.#context;
    const work = withAct(
      act,
      clock,
      (tx) => acceptDifference(tx, journal, acceptance, clock.now()),
      (kind) => `difference:${acceptance.rail}:${acceptance.key}:${kind}`,
    );
    return store.transaction('accept', work, 'fail');
  }
}
