import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { steadyClock, systemClock } from '../../modem/index.ts';

const DAY_MS = 24 * 3_600_000;

describe('the clock of the machine, whose timers end at 2^31 - 1 ms', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 90 * DAY_MS])('runs a task %i ms from now, once', (delayMs) => {
    const task = vi.fn();
    systemClock.after(delayMs, task);
    if (delayMs > 0) vi.advanceTimersByTime(delayMs - 1);
    expect(task).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(task).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(90 * DAY_MS);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('cancels a task in the first and in a later part of its delay', () => {
    const task = vi.fn();
    systemClock.after(60 * DAY_MS, task)();
    const cancel = systemClock.after(60 * DAY_MS, task);
    vi.advanceTimersByTime(30 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(90 * DAY_MS);
    expect(task).not.toHaveBeenCalled();
  });
});

it('the steady clock shows whole milliseconds of the machine, and is not put back with it', () => {
  const begun = steadyClock.now();
  expect(Math.abs(begun - systemClock.now())).toBeLessThan(60_000);
  const putBack = vi.spyOn(Date, 'now').mockReturnValue(0);
  const now = steadyClock.now();
  putBack.mockRestore();
  expect(now).toBeGreaterThanOrEqual(begun);
  expect(Number.isInteger(now)).toBe(true);
});
