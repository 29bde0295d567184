import { describe, expect, test } from 'vitest';
import { eraseRecords, RecordStorage, suitesWithRecords } from '../../../device/firmware/record-storage.ts';
import { type Flash, FlashError, memoryFlash } from '../../../device/index.ts';

const ABSENT = { code: 'not-found', reason: 'There is no record store history' };

/** A store with the records 2, 9, 10 and 11, each with its id as its first octet. */
function filled(flash: Flash, suite = 'A'): RecordStorage {
  const storage = new RecordStorage(flash, suite, () => 5);
  storage.open('history', true);
  for (let id = 1; id <= 11; id += 1) storage.put('history', id, Uint8Array.of(id, 0xff));
  for (const id of [1, 3, 4, 5, 6, 7, 8]) storage.delete('history', id);
  return storage;
}

const STORED = {
  nextId: 12,
  version: 18,
  modified: 5,
  records: [2, 9, 10, 11].map((id) => [id, Uint8Array.of(id, 0xff)]),
};

describe('The record stores of a suite in the flash', () => {
  test('come back as they were, in the order of their ids', () => {
    const flash = memoryFlash();
    filled(flash);
    expect(new RecordStorage(flash, 'A').open('history', false)).toEqual(STORED);
  });

  test('of the first version of the flash, which counted no changes, are read', () => {
    const flash = memoryFlash();
    flash.write('records/A/history', { nextId: 3, records: { 2: '02ff' } });
    const storage = new RecordStorage(flash, 'A', () => 7);
    const records = [[2, Uint8Array.of(2, 0xff)]];
    expect(storage.open('history', false)).toEqual({ nextId: 3, version: 0, modified: 0, records });
    storage.put('history', 2, Uint8Array.of(2, 0xff));
    expect(storage.open('history', false)).toEqual({ nextId: 3, version: 1, modified: 7, records });
  });

  test('are sections as in the first version of the flash, with the changes counted', () => {
    const flash = memoryFlash();
    filled(flash);
    expect(flash.read('records/A/history')).toEqual({
      nextId: 12,
      records: { 2: '02ff', 9: '09ff', 10: '0aff', 11: '0bff' },
      changed: [18, 5],
    });
  });

  test('belong to one suite and one name, and are gone when removed', () => {
    const flash = memoryFlash();
    const storage = filled(flash);
    expect(storage.open('other', false)).toBeUndefined();
    const other = new RecordStorage(flash, 'B');
    expect(other.open('history', false)).toBeUndefined();
    expect(other.remove('history')).toEqual(ABSENT);
    expect(storage.open('history', false)).toEqual(STORED);
    expect(storage.remove('history')).toBeUndefined();
    expect([storage.open('history', false), new RecordStorage(flash, 'A').open('history', false)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('are made once, and stay when nothing was written', () => {
    const flash = memoryFlash();
    expect(new RecordStorage(flash, 'A').open('history', true)).toEqual({
      nextId: 1,
      version: 0,
      modified: 0,
      records: [],
    });
    expect(new RecordStorage(flash, 'A').open('history', false)).toEqual({
      nextId: 1,
      version: 0,
      modified: 0,
      records: [],
    });
  });

  test('have names of their own, whatever is in them', () => {
    const flash = memoryFlash();
    const names = ['a', 'a/b', 'a%2Fb', 'a~2', '%', 'è', '__proto__', '%5F_proto__', 'constructor'];
    for (const name of names) new RecordStorage(flash, 'A').open(name, true);
    new RecordStorage(flash, 'B').open('other', true);
    expect(new RecordStorage(flash, 'A').list()).toEqual(names);
    expect(suitesWithRecords(flash)).toEqual(['A', 'B']);
  });

  test('are erased for one suite', () => {
    const flash = memoryFlash();
    for (const suite of ['A', 'A~2', 'B']) filled(flash, suite);
    eraseRecords(flash, 'A');
    expect(suitesWithRecords(flash)).toEqual(['A~2', 'B']);
  });

  test('keep the next id when the last record is deleted', () => {
    const flash = memoryFlash();
    const storage = filled(flash);
    storage.delete('history', 11);
    expect(new RecordStorage(flash, 'A').put('history', 12, Uint8Array.of(1))).toBeUndefined();
    expect(storage.open('history', false)).toMatchObject({ nextId: 12 });
  });

  // What only an application does that goes round its class library.
  test.each([
    [
      'a record of an id to come',
      (storage: RecordStorage) => storage.put('history', 13, new Uint8Array(1)),
      'invalid-id',
    ],
    [
      'a record that was deleted',
      (storage: RecordStorage) => storage.put('history', 1, new Uint8Array(1)),
      'invalid-id',
    ],
    [
      'a record by a name',
      (storage: RecordStorage) => storage.put('history', Number.NaN, new Uint8Array(1)),
      'invalid-id',
    ],
    ['the deletion of no record', (storage: RecordStorage) => storage.delete('history', 1), 'invalid-id'],
    ['a record of no store', (storage: RecordStorage) => storage.put('other', 1, new Uint8Array(1)), 'not-found'],
    ['the deletion in no store', (storage: RecordStorage) => storage.delete('other', 1), 'not-found'],
    ['262,145 octets', (storage: RecordStorage) => storage.put('history', 12, new Uint8Array(262_137)), 'full'],
  ])('refuse %s, and nothing changes', (_name, change, code) => {
    const flash = memoryFlash();
    const storage = filled(flash);
    expect(change(storage)).toMatchObject({ code });
    expect(new RecordStorage(flash, 'A').open('history', false)).toEqual(STORED);
  });

  test('take 262,144 octets in all stores of a suite, also when a record is replaced', () => {
    const storage = filled(memoryFlash());
    storage.open('other', true);
    // Two stores of 128, five records of 16, and the octets.
    expect(storage.put('other', 1, new Uint8Array(262_136 - 336))).toBeUndefined();
    expect(storage.put('history', 2, new Uint8Array(2))).toBeUndefined();
    expect(storage.put('history', 2, new Uint8Array(3))).toMatchObject({ code: 'full' });
    expect(storage.put('other', 1, new Uint8Array(262_135 - 336))).toBeUndefined();
    expect(storage.put('history', 2, new Uint8Array(3))).toBeUndefined();
  });

  test('of a flash that has more, from when less was counted, take what does not make them longer', () => {
    const flash = memoryFlash();
    flash.write('records/A/s', { nextId: 2, records: { 1: '00'.repeat(262_144) } });
    const storage = new RecordStorage(flash, 'A');
    expect(storage.put('s', 1, new Uint8Array(262_145))).toMatchObject({ code: 'full' });
    expect(storage.put('s', 1, new Uint8Array(262_144))).toBeUndefined();
    expect(storage.put('s', 1, new Uint8Array(262_143))).toBeUndefined();
  });

  test('leave room for what was not stored yet', () => {
    const storage = filled(memoryFlash());
    expect(storage.room()).toBe(261_928);
    storage.put('history', 12, new Uint8Array(261_928));
    expect(storage.room()).toBe(0);
  });

  test('are full of empty records too, and of empty stores, long before the flash is', () => {
    const flash = memoryFlash();
    const records = Object.fromEntries(Array.from({ length: 16_375 }, (_, index) => [index + 1, '']));
    flash.write('records/A/s', { nextId: 16_376, records });
    const storage = new RecordStorage(flash, 'A');
    expect(storage.put('s', 16_376, new Uint8Array(0))).toBeUndefined();
    expect(storage.put('s', 16_377, new Uint8Array(0))).toMatchObject({ code: 'full' });
    expect(storage.put('s', 1, new Uint8Array(0))).toBeUndefined();
    expect(storage.open('t', true)).toMatchObject({ code: 'full' });
    expect(storage.delete('s', 1)).toBeUndefined();
    expect(storage.put('s', 16_377, new Uint8Array(0))).toBeUndefined();
    expect(flash.dump().length).toBeLessThan(500_000);
  });

  test('are 64 at most', () => {
    const storage = new RecordStorage(memoryFlash(), 'A');
    for (let number = 0; number < 64; number += 1) expect(storage.open(`s${number}`, true)).not.toHaveProperty('code');
    expect(storage.open('one more', true)).toMatchObject({ code: 'full' });
    expect(storage.open('s63', true)).not.toHaveProperty('code');
  });

  test.each(['full', 'failed'] as const)(
    'that the flash does not take are refused as %s, and are what they were',
    (code) => {
      const inner = memoryFlash();
      let fails = false;
      const flash: Flash = {
        read: inner.read,
        names: inner.names,
        write(name, value) {
          if (fails) throw new FlashError(code, 'no');
          inner.write(name, value);
        },
      };
      const storage = filled(flash);
      fails = true;
      const refused = { code, reason: 'no' };
      expect(storage.put('history', 12, new Uint8Array(1))).toEqual(refused);
      expect(storage.delete('history', 2)).toEqual(refused);
      expect(storage.remove('history')).toEqual(refused);
      expect(storage.open('other', true)).toEqual(refused);
      expect(storage.open('history', false)).toEqual(STORED);
    },
  );

  test.each([
    ['nonsense', 'nonsense'],
    ['an id that is no number', { nextId: 2, records: { one: '00' } }],
    ['half an octet', { nextId: 2, records: { 1: '0g' } }],
    ['no next id', { records: {} }],
    ['a next id of 0', { nextId: 0, records: {} }],
  ])('that are damaged are refused as failed: %s', (_name, value) => {
    const flash = memoryFlash();
    flash.write('records/A/history', value);
    expect(new RecordStorage(flash, 'A').open('history', true)).toEqual({
      code: 'failed',
      reason: 'The record store history is damaged',
    });
  });
});
