import type { Period } from '../ledger/statement.ts';
import type { Rails } from '../rails/rail.ts';
import { DAY_MS, dayOf } from '../time/days.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type ReconciliationContext, type ReconciliationReport, reconcile, SettlementError } from './reconcile.ts';

/** Days that are compared at most in one go. */
const MOST_DAYS = 31;

/** Days that are compared unless the order says which. */
const USUAL_DAYS = 7;

/** What an administrator wants to have compared. */
export interface ReconciliationOrder {
  /** Name of a rail. Default: all. */
  readonly rail?: string | undefined;
  /** The first day, by the moment at which it begins (UTC), ms since 1970. Default: seven days before the end. */
  readonly from?: number | undefined;
  /** The last day, likewise. Default: yesterday. */
  readonly to?: number | undefined;
}

/** Compares the settlements of rails with the service. @throws ServiceError `invalid-request`, `not-found`, `not-possible-now` */
export async function reconcileRails(
  context: ReconciliationContext,
  rails: Rails,
  order: ReconciliationOrder,
): Promise<ReconciliationReport[]> {
  const period = periodOf(order, context.clock.now());
  const all = [...rails.all];
  const wanted = all.filter(({ name }) => order.rail === undefined || name === order.rail);
  if (wanted.length === 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new ServiceError('not-found', `the service runs without the rail ${order.rail}: it has ${names}`);
  }
  const reports: ReconciliationReport[] = [];
  try {
    for (const rail of wanted) reports.push(await reconcile(context, rail, period));
  } catch (error) {
    if (error instanceof SettlementError) throw new ServiceError('not-possible-now', error.message);
    throw error;
  }
  return reports;
}

function periodOf(order: ReconciliationOrder, now: number): Period {
  const last = order.to ?? Math.max(order.from ?? 0, dayOf(now) - DAY_MS);
  const from = order.from ?? last - (USUAL_DAYS - 1) * DAY_MS;
  const days = (last - from) / DAY_MS + 1;
  if (days < 1) throw new ServiceError('invalid-request', 'from is a later day than to');
  if (days > MOST_DAYS)
    throw new ServiceError('invalid-request', `${days} days: at most ${MOST_DAYS} are compared in one go`);
  return { from, to: last + DAY_MS };
}
