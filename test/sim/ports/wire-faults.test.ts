import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryPort } from '../../../modem/index.ts';
import { seededRandom, VirtualClock, type WireFault, withWireFaults } from '../../../sim/index.ts';

/** What a host hears, and when, of words that the modem writes 10 ms apart through a faulty line. */
async function heard(
  faults: readonly WireFault[],
  words: readonly string[],
  seed = 1,
): Promise<readonly [number, string][]> {
  const clock = new VirtualClock(0);
  const { port, farEnd } = memoryPort();
  const line = withWireFaults(farEnd, () => faults, clock, seededRandom(seed));
  line.listen({ opened() {}, data() {}, closed() {} });
  const pieces: [number, string][] = [];
  await port.open({
    data: (octets) => pieces.push([clock.now(), Buffer.from(octets).toString('latin1')]),
    closed() {},
  });
  for (const word of words) {
    line.write(new Uint8Array(Buffer.from(word)));
    await clock.advance(10);
  }
  await clock.advance(10_000);
  return pieces;
}

const text = (pieces: readonly (readonly [number, string])[]) => pieces.map(([, piece]) => piece).join('');

test('split sends pieces with a gap between them, in order, whatever is written', async () => {
  const pieces = await heard([{ kind: 'split', atMost: 3, gapMs: 5 }], ['\r\nOK\r\n', 'RING']);
  expect(text(pieces)).toBe('\r\nOK\r\nRING');
  expect(pieces.every(([, piece]) => piece.length <= 3)).toBe(true);
  const times = pieces.map(([at]) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(new Set(times).size).toBeGreaterThan(2);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { maxLength: 5 }), async (words) => {
      expect(text(await heard([{ kind: 'split', atMost: 4, gapMs: 3 }], words))).toBe(words.join(''));
    }),
    { numRuns: 30 },
  );
});

test('late merges what was written meanwhile', async () => {
  expect(await heard([{ kind: 'late', ms: 15 }], ['a', 'b', 'c'])).toEqual([
    [15, 'ab'],
    [35, 'c'],
  ]);
});

test('swallow, repeat, lose and garbage do what they say', async () => {
  expect(text(await heard([{ kind: 'swallow', probability: 1 }], ['OK']))).toBe('');
  expect(text(await heard([{ kind: 'repeat', probability: 1 }], ['OK']))).toBe('OKOK');
  expect(text(await heard([{ kind: 'lose', probability: 0.5 }], ['x'.repeat(1_000)])).length).toBeGreaterThan(400);
  expect(text(await heard([{ kind: 'lose', probability: 0.5 }], ['x'.repeat(1_000)])).length).toBeLessThan(600);
  expect(text(await heard([{ kind: 'garbage', probability: 1, octets: 4 }], ['OK']))).toMatch(/^.{4}OK$/s);
});

test('the same seed gives the same faults', async () => {
  const faults: readonly WireFault[] = [
    { kind: 'lose', probability: 0.2 },
    { kind: 'split', atMost: 5, gapMs: 2 },
  ];
  const words = Array.from({ length: 20 }, (_, i) => `word ${i} `);
  expect(await heard(faults, words, 9)).toEqual(await heard(faults, words, 9));
  expect(await heard(faults, words, 9)).not.toEqual(await heard(faults, words, 10));
});
