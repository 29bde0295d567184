import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RecordEnumeration, RecordStore } from '../../../device/midp/index.ts';
import { fakeContext } from './context.ts';

/** A store with one record of one octet for each value. */
function storeOf(...values: readonly number[]): RecordStore {
  const store = RecordStore.openRecordStore(fakeContext().context, 'numbers', true);
  for (const value of values) store.addRecord(Uint8Array.of(value));
  return store;
}

const first = (data: Uint8Array) => data[0] ?? 0;
const ascending = (a: Uint8Array, b: Uint8Array) => first(a) - first(b);

function rest(records: RecordEnumeration): number[] {
  const values: number[] = [];
  while (records.hasNextElement()) values.push(first(records.nextRecord()));
  return values;
}

describe('RecordEnumeration (JSR-118, javax.microedition.rms)', () => {
  test('gives the records that pass a filter, in the order of a comparator', () => {
    const store = storeOf(5, 2, 9, 4);
    expect(rest(store.enumerateRecords())).toEqual([5, 2, 9, 4]);
    expect(rest(store.enumerateRecords(undefined, ascending))).toEqual([2, 4, 5, 9]);
    const big = store.enumerateRecords((data) => first(data) > 3, ascending);
    expect([big.numRecords(), ...rest(big)]).toEqual([3, 4, 5, 9]);
    expect([...big].map(([id]) => id)).toEqual([4, 1, 3]);
  });

  test('goes forwards and backwards, at first from the end', () => {
    const records = storeOf(1, 2, 3).enumerateRecords();
    expect([records.hasPreviousElement(), first(records.previousRecord())]).toEqual([true, 3]);
    expect([records.hasNextElement(), first(records.previousRecord())]).toEqual([false, 2]);
    expect([first(records.nextRecord()), records.nextRecordId.name]).toEqual([3, 'nextRecordId']);
    records.reset();
    expect([records.nextRecordId(), records.hasPreviousElement()]).toEqual([1, false]);
    expect(() => records.previousRecordId()).toThrow(expect.objectContaining({ code: 'invalid-id' }));
    expect(rest(records)).toEqual([2, 3]);
    expect(() => records.nextRecord()).toThrow(expect.objectContaining({ code: 'invalid-id' }));
  });

  test('of an empty store has nothing', () => {
    const records = storeOf().enumerateRecords();
    expect([records.hasNextElement(), records.hasPreviousElement(), records.numRecords()]).toEqual([false, false, 0]);
  });

  test('that is not kept updated does not hear of changes, and finds a deleted record gone', () => {
    const store = storeOf(1, 2);
    const records = store.enumerateRecords();
    store.addRecord(Uint8Array.of(3));
    store.deleteRecord(1);
    expect([records.isKeptUpdated(), records.numRecords()]).toEqual([false, 2]);
    expect(() => records.nextRecord()).toThrow(expect.objectContaining({ code: 'invalid-id' }));
    records.rebuild();
    expect(rest(records)).toEqual([2, 3]);
  });

  test('that is kept updated follows the store, and what comes next stays next', () => {
    const store = storeOf(10, 20, 30, 40);
    const records = store.enumerateRecords(undefined, ascending, true);
    expect([first(records.nextRecord()), first(records.nextRecord())]).toEqual([10, 20]);
    store.deleteRecord(2);
    store.addRecord(Uint8Array.of(35));
    store.addRecord(Uint8Array.of(5));
    store.setRecord(4, Uint8Array.of(50));
    expect(rest(records)).toEqual([30, 35, 50]);
    records.keepUpdated(false);
    store.addRecord(Uint8Array.of(60));
    expect([records.numRecords(), records.isKeptUpdated()]).toEqual([5, false]);
    records.keepUpdated(true);
    expect(records.numRecords()).toBe(6);
  });

  test.each([
    [1, [2, 3]],
    [2, [3]],
    [3, []],
  ])('whose last record %d was deleted goes on behind it when it is rebuilt', (last, next) => {
    const store = storeOf(1, 2, 3);
    const records = store.enumerateRecords();
    for (let given = 0; given < last; given += 1) records.nextRecordId();
    store.deleteRecord(last);
    records.rebuild();
    expect(rest(records)).toEqual(next);
  });

  test('whose last records were all deleted goes back to records that are there', () => {
    const store = storeOf(1, 2, 3, 4, 5);
    const records = store.enumerateRecords();
    while (records.hasNextElement()) records.nextRecordId();
    for (const id of [3, 4, 5]) store.deleteRecord(id);
    records.rebuild();
    expect(records.hasNextElement()).toBe(false);
    expect([records.previousRecordId(), records.hasPreviousElement()]).toEqual([1, false]);
  });

  test('that is kept updated can be emptied record by record', () => {
    const store = storeOf(1, 2, 3, 4);
    const records = store.enumerateRecords(undefined, undefined, true);
    while (records.hasNextElement()) store.deleteRecord(records.nextRecordId());
    expect(store.getNumRecords()).toBe(0);
  });

  test('that was destroyed throws, and hears nothing more', () => {
    const store = storeOf(1);
    const records = store.enumerateRecords(undefined, undefined, true);
    records.destroy();
    store.addRecord(Uint8Array.of(2));
    for (const use of [
      () => records.hasNextElement(),
      () => records.nextRecord(),
      () => records.numRecords(),
      () => records.reset(),
      () => records.rebuild(),
      () => records.destroy(),
      () => records.isKeptUpdated(),
      () => records.keepUpdated(true),
      () => [...records],
    ])
      expect(use).toThrow(expect.objectContaining({ name: 'IllegalStateException' }));
  });

  test('of a closed store throws', () => {
    const store = storeOf(1);
    const records = store.enumerateRecords();
    store.closeRecordStore();
    expect(() => records.nextRecord()).toThrow(expect.objectContaining({ code: 'not-open' }));
    expect(() => records.rebuild()).toThrow(expect.objectContaining({ code: 'not-open' }));
  });

  test('gives copies, to filters too', () => {
    const store = storeOf(1);
    const spoil = (data: Uint8Array) => data.fill(9).length > 0;
    [...store.enumerateRecords(spoil, (a, b) => a.fill(9).length - b.fill(9).length)].map(([, data]) => data.fill(9));
    store.enumerateRecords().nextRecord().fill(9);
    expect(store.getRecord(1)).toEqual(Uint8Array.of(1));
  });
});

