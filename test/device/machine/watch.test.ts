import { describe, expect, test } from 'vitest';
import type { HostCall } from '../../../device/machine/host-calls.ts';
import { MACHINE_LIMITS, Watch } from '../../../device/machine/watch.ts';

describe('What a call of the phone costs', () => {
  // Characters and octets that cross, and the units: one is some 0.3 ms of the processor.
  test.each<[call: HostCall, size: number, units: number]>([
    ['now', 0, 0.2],
    ['segments', 1_000_000, 200.2],
    ['rmsPut', 5_000, 11],
    ['show', 0, 10],
    ['show', 65_536, 337.68],
  ])('%s of %i is %d units', (call, size, units) => {
    const watch = new Watch(MACHINE_LIMITS);
    watch.called(call, size);
    expect(watch.fuel).toBeCloseTo(units, 5);
  });
});

describe('One turn of an application', () => {
  test.each<[call: HostCall, count: number]>([
    ['rmsPut', 500],
    ['now', 5_000],
  ])('may call %s %i times, and is stopped at the next one', (call, count) => {
    const watch = new Watch(MACHINE_LIMITS);
    for (const turn of [1, 2]) {
      watch.begin();
      for (let made = 0; made < count; made += 1) watch.called(call, 0);
      expect([turn, watch.stopped]).toEqual([turn, undefined]);
    }
    watch.called(call, 0);
    expect(watch.stopped).toMatchObject({ code: 'fuel' });
  });

  test.each([
    [false, 10_000],
    [true, 1_000],
  ])('has its fuel; the last one: %s, %i units', (isLast, units) => {
    const watch = new Watch(MACHINE_LIMITS);
    watch.begin(isLast);
    for (let spent = 0; spent < units; spent += 1) watch.tick();
    expect(watch.stopped).toBeUndefined();
    expect(() => watch.tick()).toThrow(expect.objectContaining({ code: 'fuel' }));
  });
});
