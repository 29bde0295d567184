import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { openStore } from '../../../server/store/open-store.ts';
import { TYPES } from '../../../server/store/postgres-connection.ts';
import { WITH_ROWID } from '../../../server/store/postgres-tables.ts';
import { seededRandom, VirtualClock } from '../../../sim/index.ts';
import { showKeyOnce } from '../ciba/client-key.ts';
import { newDatabase, temporaryFolder } from '../database.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { rotate } from '../rotate.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { CUSTOMER_NUMBER, PIN, World } from '../world.ts';

/**
 * The file of a shop that ended in the middle of its work: a paid payment with a refund and a wrong PIN before it, one that was
 * refused, a login that was refused and two of nobody, one of them by CIBA, a key that has signed, the key of pairwise names, an operator, a deposit that waits for a second one, a phone that was locked and unlocked, half a change of a PIN, another service key, a charge whose rail has not answered, a person with an alias whose phone has not answered, a request that waits, and a frame that the bearer had.
 */
export async function movedShop() {
  const world = new World('move', { limits: WIDE_LIMITS });
  const file = join(temporaryFolder(), 'service.db');
  await world.open(file);
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const { merchant } = await world.merchant();
  const say = async (pin: string) => {
    customer.phone.approve(pin);
    await world.clock.advance(3_000);
  };
  const paid = await world.request(merchant);
  await world.clock.advance(2_000);
  await say('00000');
  await say(PIN);
  await world.service.refund(paid.txn, { key: 'a', amount: { minor: 250, currency: 'EUR' } });
  const refused = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.refuse();
  await world.clock.advance(3_000);
  const act = (url: string, payload: object) =>
    world.service.http.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${world.adminKey}` } });
  await act('/v1/operators', { name: 'carla', role: 'clerk' });
  const large = { amount: { minor: 900_000, currency: 'EUR' }, reference: 'large' };
  await act(`/v1/people/${customer.person.id}/deposits`, large);
  const late = await world.service.addPerson({ number: '+393400000009', name: 'Zoë', language: 'it' });
  await world.service.activate(late.id);
  await world.service.aliases.set(late.id, 'ZOE');
  await world.service.cashRegisters.add('12345678', merchant.id);
  const { party } = await world.service.parties.add({
    name: 'Banca',
    shortName: 'Banca',
    kinds: ['login'],
    requestsADay: 9,
  });
  for (const who of [CUSTOMER_NUMBER, '+393409999999']) {
    const order = { kind: 'login', key: who.slice(1), who, title: 'Conto' } as const;
    await world.service.authentications.request(party, order);
    await world.clock.advance(2_000);
  }
  await showKeyOnce(world, party);
  await world.service.parties.ciba.authorize(party, { scope: 'openid', login_hint: '+393409999999' });
  await world.service.parties.jwsKeys.sign('moved+jwt', {});
  await world.service.parties.pairwise.of(party.id, customer.person.id);
  customer.phone.refuse('no');
  await world.clock.advance(3_000);
  await world.service.phoneOrders.give(customer.person.id, 'lock');
  await world.clock.advance(3_000);
  await world.service.phoneOrders.give(customer.person.id, 'unlock');
  await world.clock.advance(3_000);
  customer.phone.newPin(PIN);
  await world.clock.advance(3_000);
  await rotate(world, 'sealing');
  await world.service.close();

  const rail = new ScriptedRail();
  await world.open(file, { rails: [rail] });
  const unknown = await world.request(merchant);
  await world.clock.advance(2_000);
  await say(PIN);
  await world.service.close();

  await world.open(file);
  const asked = await world.request(merchant);
  await world.clock.advance(2_000);
  world.air.delay = new Promise(() => {});
  const handed = await world.request(merchant);
  await world.clock.advance(100);
  world.kill();
  world.air.delay = undefined;
  return { world, file, rail, customer, merchant, paid, refused, unknown, asked, handed };
}

let known: ReturnType<typeof movedShop> | undefined;

/** A copy of the file of one shop for all tests that only move it. */
export async function movedFile(): Promise<string> {
  known ??= movedShop();
  const { file } = await known;
  const copy = join(temporaryFolder(), 'service.db');
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix);
  return copy;
}

/** A database of PostgreSQL whose tables are there and empty. */
export async function emptyPostgres(): Promise<string> {
  const database = await newDatabase();
  const clock = new VirtualClock();
  const { store } = await openStore({
    database,
    clock,
    random: seededRandom('empty'),
    hold: (work) => void clock.hold(work),
  });
  await store.close();
  return database;
}

/** Rows as JSON, by table. */
export type Rows = Readonly<Record<string, readonly string[]>>;

/** All rows of a file; with their `rowid` where PostgreSQL has that column, and in its order. */
export function rowsOfFile(path: string): Rows {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return Object.fromEntries(
      names.map(({ name }) => {
        const hasRowid = WITH_ROWID.includes(String(name));
        const sql = hasRowid ? `SELECT rowid, * FROM ${name} ORDER BY rowid` : `SELECT * FROM ${name}`;
        return [String(name), database.prepare(sql).all().map(asText).toSorted()];
      }),
    );
  } finally {
    database.close();
  }
}

/** All rows of a database of PostgreSQL. */
export async function rowsOfPostgres(url: string): Promise<Rows> {
  return onPostgresClient(url, async (client) => {
    const tables = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'cash_mobile'",
    );
    const found: Record<string, readonly string[]> = {};
    for (const { name } of tables.rows) {
      found[name] = (await client.query(`SELECT * FROM ${name}`)).rows.map(asText).toSorted();
    }
    return found;
  });
}

/** A database of PostgreSQL without tables. */
export async function barePostgres(): Promise<string> {
  const url = await newDatabase();
  await change(url, 'DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
  return url;
}

/** Does `work` while another connection holds what these statements lock. */
export async function whileHeld(url: string, statements: readonly string[], work: () => Promise<void>): Promise<void> {
  await onPostgresClient(url, async (client) => {
    for (const sql of statements) await client.query(sql);
    await work();
  });
}

/** Runs statements behind the back of everybody. */
export async function change(url: string, ...statements: readonly string[]): Promise<void> {
  await onPostgresClient(url, async (client) => {
    for (const sql of statements) await client.query(sql);
  });
}

async function onPostgresClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, types: TYPES });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Columns in the order of their names, because a file of an earlier version has them in another one. */
function asText(row: Readonly<Record<string, unknown>>): string {
  const columns = Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(columns.map(([name, value]) => [name, value instanceof Uint8Array ? hex(value) : value]));
}

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
