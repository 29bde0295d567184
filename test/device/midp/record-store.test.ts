import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DataInputStream,
  DataOutputStream,
  EOFException,
  IOException,
  RecordStore,
  UTFDataFormatException,
} from '../../../device/midp/index.ts';
import { anyCharacter } from '../../any-text.ts';
import { fakeContext } from './context.ts';

const octets = (...values: number[]) => Uint8Array.from(values);

describe('RecordStore (JSR-118, javax.microedition.rms)', () => {
  test('gives each record an id that never comes again', () => {
    const { context } = fakeContext();
    const store = RecordStore.openRecordStore(context, 'history', true);
    expect([store.addRecord(octets(1)), store.addRecord(octets(2))]).toEqual([1, 2]);
    store.deleteRecord(2);
    expect(store.addRecord(octets(3))).toBe(3);
    store.setRecord(1, octets(9));
    expect([...store.enumerateRecords()]).toEqual([
      [1, octets(9)],
      [3, octets(3)],
    ]);
    expect(store.getNumRecords()).toBe(2);
  });

  test('gives no id a second time, though the record before it was deleted', () => {
    const store = RecordStore.openRecordStore(fakeContext().context, 'history', true);
    for (const value of [1, 2, 3]) store.addRecord(octets(value));
    store.deleteRecord(1);
    store.deleteRecord(2);
    expect(store.addRecord(octets(4))).toBe(4);
    store.setRecord(3, octets(5));
    expect(store.addRecord(octets(6))).toBe(5);
  });

  test.each([
    ['', false],
    ['x', true],
    ['x'.repeat(32), true],
    ['x'.repeat(33), false],
  ])('has a name of 1 to 32 characters: %j is one: %s', (name, isName) => {
    const open = () => RecordStore.openRecordStore(fakeContext().context, name, true);
    if (isName) expect(open().getNumRecords()).toBe(0);
    else expect(open).toThrow(expect.objectContaining({ code: 'failed' }));
  });

  test('copies what it is given to replace a record, and what it enumerates', () => {
    const store = RecordStore.openRecordStore(fakeContext().context, 'history', true);
    store.addRecord(octets(0));
    const data = octets(1);
    store.setRecord(1, data);
    data[0] = 2;
    [...store.enumerateRecords()][0]?.[1].fill(3);
    expect(store.getRecord(1)).toEqual(octets(1));
  });

  test('that could not be stored is what it was', () => {
    const { context } = fakeContext();
    let fails = false;
    const failing =
      <Arguments extends readonly unknown[]>(write: (...given: Arguments) => void) =>
      (...given: Arguments) => {
        if (fails) throw new Error('no');
        write(...given);
      };
    const { put, delete: erase } = context.records;
    const records = { ...context.records, put: failing(put), delete: failing(erase) };
    const store = RecordStore.openRecordStore({ ...context, records }, 'history', true);
    store.addRecord(octets(1));
    fails = true;
    for (const change of [
      () => store.addRecord(octets(2)),
      () => store.setRecord(1, octets(2)),
      () => store.deleteRecord(1),
    ])
      expect(change).toThrow('no');
    expect([...store.enumerateRecords()]).toEqual([[1, octets(1)]]);
  });

  test('is the same one when opened again after it was closed', () => {
    const { context } = fakeContext();
    const store = RecordStore.openRecordStore(context, 'history', true);
    store.addRecord(octets(7));
    store.closeRecordStore();
    expect(RecordStore.openRecordStore(context, 'history', false).getRecord(1)).toEqual(octets(7));
  });

  test('opened twice is one store: what one reference writes the other reads', () => {
    const { context } = fakeContext();
    const [one, two] = ['history', 'history'].map((name) => RecordStore.openRecordStore(context, name, true));
    expect(one).toBe(two);
    one?.addRecord(octets(1));
    expect(two?.addRecord(octets(2))).toBe(2);
    expect(one?.getRecord(2)).toEqual(octets(2));
  });

  test('is open until it was closed as often as it was opened', () => {
    const { context } = fakeContext();
    const store = RecordStore.openRecordStore(context, 'history', true);
    RecordStore.openRecordStore(context, 'history', true);
    store.closeRecordStore();
    expect(store.getNumRecords()).toBe(0);
    store.closeRecordStore();
    for (const use of [() => store.getNumRecords(), () => store.addRecord(octets(1)), () => store.closeRecordStore()]) {
      expect(use).toThrow(expect.objectContaining({ code: 'not-open' }));
    }
    expect(RecordStore.openRecordStore(context, 'history', false)).not.toBe(store);
    expect(() => store.getNumRecords()).toThrow(expect.objectContaining({ code: 'not-open' }));
  });

  test('that is open cannot be deleted', () => {
    const { context } = fakeContext();
    const store = RecordStore.openRecordStore(context, 'history', true);
    RecordStore.openRecordStore(context, 'history', true);
    store.closeRecordStore();
    expect(() => RecordStore.deleteRecordStore(context, 'history')).toThrow(
      expect.objectContaining({ code: 'failed', message: expect.stringContaining('is open') }),
    );
    store.closeRecordStore();
    RecordStore.deleteRecordStore(context, 'history');
  });

  test('exists once it was made, though nothing was written', () => {
    const { context } = fakeContext();
    RecordStore.openRecordStore(context, 'history', true).closeRecordStore();
    expect(RecordStore.openRecordStore(context, 'history', false).getNumRecords()).toBe(0);
  });

  test('has nothing to do with the store of that name of another application', () => {
    const [one, other] = [fakeContext(), fakeContext()];
    const store = RecordStore.openRecordStore(one.context, 'history', true);
    expect(RecordStore.openRecordStore(other.context, 'history', true)).not.toBe(store);
  });

  test('gives copies, and keeps copies', () => {
    const store = RecordStore.openRecordStore(fakeContext().context, 'history', true);
    const data = octets(1);
    store.addRecord(data);
    data[0] = 2;
    store.getRecord(1)[0] = 3;
    expect(store.getRecord(1)).toEqual(octets(1));
  });

  test.each([
    ['not-found', (store: RecordStore, open: (name: string) => RecordStore) => [store, open('other')]],
    ['invalid-id', (store: RecordStore) => store.getRecord(5)],
    ['invalid-id', (store: RecordStore) => store.setRecord(5, octets(1))],
    ['invalid-id', (store: RecordStore) => store.deleteRecord(5)],
    ['failed', (store: RecordStore, open: (name: string) => RecordStore) => [store, open('x'.repeat(33))]],
  ])('throws RecordStoreException %s', (code, use) => {
    const { context } = fakeContext();
    const store = RecordStore.openRecordStore(context, 'history', true);
    const open = (name: string) => RecordStore.openRecordStore(context, name, false);
    expect(() => use(store, open)).toThrow(expect.objectContaining({ name: 'RecordStoreException', code }));
  });

  test('that was closed refuses everything', () => {
    const store = RecordStore.openRecordStore(fakeContext().context, 'history', true);
    store.closeRecordStore();
    expect(() => store.getNumRecords()).toThrow(expect.objectContaining({ code: 'not-open' }));
  });

  test('is gone when deleted', () => {
    const { context } = fakeContext();
    const store = RecordStore.openRecordStore(context, 'history', true);
    store.addRecord(octets(1));
    store.closeRecordStore();
    RecordStore.deleteRecordStore(context, 'history');
    expect(() => RecordStore.openRecordStore(context, 'history', false)).toThrow(/no record store history/);
    expect(() => RecordStore.deleteRecordStore(context, 'history')).toThrow(/no record store history/);
  });
});

