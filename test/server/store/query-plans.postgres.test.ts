import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openPostgres } from '../../../server/store/postgres-open.ts';
import { postgresText } from '../../../server/store/postgres-text.ts';
import type { Store } from '../../../server/store/store.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { write } from '../database.ts';
import { everyStatement } from './sql-of-code.ts';
import { HISTORY, wholeLife } from './whole-life.ts';

/** The plan of one statement, as `EXPLAIN (FORMAT JSON)` has it. */
interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'Index Cond'?: string | undefined;
  readonly Filter?: string | undefined;
  readonly Plans?: readonly Plan[] | undefined;
}

const Plan: z.ZodType<Plan> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  Filter: z.string().optional(),
  get Plans() {
    return z.array(Plan).optional();
  },
});

const Explained = z.tuple([z.object({ Plan })]);

/** The plans that each connection of the service makes: of prepared statements, for any values. */
async function plansOf(store: Store, texts: Iterable<string>): Promise<ReadonlyMap<string, Plan>> {
  return store.transaction('plans', async (tx) => {
    const plans = new Map<string, Plan>();
    for (const sql of texts) {
      const values = Math.max(0, ...[...postgresText(sql).matchAll(/\$(\d+)/g)].map(([, place]) => Number(place)));
      const name = `plan_${plans.size}`;
      await tx.run(`PREPARE ${name} AS ${sql}`);
      const call = values === 0 ? name : `${name} (${Array.from({ length: values }, () => 'NULL').join(', ')})`;
      const text = await tx.get(`EXPLAIN (FORMAT JSON) EXECUTE ${call}`, (row) => row.text('QUERY PLAN'));
      plans.set(sql, Explained.parse(JSON.parse(text ?? ''))[0].Plan);
    }
    return plans;
  });
}

/** A scan of a table, and whether it ends after so many rows as are wanted. */
interface Scan {
  readonly plan: Plan;
  readonly limited: boolean;
}

function scansOf(plan: Plan, limited = false): readonly Scan[] {
  const ends = plan['Node Type'] === 'Limit' || (limited && plan['Node Type'] !== 'Sort');
  const below = (plan.Plans ?? []).flatMap((part) => scansOf(part, ends));
  return plan['Node Type'].endsWith('Scan') ? [{ plan, limited }, ...below] : below;
}

/** Indexes that have only rows of work that is open. */
const OF_OPEN_WORK: readonly string[] = [
  'authentication_due',
  'authentication_open',
  'challenge_due',
  'ciba_request_due',
  'inbox_undealt',
  'outbox_open_by_ref',
  'outbox_to_send',
  'payment_in_review',
  'payment_requested',
  'refund_in_review',
];

/** What few rows of a table have in common, however long its history is. */
const OF_FEW_ROWS = /\b(txn|ref|mref|id|rail_key|transfer_id|digest|seq|rowid) (=|>|<)/;

/** The rows of one day. */
const OF_A_DAY = /\b(at|changed_at) >= \$\d+\) AND \(\1 < /;

/** What one person was asked to pay within a day. */
const OF_A_DAY_OF_ONE = /\(person_id = \$\d+\) AND \(created_at > /;

/** Tables that some statement reads from end to end: of one row, of few, or at a start of the service. */
const READ_WHOLE: readonly string[] = [
  'account',
  'ledger_checkpoint',
  'deletion',
  'process',
  'cash_mobile',
  'reconciled',
  'difference',
  'service_key',
  'operator',
  'cash_register',
  'relying_party',
  'jws_key',
  'pairwise_key',
];

/**
 * What reads whole tables of phones: a change of the vault's key, which waits for the activation codes that are under the key before; the list of
 * keys, with how many phones have each; and a start,
 * or a clock that went back, which looks for times that are later than now, those of merchants, relying parties, their clients of CIBA, cash registers and the receipts of a
 * year as well.
 */
const READS_PHONES = [
  /^SELECT max\(code_expires_at\) AS until, max\(serial\) AS last FROM device/,
  /^SELECT sealing_kid AS kid, count\(\*\) AS n FROM device/,
  /^UPDATE (device|device_order|key_told|merchant|balance_answer|receipt|vault|pin_change|cash_register|relying_party|ciba_request) SET (\w+) = \? WHERE \2 > \? AND TRUE$/,
];

/** What the scan reads grows with the history, more than its answer. */
function grows({ plan, limited }: Scan): boolean {
  const { 'Index Cond': condition = '', 'Index Name': index, 'Relation Name': table = '', Filter: filter } = plan;
  if (plan['Node Type'] === 'Seq Scan') return !READ_WHOLE.includes(table);
  if (index === undefined || (table !== '' && !HISTORY.includes(table))) return false;
  if (OF_OPEN_WORK.includes(index) || OF_FEW_ROWS.test(condition) || OF_A_DAY.test(condition)) return false;
  if (OF_A_DAY_OF_ONE.test(condition)) return false;
  return filter !== undefined || (condition === '' && !limited);
}

/** As if each page of the history had ten million rows: of few rows any index would do, and the check at a start looks at 10,000. */
const LONG_HISTORY = `
  UPDATE pg_class SET reltuples = 10000000 * greatest(relpages, 1)
  WHERE oid IN (SELECT unnest(ARRAY[indrelid, indexrelid]) FROM pg_index
    WHERE indrelid::regclass::text IN (${HISTORY.map((name) => `'${name}'`).join(', ')}))`;

describe('the plans of PostgreSQL', () => {
  it('read by an index whatever grows', async () => {
    const { database, texts: executed } = await wholeLife();
    const { texts } = everyStatement(executed);
    await write(database, 'ANALYZE', LONG_HISTORY);
    const clock = new VirtualClock();
    const hold = (work: Promise<unknown>) => void clock.hold(work);
    const store = await openPostgres({ url: database, processName: 'plans', clock, hold, alone: true });
    const plans = await plansOf(store, texts);
    await store.close();
    const ofHistory = [...plans].filter(([sql]) => !READS_PHONES.some((one) => one.test(sql)));
    const growing = ofHistory.flatMap(([sql, plan]) =>
      scansOf(plan)
        .filter((scan) => grows(scan))
        .map((scan) => `${JSON.stringify({ ...scan.plan, Plans: undefined })}: ${sql}`),
    );
    expect(growing).toEqual([]);
    expect(plans.size).toBeGreaterThan(250);
  });
});
