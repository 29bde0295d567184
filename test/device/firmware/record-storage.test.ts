import { describe, expect, test } from 'vitest';
import { recordStorage } from '../../../device/firmware/record-storage.ts';
import { type Flash, FlashError, memoryFlash } from '../../../device/index.ts';

const STORED = { nextId: 12, records: new Map([2, 9, 10, 11].map((id) => [id, Uint8Array.of(id, 0xff)])) };

describe('The record stores of an application in the flash', () => {
  test('come back as they were, in the order of their ids', () => {
    const flash = memoryFlash();
    recordStorage(flash, 'A').save('history', STORED);
    const loaded = recordStorage(flash, 'A').load('history');
    expect(loaded).toEqual(STORED);
    expect([...(loaded?.records.keys() ?? [])]).toEqual([2, 9, 10, 11]);
  });

  test('belong to one application and one name, and are gone when removed', () => {
    const flash = memoryFlash();
    const storage = recordStorage(flash, 'A');
    storage.save('history', STORED);
    expect(storage.load('other')).toBeUndefined();
    expect(recordStorage(flash, 'B').load('history')).toBeUndefined();
    recordStorage(flash, 'B').remove('history');
    expect(storage.load('history')).toEqual(STORED);
    storage.remove('history');
    expect(storage.load('history')).toBeUndefined();
  });

  test.each(['full', 'failed'] as const)('that the flash does not take (%s) throw RecordStoreException %s', (code) => {
    const flash: Flash = {
      read: () => undefined,
      names: () => [],
      write: () => {
        throw new FlashError(code, 'no');
      },
    };
    const refused = expect.objectContaining({ name: 'RecordStoreException', code, message: 'no' });
    expect(() => recordStorage(flash, 'A').save('history', STORED)).toThrow(refused);
    expect(() => recordStorage(flash, 'A').remove('history')).toThrow(refused);
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['an id that is no number', { nextId: 2, records: { one: '00' } }],
    ['half an octet', { nextId: 2, records: { 1: '0g' } }],
    ['no next id', { records: {} }],
    ['a next id of 0', { nextId: 0, records: {} }],
  ])('that are damaged throw RecordStoreException failed: %s', (_name, value) => {
    const flash = memoryFlash();
    flash.write('records/A/history', value);
    expect(() => recordStorage(flash, 'A').load('history')).toThrow(
      expect.objectContaining({ code: 'failed', message: 'The record store history is damaged' }),
    );
  });
});
