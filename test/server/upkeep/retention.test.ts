import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEPT, nextRetention } from '../../../server/upkeep/retention.ts';
import { showKeyOnce } from '../ciba/client-key.ts';
import { PIN, shop, type World } from '../world.ts';

const DAY_MS = 24 * 3_600_000;

/** A shop with a row in every table that retention shortens: a payment, one refunded, one open in review, a balance query, a wrong PIN. */
async function busyShop() {
  const opened = await shop('retention');
  const { world, customer, merchant } = opened;
  const paid = async (mref: string) => {
    const payment = await world.request(merchant, { mref });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    return payment.txn;
  };
  const refunded = await paid('refunded');
  await world.service.refund(refunded);
  await world.service.receipt(refunded);
  const kept = await paid('paid');
  await world.service.receipt(kept);
  await world.request(merchant, { mref: 'expired' });
  await world.clock.advance(2_000);
  customer.phone.approve('00000');
  customer.phone.query(new Uint8Array(8).fill(7), 'balance');
  const { party } = await world.service.parties.add({
    name: 'Banca',
    shortName: 'Banca',
    kinds: ['login'],
    requestsADay: 9,
  });
  const login = { kind: 'login', key: 'a', who: customer.person.number, title: 'Conto' } as const;
  await world.service.authentications.request(party, login);
  await showKeyOnce(world, party);
  await world.service.parties.ciba.authorize(party, { scope: 'openid', login_hint: '+393409999999' });
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(300_000);
  return { ...opened, refunded, kept };
}

/** Opens the service `days` later, at the hour of the job, and waits for its end. */
async function openLater(world: World, days: number) {
  world.kill();
  await world.clock.advance(days * DAY_MS);
  await world.open();
  await world.clock.advance(DAY_MS);
}

async function counts(world: World): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of [...KEPT.map((kept) => kept.table), ...WITH_PAYMENTS]) {
    found[table] =
      (await world.look((tx) => tx.get(`SELECT count(*) AS n FROM ${table}`, (row) => row.integer('n')))) ?? 0;
  }
  return found;
}

const WITH_PAYMENTS = ['evidence', 'attempt', 'refund', 'merchant_receipt', 'transfer_end', 'entry'];

/** The days after which each table is empty, and one day less, when it is not. */
const LIMITS = KEPT.map(({ table, days }) => ({ table, days }));

/** Two rows of the year 1970 a table: one that stays for what it says, and its twin, which goes. */
const OLD_ROWS: readonly {
  readonly what: string;
  readonly table: string;
  readonly column: string;
  readonly insert: (name: string, values: string, now: number) => readonly string[];
  readonly stays: string;
  readonly goes: string;
}[] = [
  {
    what: 'a frame that was set aside',
    table: 'inbox',
    column: 'originator',
    insert: (name, frame) => [
      `INSERT INTO inbox (digest, sent_at, originator, received_at, frame, result) VALUES (${octets(name)}, 0, '${name}', 0, ${frame}, 'set aside')`,
    ],
    stays: "x'01'",
    goes: 'NULL',
  },
  {
    what: 'a message that was not sent yet',
    table: 'outbox',
    column: 'number',
    insert: (name, ended) => [
      `INSERT INTO outbox (number, device_id, message, ref, state, useful_until, created_at, ended_at)
       SELECT '${name}', id, '', '', 'resting', 0, 0, ${ended} FROM device LIMIT 1`,
    ],
    stays: 'NULL',
    goes: '1',
  },
  {
    what: 'a payment that was changed lately',
    table: 'payment',
    column: 'mref',
    insert: (name, changed, now) => [
      `INSERT INTO payment (txn, merchant_id, mref, fingerprint, person_id, minor, currency, reference, ttl, match_code, state, created_at, changed_at)
       VALUES ('${name.padEnd(16, '0')}', 1, '${name}', '', 1, 5, 'EUR', '', 120, 0, 'REJECTED', 0, ${changed === 'now' ? now : changed})`,
    ],
    stays: 'now',
    goes: '0',
  },
  {
    what: 'a payment in review',
    table: 'payment',
    column: 'mref',
    insert: (name, state) => [
      `INSERT INTO payment (txn, merchant_id, mref, fingerprint, person_id, minor, currency, reference, ttl, match_code, state, created_at, changed_at)
       VALUES ('${name.padEnd(16, '0')}', 1, '${name}', '', 1, 5, 'EUR', '', 120, 0, ${state}, 0, 0)`,
    ],
    stays: "'REVIEW'",
    goes: "'DECLINED'",
  },
  {
    what: 'a deposit that was booked lately',
    table: 'transfer',
    column: 'id',
    insert: (name, ended, now) => [
      `INSERT INTO transfer VALUES ('${name}', NULL, 'cash', 'person:1', 5, 'EUR', 0)`,
      `INSERT INTO transfer_end VALUES ('${name}', 'voided', ${ended === 'now' ? now : ended})`,
    ],
    stays: 'now',
    goes: '0',
  },
  {
    what: 'a deposit that is pending',
    table: 'transfer',
    column: 'id',
    insert: (name, ended) => [
      `INSERT INTO transfer VALUES ('${name}', NULL, 'cash', 'person:1', 5, 'EUR', 0)`,
      `INSERT INTO transfer_end SELECT '${name}', 'voided', 0 WHERE ${ended}`,
    ],
    stays: 'false',
    goes: 'true',
  },
  {
    what: 'a question whose deadline is not long ago',
    table: 'challenge',
    column: 'ref',
    insert: (name, deadline, now) => [
      `INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline)
       SELECT '${name.padEnd(16, '0')}', 'enrolment', id, x'', ${octets(name)}, 0, ${deadline === 'now' ? now : deadline} FROM device LIMIT 1`,
    ],
    stays: 'now',
    goes: '0',
  },
];

