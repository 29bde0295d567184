import { describe, expect, test } from 'vitest';
import { KeyLock } from '../../../device/firmware/key-lock.ts';
import { VirtualClock } from '../../../sim/index.ts';

function keyLock() {
  const clock = new VirtualClock();
  const begin = clock.now();
  const opened: number[] = [];
  const lock = new KeyLock(clock, () => opened.push(clock.now() - begin));
  return { clock, lock, opened };
}

describe('The lock of the keys', () => {
  test('is told when it ends, after a second', async () => {
    const { clock, lock, opened } = keyLock();
    lock.begin();
    await clock.advance(999);
    expect(lock.isLocked).toBe(true);
    await clock.advance(1);
    expect([lock.isLocked, opened]).toEqual([false, [1_000]]);
  });

  test('lasts a second from the last screen on', async () => {
    const { clock, lock, opened } = keyLock();
    lock.begin();
    await clock.advance(600);
    lock.begin();
    await clock.advance(999);
    expect([lock.isLocked, opened]).toEqual([true, []]);
    await clock.advance(1);
    expect([lock.isLocked, opened]).toEqual([false, [1_600]]);
  });

  test('ends with its screen, and leaves no timer', () => {
    const { clock, lock } = keyLock();
    lock.begin();
    lock.end();
    expect([lock.isLocked, clock.next]).toEqual([false, undefined]);
  });
});
