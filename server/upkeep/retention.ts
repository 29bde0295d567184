import type { Clock } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { Store, Tx } from '../store/store.ts';
import { DAY_MS, nextDaily } from '../time/days.ts';
import type { Timers } from '../time/timers.ts';
import { isSettled, PAYMENT_STATES, type PaymentState } from '../vocabulary/payment-states.ts';

/** Ten years and the rest of the eleventh: Italian law wants commercial records for ten years (Codice civile, art. 2220). */
const COMMERCIAL_DAYS = 11 * 366;

/** Rows that one transaction looks at; a payment has some ten rows in other tables. Keeps the event loop free. */
const BATCH = 100;
const PAYMENTS_BATCH = 20;

/** When the job runs, ms after midnight UTC. */
const TIME_OF_DAY_MS = 3 * 60 * 60 * 1000;

/** How long the rows of a table are kept. What has no entry is kept as long as the service: people, phones, merchants, accounts. */
export interface Kept {
  readonly table: string;
  readonly days: number;
  /** The column with the time at which a row is written, ms since 1970: rows come in this order. */
  readonly born: string;
  /** The column that tells the order of the rows. Default `rowid`. */
  readonly place?: 'rowid' | 'id' | 'seq';
  /** Rows that stay longer, as a condition; `?1` is the limit, ms since 1970. */
  readonly unless?: string;
  /** What goes with the row, in this order, before it; `?1` is the value of {@link Kept.key}. */
  readonly with?: readonly string[];
  readonly key?: string;
  readonly batch?: number;
}

const OPEN_STATES = (Object.keys(PAYMENT_STATES) as PaymentState[]).filter((state) => !isSettled(state));

/** The movements that `condition` names go, and what they moved stays as a sum an account. */
function foldTransfers(condition: string): readonly string[] {
  const ids = `SELECT id FROM transfer WHERE ${condition}`;
  return [
    `INSERT INTO folded (owner, currency, debits, credits)
     SELECT account, currency, sum(CASE WHEN minor < 0 THEN -minor ELSE 0 END), sum(CASE WHEN minor > 0 THEN minor ELSE 0 END) FROM entry WHERE transfer_id IN (${ids})
     GROUP BY account, currency
     ON CONFLICT (owner, currency) DO UPDATE SET debits = folded.debits + excluded.debits,
       credits = folded.credits + excluded.credits`,
    `DELETE FROM entry WHERE transfer_id IN (${ids})`,
    `DELETE FROM transfer_end WHERE id IN (${ids})`,
    `DELETE FROM transfer WHERE ${condition}`,
  ];
}

/** What is kept how long. The README of this folder has the same table. */
export const KEPT: readonly Kept[] = [
  // The digests of frames that came in: a service centre may deliver an SMS again for a week.
  { table: 'inbox', days: 10, born: 'received_at', place: 'id', unless: 'frame IS NOT NULL' },
  // As long as the query can come again.
  { table: 'balance_answer', days: 10, born: 'at' },
  // For people who search for a message.
  {
    table: 'outbox',
    days: 30,
    born: 'created_at',
    place: 'id',
    unless: 'ended_at IS NULL OR ended_at >= ?1',
  },
  // Wrong PINs count for 90 days.
  { table: 'pin_failure', days: 91, born: 'at' },
  // Sealed frames, to be sent again to a phone that asks.
  { table: 'receipt', days: 365, born: 'at' },
  { table: 'journal', days: COMMERCIAL_DAYS, born: 'at', place: 'seq' },
  {
    table: 'payment',
    days: COMMERCIAL_DAYS,
    born: 'created_at',
    unless: `changed_at >= ?1 OR state IN (${OPEN_STATES.map((state) => `'${state}'`).join(', ')})`,
    key: 'txn',
    with: [
      ...foldTransfers('txn = ?1'),
      'DELETE FROM refund WHERE txn = ?1',
      'DELETE FROM attempt WHERE txn = ?1',
      'DELETE FROM merchant_receipt WHERE txn = ?1',
      'DELETE FROM evidence WHERE ref = ?1',
      'DELETE FROM challenge WHERE ref = ?1',
    ],
    batch: PAYMENTS_BATCH,
  },
  // An auth_req_id lives for less than an hour.
  { table: 'ciba_request', days: 2, born: 'created_at' },
  // A client assertion lives for ten minutes.
  { table: 'client_assertion', days: 2, born: 'used_at' },
  {
    table: 'authentication',
    days: COMMERCIAL_DAYS,
    born: 'created_at',
    unless: "changed_at >= ?1 OR state = 'asked'",
    key: 'id',
    with: ['DELETE FROM evidence WHERE ref = ?1', 'DELETE FROM challenge WHERE ref = ?1'],
  },
  {
    table: 'challenge',
    days: COMMERCIAL_DAYS,
    born: 'asked_at',
    unless:
      'deadline >= ?1 OR EXISTS (SELECT 1 FROM payment WHERE txn = ref) OR EXISTS (SELECT 1 FROM authentication WHERE id = ref)',
    key: 'ref',
    with: ['DELETE FROM evidence WHERE ref = ?1'],
  },
  {
    table: 'transfer',
    days: COMMERCIAL_DAYS,
    born: 'at',
    unless: 'txn IS NOT NULL OR coalesce((SELECT e.at FROM transfer_end e WHERE e.id = transfer.id), ?1) >= ?1',
    key: 'id',
    with: foldTransfers('id = ?1').slice(0, -1),
    batch: PAYMENTS_BATCH,
  },
];

