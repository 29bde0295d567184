import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServiceKeys, openService, servicePrimitives } from '../../../server/index.ts';
import { seededRandom, VirtualClock } from '../../../sim/index.ts';
import type { CameFrame } from '../../../sim/loop/air.ts';
import { leftOver, lostOnTheWay, neverIn } from '../../../sim/loop/left-over.ts';

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
function found(
  table: string,
  row: Readonly<Record<string, string | number | Uint8Array>>,
  look: () => readonly { readonly text: string }[] = () => leftOver(database, NOW),
): readonly string[] {
  const file = new DatabaseSync(database);
  const names = Object.keys(row);
  file.exec('PRAGMA foreign_keys = OFF; SAVEPOINT before');
  file
    .prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`)
    .run(...Object.values(row));
  file.exec('RELEASE before');
  const texts = look().map(({ text }) => text);
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

const CHANGE = { device_id: 1, pcid: 'c', state: 'changed', ctr: 1 };
const KEY = new Uint8Array(1);

it.each<[Readonly<Record<string, string | number | Uint8Array>>, readonly string[]]>([
  [CHANGE, []],
  [{ ...CHANGE, state: 'open', new_key: KEY }, []],
  [{ ...CHANGE, former_key: KEY }, []],
  [{ ...CHANGE, state: 'open', former_key: KEY }, ['a change of a PIN has ended and is open: 1: c']],
  [{ ...CHANGE, new_key: KEY }, ['a change of a PIN has ended and keeps its messages: 1: c']],
  [{ ...CHANGE, state: 'refused', proof: KEY }, ['a change of a PIN has ended and keeps its messages: 1: c']],
])('the change %j is never so: %j', (row, texts) => {
  expect(found('pin_change', row, () => neverIn(database))).toEqual(texts);
});

it('a phone never has two open changes', () => {
  const other = { ...CHANGE, state: 'open', pcid: 'd' };
  const look = () => found('pin_change', other, () => neverIn(database)).map((text) => ({ text }));
  expect(found('pin_change', { ...CHANGE, state: 'open' }, look)).toEqual([
    'a phone has two open changes of its PIN: 1',
  ]);
});

describe('of what the network knows', () => {
  const CAME: CameFrame = { from: '+39', at: NOW - 1 };
  const nothing = { came: new Map(), accepted: new Map(), spoilt: new Set<string>() };
  const DIGEST = Buffer.from('d').toString('hex');
  const SENT = { ...FRAME, state: 'sent', ended_at: 5 };

  it.each<[string, Parameters<typeof lostOnTheWay>[2], number]>([
    ['a frame that is not there', { ...nothing, came: new Map([['ff', CAME]]) }, 1],
    ['one that is there', { ...nothing, came: new Map([[DIGEST, CAME]]) }, 0],
    [
      'one of a phone whose messages were spoilt',
      { ...nothing, came: new Map([['ff', CAME]]), spoilt: new Set(['+39']) },
      0,
    ],
    ['one of ten days ago', { ...nothing, came: new Map([['ff', { ...CAME, at: NOW - 10 * 86_400_000 }]]) }, 0],
  ])('%s', (_, air, violations) => {
    expect(lostOnTheWay(database, NOW, air)).toHaveLength(violations);
  });

  it.each([
    [0, ['1 to +39 are called sent, and the network has accepted 0']],
    [1, []],
  ])('a frame that is called sent when %i were accepted: %j', (accepted, texts) => {
    const air = { ...nothing, accepted: new Map([['+39', accepted]]) };
    expect(found('outbox', SENT, () => lostOnTheWay(database, NOW, air))).toEqual(texts);
  });
});
