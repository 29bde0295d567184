import { recordFault } from '../journal/journal.ts';
import type { Rail, Rails } from '../rails/rail.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS, dayOf, daysIn, nextDaily } from '../time/days.ts';
import type { Timers } from '../time/timers.ts';
import { openDays } from './open-differences.ts';
import { type ReconciliationContext, reconcile, SettlementError } from './reconcile.ts';

/** When the daily run begins, ms after midnight UTC: rails have closed their day by then. */
const BEGINS_MS = 3 * 3_600_000;

/** How far back days are compared that were not yet, or that have open differences, ms. */
const LOOKS_BACK_MS = 31 * DAY_MS;

/**
 * The daily reconciliation of all rails. It compares the days up to the day before yesterday, because rails settle up to
 * a day later; and again the days with open differences, so that these end when the rail has mended them.
 */
export class DailyReconciliation {
  readonly #context: ReconciliationContext;
  readonly #rails: Rails;
  readonly #timers: Timers;

  constructor(context: ReconciliationContext, rails: Rails, timers: Timers) {
    this.#context = context;
    this.#rails = rails;
    this.#timers = timers;
  }

  /** Sets the timer of the first run, unless an earlier start has set it. */
  async plan(tx: Tx): Promise<void> {
    if (await this.#timers.isSet(tx, 'reconciliation', 'daily')) return;
    await this.#timers.set(tx, 'reconciliation', 'daily', nextDaily(this.#context.clock.now(), BEGINS_MS));
  }

  /** The handler of the timer `reconciliation`: a run begins after the commit. */
  async fire(tx: Tx): Promise<void> {
    await this.plan(tx);
    tx.afterCommit(() => void this.#run());
  }

  async #run(): Promise<void> {
    const { store, journal } = this.#context;
    for (const rail of this.#rails.all) {
      try {
        await this.#runOrAlarm(rail);
      } catch (error) {
        await recordFault(store, journal, error);
      }
    }
  }

  async #runOrAlarm(rail: Rail): Promise<void> {
    const { store, journal } = this.#context;
    try {
      await this.#runRail(rail);
    } catch (error) {
      if (!(error instanceof SettlementError)) throw error;
      const detail = `${error.message}. The next daily run compares these days as well`;
      await store.transaction('settlement missing', (tx) =>
        journal.record(tx, { kind: 'alarm', alarm: 'settlement-missing', ref: rail.name, detail }),
      );
    }
  }

  async #runRail(rail: Rail): Promise<void> {
    const { store, clock } = this.#context;
    const end = dayOf(clock.now()) - DAY_MS;
    const earliest = end - LOOKS_BACK_MS;
    const { until, again } = await store.read(async (tx) => ({
      until:
        (await tx.get('SELECT until FROM reconciled WHERE rail = ?', (row) => row.integer('until'), rail.name)) ??
        earliest,
      again: await openDays(tx, rail.name, earliest),
    }));
    const fresh = daysIn(Math.max(until, earliest), end);
    for (const day of [...again.filter((open) => !fresh.includes(open)), ...fresh]) {
      await reconcile(this.#context, rail, { from: day, to: day + DAY_MS });
    }
    await store.transaction('reconciled', (tx) =>
      tx.run(
        `INSERT INTO reconciled (rail, until) VALUES (?, ?) ON CONFLICT (rail) DO UPDATE SET until = excluded.until
         WHERE reconciled.until < excluded.until`,
        rail.name,
        end,
      ),
    );
  }
}
