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