/** When the job runs next, ms since 1970. */
export function nextRetention(now: number): number {
  return nextDaily(now, TIME_OF_DAY_MS);
}

/** Deletes once a day what is older than {@link KEPT} says, some rows a transaction, while the service goes on. */
export class Retention {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #timers: Timers;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(store: Store, clock: Clock, journal: Journal, timers: Timers) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
    this.#timers = timers;
  }

  /** Sets the timer of the first run, unless an earlier start has set it. */
  async plan(tx: Tx): Promise<void> {
    if (await this.#timers.isSet(tx, 'retention', 'daily')) return;
    await this.#timers.set(tx, 'retention', 'daily', nextRetention(this.#clock.now()));
  }

  /** The handler of the timer `retention`: a run begins after the commit, unless one still runs since yesterday. */
  async fire(tx: Tx): Promise<void> {
    await this.plan(tx);
    tx.afterCommit(() => this.#begin());
  }

  /** Resolves when the batch that runs has ended; the others are for the next day. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  #begin(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    try {
      for (const kept of KEPT) await this.#shorten(kept);
    } catch (error) {
      await recordFault(this.#store, this.#journal, error);
    }
  }

  /** Walks through a table from its oldest row to the first batch in which no row is old enough. */
  async #shorten(kept: Kept): Promise<void> {
    const limit = this.#clock.now() - kept.days * DAY_MS;
    let place: number | undefined = Number.MIN_SAFE_INTEGER;
    while (place !== undefined && !this.#stopped) {
      const after: number = place;
      place = await this.#store.transaction(`retention of ${kept.table}`, (tx) => deleteBatch(tx, kept, limit, after));
    }
  }
}

/** @returns the place of the last row that was looked at; `undefined` when the rest is younger */
async function deleteBatch(tx: Tx, kept: Kept, limit: number, after: number): Promise<number | undefined> {
  const { table, born, place = 'rowid', key = place, unless = 'FALSE', with: others = [], batch = BATCH } = kept;
  const rows = await tx.all(
    `SELECT ${place} AS place, CAST(${key} AS TEXT) AS key, ${born} < ?1 AS old, ${born} < ?1 AND NOT (${unless}) AS gone
     FROM ${table} WHERE ${place} > ?2 ORDER BY ${place} LIMIT ?3`,
    (row) => ({
      place: row.integer('place'),
      key: row.text('key'),
      old: row.integer('old') === 1,
      gone: row.integer('gone') === 1,
    }),
    limit,
    after,
    batch,
  );
  await tx.run('UPDATE deletion SET before = ?', limit);
  for (const row of rows.filter(({ gone }) => gone)) {
    for (const sql of others) await tx.run(sql, row.key);
    await tx.run(`DELETE FROM ${table} WHERE ${place} = ?`, row.place);
  }
  await tx.run('UPDATE deletion SET before = 0');
  return rows.some(({ old }) => old) ? rows.at(-1)?.place : undefined;
}
