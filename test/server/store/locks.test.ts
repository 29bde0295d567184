import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cardDay, day } from '../days.ts';
import { type Body, throughSql } from '../run-twice.ts';

/** The order in which rows are locked, so that no two transactions wait for each other. Nobody waits long for others' timers and outbox rows. */
const ORDER = [
  'person',
  'device',
  'challenge',
  'party_consent',
  'payment',
  'authentication',
  'ciba_request',
  'attempt',
  'account',
  'party_in_vain',
  'relying_party',
  'receipt',
  'asked_in_vain',
  'merchant',
  'audit_head',
];

/** The tables whose rows a statement locks on PostgreSQL. */
function lockedBy(sql: string): string[] {
  const lock = /FOR UPDATE(?: OF (\w+))?/.exec(sql);
  if (lock !== null) {
    const tables = [...sql.matchAll(/(?:FROM|JOIN) (\w+)(?: (?:AS )?(\w+))?/g)];
    return tables.flatMap(([, table, alias]) => (table && (lock[1] === undefined || lock[1] === alias) ? [table] : []));
  }
  const written = /^(?:UPDATE|DELETE FROM) (\w+)/.exec(sql) ?? /^INSERT INTO (\w+).*DO UPDATE/s.exec(sql);
  return written?.[1] === undefined ? [] : [written[1]];
}

/** A transaction that ran, and its statements. */
interface Played {
  readonly name: string;
  readonly statements: readonly string[];
}

/** Plays a day. @returns the statements of each transaction, by its name */
async function statementsOf(play: (body: Body) => Promise<unknown>): Promise<Played[]> {
  const transactions: Played[] = [];
  await play((name, work) => (tx) => {
    const statements: string[] = [];
    transactions.push({ name, statements });
    return work(
      throughSql(tx, (sql) => {
        statements.push(sql);
        return sql;
      }),
    );
  });
  return transactions;
}

/** The rows that SELECTs lock, a line for each way in which transactions of a name do it. */
function readLocks(played: readonly Played[]): string[] {
  const lines = played.map(({ name, statements }) => {
    const locked = statements.filter((sql) => sql.includes('FOR UPDATE')).flatMap(lockedBy);
    return locked.length === 0 ? [] : [`${name}: ${locked.join(', ')}`];
  });
  return [...new Set(lines.flat())].toSorted();
}

/** The tables in which a transaction locks rows, each where it comes first, unless they are in order. */
function outOfOrder(played: readonly Played[]): string[] {
  return played.flatMap(({ name, statements }) => {
    const locked = [...new Set(statements.flatMap(lockedBy))].filter((table) => ORDER.includes(table));
    const sorted = locked.toSorted((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other));
    return locked.join() === sorted.join() ? [] : [`${name}: ${locked.join(', ')}`];
  });
}

describe('what is decided by is locked before, in one order', () => {
  it('with the ledger', async () => {
    const played = await statementsOf(day);
    expect(outOfOrder(played)).toEqual([]);
    expect(readLocks(played)).toEqual([
      'activation: person, device',
      'authentication: device, challenge, relying_party',
      'authentication: device, relying_party',
      'cancel authentication: authentication, relying_party',
      'cancel authentication: challenge, authentication, party_in_vain, relying_party',
      'cancel authentication: challenge, party_in_vain, relying_party',
      'cancel: challenge, asked_in_vain, merchant',
      'check of the ledger: ledger_checkpoint',
      'consent revoked: device, challenge',
      'hand over: outbox',
      'key of a client: relying_party',
      'message: device',
      'message: device, challenge',
      'message: device, challenge, authentication',
      'message: device, challenge, authentication, party_in_vain, relying_party',
      'message: device, challenge, device',
      'message: device, challenge, payment',
      'message: device, challenge, payment, asked_in_vain, merchant',
      'message: device, challenge, receipt',
      'message: device, device',
      'message: device, device, merchant',
      'order: person, device',
      'order: person, device, challenge, challenge, asked_in_vain, merchant, challenge, challenge, challenge',
      'order: person, device, challenge, challenge, challenge, challenge',
      'refund: payment, account',
      'request: device',
      'timer authentication: authentication, relying_party',
      'timer challenge: challenge',
      'timer challenge: challenge, authentication, party_in_vain, relying_party',
      'timer challenge: challenge, payment, asked_in_vain, merchant',
      'timer device-unblock: device',
      'timer receipt-repeat: receipt',
    ]);
  });

  it('with a rail outside the service', async () => {
    const played = await statementsOf(cardDay);
    expect(outOfOrder(played)).toEqual([]);
    expect(readLocks(played)).toEqual([
      'activation: person, device',
      'answer of a rail: payment, attempt',
      'answer of a rail: payment, attempt, account',
      'check of the ledger: ledger_checkpoint',
      'hand over: outbox',
      'message: device, challenge',
      'message: device, challenge, device',
      'message: device, challenge, payment',
      'notice of a rail: payment, attempt, account',
      'refund: payment',
      'request: device',
      'resolve: payment, payment, attempt',
      'timer attempt: payment, attempt',
    ]);
  });

  // What is claimed with SKIP LOCKED is not waited for.
  it('by functions that say so in their names, and that take a Tx', () => {
    const root = join(import.meta.dirname, '../../../server');
    const owners = globSync('**/*.ts', { cwd: root }).flatMap((file) => {
      const source = readFileSync(join(root, file), 'utf8');
      return [...source.matchAll(/FOR UPDATE(?! SKIP LOCKED)/g)].flatMap(({ index }) => {
        const before = source.slice(0, index);
        if (/\/\*\*(?:(?!\*\/).)*$/s.test(before) || file.startsWith('store/')) return [];
        const [name = '', parameters = ''] =
          [...before.matchAll(/(?:const (LOCK_\w+) =|(\w+)\(\s*(tx: \w+))/g)]
            .at(-1)
            ?.slice(1)
            .filter((found) => found !== undefined) ?? [];
        return [[file, name, parameters]];
      });
    });
    expect(owners.length).toBeGreaterThan(8);
    expect(
      owners.filter(
        ([, name = '', parameters]) => !/^lock/i.test(name) || (parameters !== 'tx: Tx' && name !== 'LOCK_DEVICE'),
      ),
    ).toEqual([]);
  });
});
