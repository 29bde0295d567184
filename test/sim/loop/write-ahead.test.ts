import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { SmsBearer, SmsContent } from '../../../modem/index.ts';
import { refOf } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { Bank } from '../../../sim/loop/bank.ts';
import { Lifeline } from '../../../sim/loop/lifeline.ts';
import { WriteAhead } from '../../../sim/loop/write-ahead.ts';

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-write-ahead-'));
const database = join(folder, 'service.db');
const file = new DatabaseSync(database);
file.exec(`CREATE TABLE outbox (frame BLOB, state TEXT, ended_at INTEGER); CREATE TABLE attempt (rail_key TEXT);
  INSERT INTO outbox VALUES (x'01', 'handed', NULL), (x'02', 'waiting', NULL), (x'03', 'handed', 9);
  INSERT INTO attempt VALUES ('0000000000000000:charge')`);
afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

let told: string[];
let ahead: WriteAhead;
beforeEach(() => {
  told = [];
  ahead = new WriteAhead(database, (text) => told.push(text));
});

const bearer: SmsBearer = {
  send: async () => ({ kind: 'sent', references: [1] }),
  receive() {},
  close: async () => {},
};

function frame(octet: number): SmsContent {
  return { kind: 'data', data: new Uint8Array([octet]), ports: { destination: 1, source: 1 } };
}

const EARLY = ['a message to +39 left, and is not on disk'];

it.each<readonly [string, SmsContent, readonly string[]]>([
  ['that is marked as handed over may leave', frame(1), []],
  ['that waits', frame(2), EARLY],
  ['that has ended', frame(3), EARLY],
  ['of which nothing is known', frame(4), EARLY],
  ['that is no frame', { kind: 'text', text: 'Ciao' }, EARLY],
])('a message %s', async (_, content, words) => {
  await ahead.bearer(bearer).send({ id: '1', destination: '+39', content });
  expect(told).toEqual(words);
});

it('what a transaction has not committed yet is not on disk', async () => {
  file.exec("BEGIN; INSERT INTO outbox VALUES (x'05', 'handed', NULL)");
  await ahead.bearer(bearer).send({ id: '1', destination: '+39', content: frame(5) });
  file.exec('ROLLBACK');
  expect(told).toEqual(EARLY);
});

it.each([
  ['is on disk', refOf(new Uint8Array(8)), []],
  ['is not', refOf(new Uint8Array(8).fill(1)), ['the order 0101010101010101:charge left, and is not on disk']],
])('an order that %s', async (_, txn, words) => {
  const clock = new VirtualClock();
  let left = 0;
  const lifeline = new Lifeline(() => {
    left += 1;
  });
  const rail = ahead.rail(new Bank(clock, 'repeat', () => {}).rail(lifeline, clock));
  if (rail.local) throw new Error('the bank is elsewhere');
  const order = { key: `${txn}:charge`, txn, kind: 'charge', amount: { minor: 1, currency: 'EUR' } } as const;
  void rail.send({ ...order, payer: 'clearing:bank', merchant: 'merchant:1', note: '' });
  expect([told, left]).toEqual([words, 1]);
});
