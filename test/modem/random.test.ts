import { describe, expect, it } from 'vitest';
import { hexOf } from '../../device/safe-mobile/index.ts';
import { systemRandom } from '../../modem/index.ts';

describe("the system's random octets", () => {
  it.each([0, 1, 8, 24, 32, 4_095, 4_096, 4_097, 100_000])('are %i, as many as asked for', (count) => {
    const octets = systemRandom.bytes(count);
    expect(octets).toHaveLength(count);
    if (count >= 24) expect(octets.filter((octet) => octet === 0).length).toBeLessThan(count / 4);
  });

  it('never come twice, also where those drawn in advance are used up', () => {
    const drawn = Array.from({ length: 5_000 }, (_, n) =>
      hexOf(systemRandom.bytes(n % 40 < 3 ? 4_000 : 16)).slice(0, 32),
    );
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('belong to the caller: wiping them wipes no others', () => {
    const [first, second] = [systemRandom.bytes(32), systemRandom.bytes(32)];
    const kept = hexOf(second);
    first.fill(0);
    expect(hexOf(second)).toBe(kept);
    expect(second.buffer.byteLength).toBe(32);
  });
});
