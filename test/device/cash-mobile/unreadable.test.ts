import { describe, expect, test } from 'vitest';
import { Unreadable } from '../../../device/cash-mobile/unreadable.ts';
import { RecordStore } from '../../../device/midp/index.ts';
import { fakeContext } from '../midp/context.ts';

/** 8 octets that name a request. */
const ref = (number: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, number);

describe('The requests that a phone has refused as unreadable', () => {
  test('are known once they were refused, also by another start of the application', () => {
    const { context } = fakeContext();
    const refused = new Unreadable(context);
    expect([refused.add(ref(1)), refused.add(ref(2)), refused.add(ref(1))]).toEqual([true, true, false]);
    expect(new Unreadable({ ...context, records: { ...context.records } }).add(ref(2))).toBe(false);
  });

  test('are 20 at most: one more, and the oldest is forgotten', () => {
    const { context } = fakeContext();
    const refused = new Unreadable(context);
    for (let number = 0; number < 20; number += 1) refused.add(ref(number));
    expect(refused.add(ref(0))).toBe(false);
    refused.add(ref(20));
    expect(RecordStore.openRecordStore(context, 'unreadable', false).getNumRecords()).toBe(20);
    expect([refused.add(ref(1)), refused.add(ref(0))]).toEqual([false, true]);
  });

  test('are all forgotten with the keys', () => {
    const { context } = fakeContext();
    const refused = new Unreadable(context);
    for (const number of [1, 2]) refused.add(ref(number));
    refused.forget();
    expect(RecordStore.openRecordStore(context, 'unreadable', false).getNumRecords()).toBe(0);
    expect(refused.add(ref(1))).toBe(true);
  });
});
