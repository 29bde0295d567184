import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServiceKeys, openService, servicePrimitives } from '../../../server/index.ts';
import { seededRandom, VirtualClock } from '../../../sim/index.ts';
import { leftOver } from '../../../sim/loop/left-over.ts';

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-left-over-'));
const database = join(folder, 'service.db');
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = 1_000_000;

/** The tables of the service, with nothing in them. */
beforeAll(async () => {
  const random = seededRandom('left over');
  const { keys } = createServiceKeys(servicePrimitives(), random);
  const service = await openService({ database, keys, number: '+393400000000', clock: new VirtualClock(), random });
  await service.close();
});

/** What is found of one row, which is taken out again. */
function found(table: string, row: Readonly<Record<string, string | number>>): readonly string[] {
  const file = new DatabaseSync(database);
  const names = Object.keys(row);
  file.exec('PRAGMA foreign_keys = OFF; SAVEPOINT before');
  file
    .prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`)
    .run(...Object.values(row));
  file.exec('RELEASE before');
  const texts = leftOver(database, NOW).map(({ text }) => text);
  file.prepare(`DELETE FROM ${table} WHERE ${names[0]} = ?`).run(row[names[0] ?? ''] ?? '');
  file.close();
  return texts;
}

it('of a service that has done everything is nothing', () => {
  expect(leftOver(database, 0)).toEqual([]);
});

const FRAME = {
  number: '+39',
  device_id: 1,
  message: 'RECEIPT',
  ref: 'r',
  state: 'resting',
  useful_until: 9,
  created_at: 1,
};
const SMS = { digest: 'd', sent_at: 1, originator: '+39', received_at: 1, frame: 'f' };

it.each<[string, Readonly<Record<string, string | number>>, readonly string[]]>([
  ['outbox', FRAME, ['a frame for a phone waits: +39: RECEIPT resting']],
  ['outbox', { ...FRAME, state: 'sent', ended_at: 5 }, []],
  ['pin_change', { device_id: 1, pcid: 'c', state: 'open', ctr: 1 }, ['a change of a PIN is open: 1: c']],
  ['pin_change', { device_id: 1, pcid: 'c', state: 'changed', ctr: 1 }, []],
  ['timer', { kind: 'attempt', subject: 'k', due: NOW - 200_000 }, ['a timer has not fired: attempt k']],
  ['timer', { kind: 'attempt', subject: 'k', due: NOW - 1_000 }, []],
])('is a row of %s that is %j: %j', (table, row, texts) => {
  expect(found(table, row)).toEqual(texts);
});

it('is a message of a phone that nobody has dealt with', () => {
  const octets = new TextEncoder().encode('d');
  const file = new DatabaseSync(database);
  const insert = file.prepare(
    'INSERT INTO inbox (digest, sent_at, originator, received_at, frame, result) VALUES (?, ?, ?, ?, ?, ?)',
  );
  insert.run(octets, SMS.sent_at, SMS.originator, SMS.received_at, octets, null);
  insert.run(octets, 2, SMS.originator, SMS.received_at, octets, 'APPROVE');
  file.close();
  expect(leftOver(database, NOW).map(({ text }) => text)).toEqual([
    'nobody has dealt with a message of a phone: +39: message 1',
  ]);
});
