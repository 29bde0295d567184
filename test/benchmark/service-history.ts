import { DatabaseSync } from 'node:sqlite';

/** Tables with rows of a payment, and which rows of a file with one payment are its. */
const TABLES: Readonly<Record<string, string>> = {
  payment: 'txn = :txn',
  challenge: 'ref = :txn',
  evidence: 'ref = :txn',
  receipt: 'ref = :txn',
  attempt: 'txn = :txn',
  transfer: 'txn = :txn',
  transfer_end: "id LIKE :txn || ':%'",
  entry: "transfer_id LIKE :txn || ':%'",
  journal: 'subject = :txn',
  outbox: 'ref = :txn',
  inbox: ':txn = :txn',
};

/** Columns whose values differ from payment to payment beside those that hold the txn. */
const VALUES: Readonly<Record<string, string>> = {
  'payment.mref': "'history-' || n",
  'inbox.digest': 'randomblob(32)',
  'inbox.sent_at': '1600000000000 + n * 250',
  person_id: 'person',
  device_id: 'device',
  payer: "'person:' || person",
  'transfer.debit': "'person:' || person",
  'entry.account': "iif(t.account LIKE 'person:%', 'person:' || person, t.account)",
};

/**
 * Fills a file in which one payment was made with `payments` like it, spread over all customers: all rows that the payment has
 * written are written again under other txns. The sums of the accounts follow.
 */
export function fillHistory(path: string, payments: number): void {
  const file = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 10_000 });
  file.exec('PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1000000; BEGIN IMMEDIATE');
  const txn = String(Object.values(file.prepare('SELECT txn FROM payment').get() ?? {})[0]);
  // A factor that is odd makes another txn of each number, and spreads them as chance does.
  file.exec(`
    CREATE TEMP TABLE copy (n INTEGER PRIMARY KEY, txn TEXT NOT NULL, person INTEGER NOT NULL, device INTEGER NOT NULL);
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${payments}),
      customer AS (SELECT person_id, id, row_number() OVER () - 1 AS place, count(*) OVER () AS customers FROM device)
    INSERT INTO copy SELECT n, printf('%08x%08x', 1600000000 + n / 4, (n * 2654435761) & 0xffffffff), person_id, id
    FROM number JOIN customer ON place = n % customers`);
  for (const [table, condition] of Object.entries(TABLES)) {
    const columns = file.prepare(`SELECT name, pk, type FROM pragma_table_info(?)`).all(table);
    const copied = columns.filter(
      ({ type, pk }) => !(type === 'INTEGER' && pk === 1 && columns.every((c) => Number(c['pk']) < 2)),
    );
    const names = copied.map(({ name }) => String(name));
    const values = names.map((name) => {
      const value = VALUES[`${table}.${name}`] ?? VALUES[name];
      return value ?? `iif(typeof(t.${name}) = 'text', replace(t.${name}, :txn, c.txn), t.${name})`;
    });
    file.exec(
      `CREATE TEMP TABLE template_${table} AS SELECT * FROM main.${table} WHERE ${condition.replaceAll(':txn', `'${txn}'`)}`,
    );
    file
      .prepare(
        `INSERT INTO main.${table} (${names.join(', ')})
         SELECT ${values.join(', ')} FROM temp.copy c CROSS JOIN temp.template_${table} t`,
      )
      .run({ txn });
  }
  file.exec(`
    UPDATE account SET debits_posted = debits_posted + s.debits, credits_posted = credits_posted + s.credits FROM
      (SELECT e.account, e.currency, sum(max(-e.minor, 0)) AS debits, sum(max(e.minor, 0)) AS credits
       FROM entry e JOIN temp.copy c ON e.transfer_id = c.txn || ':charge' GROUP BY e.account, e.currency) s
    WHERE owner = s.account AND account.currency = s.currency;
    COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`);
  file.close();
}

/** Octets of a file without its free pages, after what its log holds was written to it. */
export function octetsOfFile(path: string): number {
  const file = new DatabaseSync(path, { timeout: 10_000 });
  file.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const pragma = (name: string) => Number(Object.values(file.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const octets = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  file.close();
  return octets;
}
