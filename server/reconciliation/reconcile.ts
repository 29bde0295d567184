import type { Clock } from '../../modem/index.ts';
import type { Journal } from '../journal/journal.ts';
import type { Period } from '../ledger/statement.ts';
import type { Rail, SettlementLine } from '../rails/rail.ts';
import type { ReadTx, Store } from '../store/store.ts';
import { DAY_MS, daysIn } from '../time/days.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { bookChargeback, bookSettled, bookWonBack, type Chargeback, type Settled } from './book-settled.ts';
import { byKey, chargeUndoneBy, compare, type Finding, findingsIn, type Lines } from './compare.ts';
import { type Movement, movementOf, movementsIn } from './movements.ts';
import { endDifferences, isDifference, keepDifference } from './open-differences.ts';

/** How far from its movement a line may be settled, ms: over a weekend and a holiday. */
const SETTLED_WITHIN_MS = 4 * DAY_MS;

/** The same for a rail in the service's own file, which books both in one transaction, ms. */
const BOOKED_WITHIN_MS = 60_000;

/** Movements that one transaction books: payments by the rail wait for it. */
const BOOKED_AT_ONCE = 50;

/** What a reconciliation needs of the service. */
export interface ReconciliationContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** What came of the reconciliation of one rail. */
export interface ReconciliationReport extends Period {
  readonly rail: string;
  /** Movements that are the same there and here; those of another day are not counted. */
  readonly matched: number;
  /** Open differences, and movements of another day. */
  readonly findings: readonly Finding[];
  /** Differences that an operator has accepted. */
  readonly accepted: readonly Finding[];
}

/** A rail did not give its settlement. */
export class SettlementError extends Error {
  override readonly name = 'SettlementError';
}

/**
 * Compares the settlement of a rail with the service's attempts and ledger, day by day (UTC), to now at the latest. A new
 * difference is an alarm; one that is gone is ended.
 * @throws SettlementError
 */
export async function reconcile(
  context: ReconciliationContext,
  rail: Rail,
  period: Period,
): Promise<ReconciliationReport> {
  const to = Math.min(period.to, context.clock.now());
  const findings: Finding[] = [];
  const accepted: Finding[] = [];
  let matched = 0;
  for (const day of daysIn(period.from, to)) {
    const result = await reconcileDay(context, rail, {
      from: Math.max(day, period.from),
      to: Math.min(day + DAY_MS, to),
    });
    matched += result.matched;
    findings.push(...result.findings);
    accepted.push(...result.accepted);
  }
  return { rail: rail.name, from: period.from, to, matched, findings, accepted };
}

async function reconcileDay(context: ReconciliationContext, rail: Rail, period: Period) {
  const { store, journal } = context;
  const around = rail.local ? BOOKED_WITHIN_MS : SETTLED_WITHIN_MS;
  let window: Period = { from: period.from - around, to: period.to + around };
  let lines = await settlementOf(rail, window);
  const { movements, compared } = await store.read((tx) => movementsFor(tx, rail, period, lines));
  const earliest = Math.min(...[...compared].map((key) => movements.get(key)?.at ?? period.from));
  if (earliest < window.from) {
    // A line of today belongs to a movement of long ago: perhaps that was settled then, and this is the second time.
    window = { from: earliest - around, to: window.to };
    lines = await settlementOf(rail, window);
  }
  const { matched, findings, settled, takenBack, wonBack } = compare(compared, lines, movements);
  const found = findingsIn(findings, period);
  const accepted = await store.transaction('reconciliation', async (tx) => {
    const ofOperator = new Set<Finding>();
    for (const finding of found.filter(isDifference)) {
      if (await keepDifference(tx, journal, rail.name, finding)) ofOperator.add(finding);
    }
    await endDifferences(tx, journal, rail.name, period, compared, findings);
    return ofOperator;
  });
  const open = new Set(
    findings.filter((finding) => finding.kind === 'other-fee' && !accepted.has(finding)).map(({ key }) => key),
  );
  const isOfPeriod = (at: number) => at >= period.from && at < period.to;
  const won = wonBack.filter(({ at }) => isOfPeriod(at));
  await book(
    context,
    rail,
    settled.filter(({ key }) => !open.has(key)),
    takenBack.filter(({ key, at }) => isOfPeriod(at) || won.some((one) => one.key === key)),
    won,
  );
  return { matched, findings: found.filter((finding) => !accepted.has(finding)), accepted: [...accepted] };
}

/** What the rail has paid, and what it took back. A fee that it was not to keep is booked when an operator has accepted it. */
async function book(
  { store, clock }: ReconciliationContext,
  { local, name }: Rail,
  settled: readonly Settled[],
  takenBack: readonly Chargeback[],
  wonBack: readonly Chargeback[],
): Promise<void> {
  if (local) return;
  for (let first = 0; first < settled.length; first += BOOKED_AT_ONCE) {
    const some = settled.slice(first, first + BOOKED_AT_ONCE);
    await store.transaction('settled', (tx) => bookSettled(tx, name, some, clock.now()));
  }
  for (const one of takenBack) {
    await store.transaction('chargeback', (tx) => bookChargeback(tx, name, one, clock.now()));
  }
  for (const one of wonBack) {
    await store.transaction('chargeback won', (tx) => bookWonBack(tx, name, one, clock.now()));
  }
}

async function settlementOf(rail: Rail, { from, to }: Period): Promise<Lines> {
  let lines: readonly SettlementLine[];
  try {
    lines = await rail.settlement(from, to);
  } catch (error) {
    const reason = messageOf(error);
    throw new SettlementError(`${rail.name} did not give its settlement: ${reason}`, { cause: error });
  }
  return byKey(lines.filter(({ at }) => at >= from && at < to));
}

/** What the service has of all that moved in a period there or here, and the keys that are to be compared. */
async function movementsFor(tx: ReadTx, rail: Rail, period: Period, lines: Lines) {
  const movements = new Map<string, Movement>();
  for (const movement of await movementsIn(tx, rail, period)) movements.set(movement.key, movement);
  const compared = new Set(movements.keys());
  for (const [key, ofKey] of lines) {
    if (ofKey.some(({ at }) => at >= period.from && at < period.to)) compared.add(key);
  }
  for (const key of compared) {
    for (const wanted of [key, chargeUndoneBy(key)]) {
      if (wanted === undefined || movements.has(wanted)) continue;
      const movement = await movementOf(tx, rail, wanted);
      if (movement !== undefined) movements.set(wanted, movement);
    }
  }
  return { movements, compared };
}