describe('RecordStore', () => {
  test('tells its listeners after each change, until they are removed or it is closed', () => {
    const store = storeOf();
    const heard: string[] = [];
    const listener = {
      recordAdded: (from: RecordStore, id: number) => void heard.push(`added ${id} of ${from.getNumRecords()}`),
      recordChanged: (_from: RecordStore, id: number) => void heard.push(`changed ${id}`),
      recordDeleted: (from: RecordStore, id: number) => void heard.push(`deleted ${id} of ${from.getNumRecords()}`),
    };
    store.addRecordListener(listener);
    store.addRecordListener(listener);
    store.addRecord(Uint8Array.of(1));
    store.setRecord(1, Uint8Array.of(2));
    store.deleteRecord(1);
    expect(heard).toEqual(['added 1 of 1', 'changed 1', 'deleted 1 of 0']);
    store.removeRecordListener(listener);
    store.addRecord(Uint8Array.of(1));
    expect(heard).toHaveLength(3);
  });

  test('knows its sizes, name and changes', () => {
    const { context } = fakeContext();
    const store = RecordStore.openRecordStore(context, 'numbers', true);
    expect([store.getName(), store.getVersion(), store.getNextRecordID(), store.getSize()]).toEqual([
      'numbers',
      0,
      1,
      0,
    ]);
    store.addRecord(new Uint8Array(3));
    store.addRecord(new Uint8Array(4));
    store.setRecord(1, new Uint8Array(5));
    expect([store.getRecordSize(1), store.getSize(), store.getSizeAvailable()]).toEqual([5, 9, 1_000]);
    expect([store.getVersion(), store.getLastModified(), store.getNextRecordID()]).toEqual([3, 5, 3]);
    store.closeRecordStore();
    expect(RecordStore.openRecordStore(context, 'numbers', false).getVersion()).toBe(3);
    expect(() => store.getName()).toThrow(expect.objectContaining({ code: 'not-open' }));
  });

  test('does what a list of octets with ids does, through restarts', () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), data: fc.uint8Array({ maxLength: 3 }) }),
      fc.record({
        kind: fc.constant('set' as const),
        id: fc.integer({ min: 0, max: 9 }),
        data: fc.uint8Array({ maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('delete' as const), id: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ kind: fc.constant('restart' as const) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const { context } = fakeContext();
        let store = RecordStore.openRecordStore(context, 'model', true);
        const kept = store.enumerateRecords(undefined, undefined, true);
        let [nextId, version] = [1, 0];
        const model = new Map<number, Uint8Array>();
        for (const step of changes) {
          const isThere = 'id' in step && model.has(step.id);
          if (step.kind === 'restart') {
            store.closeRecordStore();
            store = RecordStore.openRecordStore({ ...context, records: { ...context.records } }, 'model', false);
          } else if (step.kind === 'add') {
            expect(store.addRecord(step.data)).toBe(nextId);
            model.set(nextId, step.data);
            nextId += 1;
          } else if (!isThere) {
            const { id } = step;
            expect(() => (step.kind === 'set' ? store.setRecord(id, step.data) : store.deleteRecord(id))).toThrow(
              expect.objectContaining({ code: 'invalid-id' }),
            );
          } else if (step.kind === 'set') {
            store.setRecord(step.id, step.data);
            model.set(step.id, step.data);
          } else {
            store.deleteRecord(step.id);
            model.delete(step.id);
          }
          if (step.kind !== 'restart' && (step.kind === 'add' || isThere)) version += 1;
          expect(new Map([...store.enumerateRecords()])).toEqual(model);
          expect([store.getVersion(), store.getNextRecordID(), store.getNumRecords()]).toEqual([
            version,
            nextId,
            model.size,
          ]);
        }
        kept.destroy();
      }),
      { numRuns: 100 },
    );
  });
});