/** A literal of SQL. */
function octets(text: string): string {
  return `x'${Buffer.from(text).toString('hex')}'`;
}

describe('retention', () => {
  it.each(LIMITS)('keeps $table for $days days and not longer', async ({ table, days }) => {
    const { world } = await busyShop();
    const before = (await counts(world))[table];
    expect(before).toBeGreaterThan(0);
    await openLater(world, days - 2);
    expect((await counts(world))[table]).toBeGreaterThanOrEqual(before ?? 0);
    await openLater(world, 2);
    // What the service writes at its starts is younger.
    expect((await counts(world))[table]).toBeLessThan(before ?? 0);
    expect(await world.breaches()).toEqual([]);
  });

  it('deletes all of an old payment, and the balances stay', async () => {
    const { world, customer } = await busyShop();
    const holdings = await world.service.holdings(customer.person.id);
    await openLater(world, 11 * 366);
    const left = await counts(world);
    for (const table of ['payment', 'authentication', 'challenge', 'transfer', ...WITH_PAYMENTS])
      expect(left[table], table).toBe(0);
    expect(await world.service.holdings(customer.person.id)).toEqual(holdings);
    expect(await world.breaches()).toEqual([]);
  });

  it.each(['journal', 'evidence', 'transfer', 'transfer_end', 'entry', 'merchant_receipt'])(
    'lets nobody else delete from %s, old or not',
    async (table) => {
      const { world } = await busyShop();
      await world.service.close();
      const store = await world.store();
      const erase = () => store.transaction('erase', (tx) => tx.run(`DELETE FROM ${table}`));
      await expect(erase()).rejects.toThrow('append only');
      await store.transaction('one day', (tx) => tx.run('UPDATE deletion SET before = 1'));
      await expect(erase()).rejects.toThrow('append only');
      await store.close();
    },
  );

  it('lets nobody delete what is old after it has ended', async () => {
    const { world } = await busyShop();
    await openLater(world, 11 * 366);
    const store = await world.store();
    const erase = store.transaction('erase', async (tx) => {
      await tx.run("INSERT INTO journal (at, subject, event) VALUES (0, 'old', '{}')");
      await tx.run("DELETE FROM journal WHERE subject = 'old'");
    });
    await expect(erase).rejects.toThrow('append only');
    await store.close();
  });

  it('goes through a long table in batches, past the rows that stay', async () => {
    const { world } = await busyShop();
    await world.service.close();
    const store = await world.store();
    const age = world.clock.now() - 40 * DAY_MS;
    await store.transaction('fill', async (tx) => {
      await tx.run('DELETE FROM outbox');
      for (let n = 0; n < 350; n += 1) {
        await tx.run(
          `INSERT INTO outbox (number, device_id, message, ref, state, useful_until, created_at, ended_at)
           SELECT '', id, '', '', 'sent', 0, ?, ? FROM device LIMIT 1`,
          age,
          n < 150 ? world.clock.now() : age,
        );
      }
    });
    await store.close();
    await world.open();
    let most = 0;
    let inBatch = 0;
    world.beforeStatement = (sql) => {
      if (sql.startsWith('DELETE FROM outbox')) inBatch += 1;
    };
    world.afterCommit = () => {
      most = Math.max(most, inBatch);
      inBatch = 0;
    };
    await world.clock.advance(DAY_MS);
    const left = await world.look((tx) =>
      tx.get("SELECT count(*) AS n FROM outbox WHERE number = ''", (row) => row.integer('n')),
    );
    expect(left).toBe(150);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(100);
  });

  it.each(OLD_ROWS)('keeps $what, however old', async ({ table, column, insert, stays, goes }) => {
    const { world } = await shop('retention');
    await world.service.close();
    const store = await world.store();
    await store.transaction('old rows', async (tx) => {
      for (const [name, values] of [
        ['stays', stays],
        ['goes', goes],
      ] as const) {
        for (const sql of insert(name, values, world.clock.now())) await tx.run(sql);
      }
    });
    await store.close();
    await world.open();
    await world.clock.advance(DAY_MS);
    const left = await world.look((tx) =>
      tx.all(`SELECT ${column} AS name FROM ${table} WHERE ${column} LIKE 'stays%' OR ${column} LIKE 'goes%'`, (row) =>
        row.text('name'),
      ),
    );
    expect(left).toEqual([expect.stringMatching(/^stays/)]);
  });

  it('runs at three in the morning UTC', () => {
    const at = (time: string) => new Date(nextRetention(Date.parse(time))).toISOString();
    expect(at('2010-03-01T02:59:59.999Z')).toBe('2010-03-01T03:00:00.000Z');
    expect(at('2010-03-01T03:00:00.000Z')).toBe('2010-03-02T03:00:00.000Z');
    expect(at('2010-03-01T23:00:00.000Z')).toBe('2010-03-02T03:00:00.000Z');
  });

  it('says in the README what is kept how long', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../../server/README.md'), 'utf8');
    for (const { table, days } of KEPT) {
      const said = days === 11 * 366 ? '11 years' : `${days} days`;
      expect(
        readme.split('\n').filter((line) => line.includes(`\`${table}\``) && line.includes(said)),
        table,
      ).toHaveLength(1);
    }
  });
});
