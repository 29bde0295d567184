import { describe, expect, test } from 'vitest';
import { EventThrottle } from '../../../device/firmware/event-throttle.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { settle } from '../bench.ts';

/** An application that answers each of its events with another, each of which costs so much; and when they came, ms. */
function busy(cost: number) {
  const clock = new VirtualClock();
  const begin = clock.now();
  const times: number[] = [];
  const own = new EventThrottle(clock, () => {
    times.push(clock.now() - begin);
    own.add({ kind: 'serial' });
    own.spent(cost);
  });
  own.add({ kind: 'serial' });
  return { own, clock, times };
}

describe('The events that an application causes itself', () => {
  test('come at once, in their order, after the present call', async () => {
    const clock = new VirtualClock();
    const heard: number[] = [];
    const own = new EventThrottle(clock, (event) => event.kind === 'timer' && heard.push(event.id));
    for (const id of [1, 2, 3]) own.add({ kind: 'timer', id });
    expect(heard).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    expect(heard).toEqual([1, 2, 3]);
  });

  test('have a pause of 1 ms after each 100, when they cost nothing', async () => {
    const { clock, times } = busy(0);
    await settle(clock);
    expect(times).toHaveLength(100);
    await clock.advance(10);
    expect(times).toHaveLength(1_100);
  });

  test('leave the phone a turn after each 100 units, without a delay while the savings last', async () => {
    const { clock, times } = busy(50);
    // The timers of a phone that are due now come between those of the application.
    let turns = 0;
    const turn = () => {
      turns += 1;
      if (turns < 20) clock.after(0, turn);
    };
    clock.after(0, turn);
    await settle(clock);
    expect(times.length).toBeGreaterThan(400);
    expect(times.at(-1)).toBe(0);
    expect(turns).toBe(20);
  });

  // Savings of 20,000 and 1,000 a second more.
  test.each([
    [100, 1, 201],
    [10_000, 1, 3],
    [10_000, 9_999, 3],
    [10_000, 10_000, 4],
    [10_000, 30_000, 6],
    [1_000, 60_000, 81],
  ])('that cost %d each are, after %d ms, %d', async (cost, ms, count) => {
    const { clock, times } = busy(cost);
    await clock.advance(ms);
    expect(times).toHaveLength(count);
  });

  test('come at once again after a rest, and no more than the savings of a full rest', async () => {
    const clock = new VirtualClock();
    let left = 3;
    let heard = 0;
    const own = new EventThrottle(clock, () => {
      heard += 1;
      own.spent(10_000);
      left -= 1;
      if (left > 0) own.add({ kind: 'serial' });
    });
    own.add({ kind: 'serial' });
    await settle(clock);
    expect(heard).toBe(3);
    await clock.advance(3_600_000);
    left = 100;
    own.add({ kind: 'serial' });
    await settle(clock);
    expect(heard).toBe(6);
  });

  test('what a person causes counts too, but is not held up', async () => {
    const clock = new VirtualClock();
    let heard = 0;
    const own = new EventThrottle(clock, () => {
      heard += 1;
    });
    own.spent(25_000);
    own.add({ kind: 'serial' });
    await clock.advance(4_999);
    expect(heard).toBe(0);
    await clock.advance(1);
    expect(heard).toBe(1);
  });

  test('cost nothing more when the clock is set back', () => {
    let now = 10_000_000;
    const timers: number[] = [];
    const after = (ms: number) => {
      timers.push(ms);
      return () => {};
    };
    const own = new EventThrottle({ now: () => now, after }, () => {});
    now -= 3_600_000;
    own.spent(10_000);
    own.add({ kind: 'serial' });
    return Promise.resolve().then(() => expect(timers).toEqual([0]));
  });

  test('do not come any more after the end, and leave no timer', async () => {
    const { own, clock, times } = busy(30_000);
    await settle(clock);
    own.stop();
    own.add({ kind: 'serial' });
    await settle(clock);
    expect(clock.next).toBeUndefined();
    await clock.advance(100_000);
    expect(times).toHaveLength(1);
  });
});
