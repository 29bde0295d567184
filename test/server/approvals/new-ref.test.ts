import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../modem/index.ts';
import { newRef } from '../../../server/approvals/challenge.ts';
import { VirtualClock } from '../../../sim/index.ts';

describe('a new txn or challenge', () => {
  it('begins with the unix time, so that later ones stand after earlier ones in every index', async () => {
    const clock = new VirtualClock();
    const drawn = { clock, random: systemRandom };
    const begun = Math.floor(clock.now() / 1000);
    const first = newRef(drawn);
    await clock.advance(1_000);
    const second = newRef(drawn);
    expect([first, second].map((ref) => Number.parseInt(ref.slice(0, 8), 16) - begun)).toEqual([0, 1]);
    expect(second > first).toBe(true);
  });

  it('ends with 4 octets of chance', () => {
    const drawn = { clock: new VirtualClock(), random: systemRandom };
    const refs = new Set(Array.from({ length: 100 }, () => newRef(drawn).slice(8)));
    expect(refs.size).toBe(100);
  });
});
