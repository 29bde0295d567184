import { describe, expect, test } from 'vitest';
import { CLOCK_LIMIT, Counter } from '../../../device/cash-mobile/counter.ts';
import { RecordStore } from '../../../device/midp/index.ts';
import { fakeContext } from '../midp/context.ts';

/** A phone whose clock stands still, unless it is set. */
function phone() {
  const { context } = fakeContext();
  let seconds = 0;
  const system = { ...context.system, currentTimeMillis: () => seconds * 1000 + 999 };
  return {
    context: { ...context, system },
    set: (time: number) => {
      seconds = time;
    },
  };
}

const NOON = 1_267_444_800;

describe('The counter of messages (safe-mobile.md: max(last + 1, unix time))', () => {
  test('is the unix time, and one more for each message in the same second', () => {
    const { context, set } = phone();
    set(NOON);
    const counter = new Counter(context);
    expect([counter.next(), counter.next(), counter.next()]).toEqual([NOON, NOON + 1, NOON + 2]);
    set(NOON + 2);
    expect(counter.next()).toBe(NOON + 3);
    set(NOON + 4);
    expect(counter.next()).toBe(NOON + 4);
  });

  test.each([
    ['in the same second', NOON],
    ['with its clock set back by a day', NOON - 86_400],
    ['with its clock at 1970, as after a flat battery', 0],
  ])('goes on after a restart %s', (_name, after) => {
    const { context, set } = phone();
    set(NOON);
    const before = new Counter(context);
    before.next();
    before.next();
    RecordStore.openRecordStore(context, 'counter', false).closeRecordStore();
    set(after);
    // A run of its own reads the store anew.
    const rebooted = { ...context, records: { ...context.records } };
    expect(new Counter(rebooted).next()).toBe(NOON + 2);
    expect(new Counter({ ...context, records: { ...context.records } }).next()).toBe(NOON + 3);
  });

  test.each([
    ['the last second before the limit', CLOCK_LIMIT - 1, [CLOCK_LIMIT - 1, CLOCK_LIMIT, CLOCK_LIMIT + 1]],
    ['the limit', CLOCK_LIMIT, [1, 2, 3]],
    ['2^32 - 1', 2 ** 32 - 1, [1, 2, 3]],
    ['2^32', 2 ** 32, [1, 2, 3]],
    ['the end of the dates of JavaScript', 8.64e12, [1, 2, 3]],
  ])('at %s s goes on from the last number, so that none beyond 2^32 - 1 is needed', (_name, time, numbers) => {
    const { context, set } = phone();
    set(time);
    const counter = new Counter(context);
    expect([counter.next(), counter.next(), counter.next()]).toEqual(numbers);
  });

  test.each([
    ['a higher one', NOON + 50, NOON + 51],
    ['the same', NOON, NOON + 1],
    ['a lower one', NOON - 50, NOON + 1],
    ['the last of all, after which there is none', 2 ** 32 - 1, NOON + 1],
    ['the last but one', 2 ** 32 - 2, 2 ** 32 - 1],
  ])('is above the number that the service has seen: %s', (_name, seen, next) => {
    const { context, set } = phone();
    set(NOON);
    const counter = new Counter(context);
    counter.next();
    counter.seen(seen);
    expect(new Counter({ ...context, records: { ...context.records } }).next()).toBe(next);
  });

  test('keeps one record, which holds the last number given out', () => {
    const { context, set } = phone();
    set(NOON);
    const counter = new Counter(context);
    counter.next();
    counter.next();
    const records = context.records.open('counter', false)?.records ?? [];
    expect(records.map(([, data]) => Buffer.from(data).readUInt32BE())).toEqual([NOON + 1]);
  });
});