describe('DataOutputStream and DataInputStream (java.io)', () => {
  test('give back what was written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -128, max: 127 }),
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.maxSafeInteger(),
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ unit: anyCharacter, maxLength: 50 }),
        (byte, int, long, bytes, text) => {
          const record = new DataOutputStream()
            .writeByte(byte)
            .writeInt(int)
            .writeLong(long)
            .writeBytes(bytes)
            .writeUTF(text);
          const stream = new DataInputStream(record.toByteArray());
          expect([stream.readByte(), stream.readInt(), stream.readLong()]).toEqual([byte, int, long]);
          expect(stream.readBytes()).toEqual(bytes);
          expect(stream.readUTF()).toBe(text);
          expect(() => stream.readByte()).toThrow(IOException);
        },
      ),
    );
  });

  test('write the modified UTF-8 of java.io.DataInput: NUL in two octets, no character in four', () => {
    expect(new DataOutputStream().writeUTF('A\0é€').toByteArray()).toEqual(
      octets(0, 8, 0x41, 0xc0, 0x80, 0xc3, 0xa9, 0xe2, 0x82, 0xac),
    );
  });

  test.each([
    [0x00, [0xc0, 0x80]],
    [0x01, [0x01]],
    [0x7f, [0x7f]],
    [0x80, [0xc2, 0x80]],
    [0x7ff, [0xdf, 0xbf]],
    [0x800, [0xe0, 0xa0, 0x80]],
    [0xffff, [0xef, 0xbf, 0xbf]],
  ])('write U+%i as %j, and read it again', (unit, encoded) => {
    const text = String.fromCharCode(unit);
    const record = new DataOutputStream().writeUTF(text).toByteArray();
    expect(record).toEqual(octets(0, encoded.length, ...encoded));
    expect(new DataInputStream(record).readUTF()).toBe(text);
  });

  test('take integers to the end of their range, and no further', () => {
    const record = new DataOutputStream()
      .writeByte(255)
      .writeInt(2 ** 32 - 1)
      .writeLong(Number.MAX_SAFE_INTEGER);
    const stream = new DataInputStream(record.toByteArray());
    expect([stream.readByte(), stream.readInt(), stream.readLong()]).toEqual([-1, -1, 2 ** 53 - 1]);
    expect(() => record.writeInt(2 ** 32)).toThrow(IOException);
    expect(() => record.writeLong(2 ** 53)).toThrow(IOException);
  });

  test('give back what was written in few octets', () => {
    const record = new DataOutputStream()
      .writeShort(-2)
      .writeShort(0xfffe)
      .writeChar(0xd800)
      .writeByte(-3)
      .write(octets(2));
    expect(record.size()).toBe(8);
    const stream = new DataInputStream(record.toByteArray());
    expect([stream.readShort(), stream.readUnsignedShort(), stream.readChar()]).toEqual([-2, 0xfffe, 0xd800]);
    expect([stream.readUnsignedByte(), stream.readBoolean(), stream.available()]).toEqual([253, true, 0]);
    expect(new DataInputStream(octets(0x80, 0x00)).readShort()).toBe(-32_768);
  });

  test.each([
    ['some', 2, 2, 3],
    ['no more than there are', 9, 3, undefined],
    ['none below 0', -1, 0, 1],
  ])('leave out octets: %s', (_what, count, skipped, next) => {
    const stream = new DataInputStream(octets(1, 2, 3));
    expect(stream.skipBytes(count)).toBe(skipped);
    expect(stream.available() === 0 ? undefined : stream.readByte()).toBe(next);
  });

  test('refuse what is beyond the end, and a number that JavaScript does not hold', () => {
    const stream = new DataInputStream(octets(1, 2));
    expect(() => stream.readFully(3)).toThrow(EOFException);
    expect(stream.readFully(2)).toEqual(octets(1, 2));
    expect(() => stream.readByte()).toThrow(EOFException);
    expect(() => new DataInputStream(octets(0, 0x20, 0, 0, 0, 0, 0, 0)).readLong()).toThrow(IOException);
    const least = new DataInputStream(octets(0xff, 0xe0, 0, 0, 0, 0, 0, 1));
    expect(least.readLong()).toBe(Number.MIN_SAFE_INTEGER);
  });

  test.each([
    [65_535, true],
    [65_536, false],
  ])('hold a text of %d octets: %s', (length, fits) => {
    const write = () => new DataOutputStream().writeUTF('x'.repeat(length)).size();
    if (fits) expect(write()).toBe(2 + length);
    else expect(write).toThrow(UTFDataFormatException);
  });

  test.each([
    ['the first octet of two alone', [0xc3]],
    ['no second octet', [0xc3, 0x41]],
    ['a second octet alone', [0x80]],
    ['the first of four', [0xf0, 0x9f, 0x98, 0x80]],
  ])('take no text of %s', (_what, text) => {
    expect(() => new DataInputStream(octets(0, text.length, ...text)).readUTF()).toThrow(UTFDataFormatException);
  });

  test("give octets that are nobody else's", () => {
    const record = new DataOutputStream().writeBytes(octets(1, 2)).toByteArray();
    new DataInputStream(record).readBytes().fill(9);
    new DataInputStream(record).readFully(4).fill(9);
    expect(new DataInputStream(record).readBytes()).toEqual(octets(1, 2));
  });

  test.each([-129, 256, 1.5, Number.NaN])('refuse %d as an octet', (value) => {
    expect(() => new DataOutputStream().writeByte(value)).toThrow(IOException);
  });
});
