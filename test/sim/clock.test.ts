import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sleep } from '../../modem/index.ts';
import { VIRTUAL_START, VirtualClock } from '../../sim/index.ts';

test('timers fire at their instant, in the order of their times and, at one time, of their setting', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name}@${clock.now() - VIRTUAL_START}`);
  clock.after(20, note('c'));
  clock.after(10, note('a'));
  clock.after(10, note('b'));
  clock.after(31, note('never'));
  await clock.advance(30);
  expect(fired).toEqual(['a@10', 'b@10', 'c@20']);
  expect(clock.now()).toBe(VIRTUAL_START + 30);
});

test('any mixture of timers and cancellations fires what is left, sorted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 80 }), async (timers) => {
      const clock = new VirtualClock(0);
      const fired: [number, number][] = [];
      timers.forEach(([at, kept], i) => {
        const cancel = clock.after(at, () => fired.push([clock.now(), i]));
        if (!kept) cancel();
      });
      await clock.advance(50);
      const expected = timers
        .map(([at, kept], i) => ({ at, kept, i }))
        .filter(({ kept }) => kept)
        .sort((a, b) => a.at - b.at || a.i - b.i)
        .map(({ at, i }) => [at, i]);
      expect(fired).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('many cancelled timers do not disturb those that stay', async () => {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  const cancels = Array.from({ length: 5_000 }, (_, i) => clock.after(5_000 - i, () => fired.push(i)));
  cancels.forEach((cancel, i) => {
    if (i % 100 !== 0) cancel();
  });
  await clock.advance(5_000);
  expect(fired).toEqual(Array.from({ length: 50 }, (_, i) => 4_900 - 100 * i));
});

test('promise work settles before the next timer', async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  clock.after(1, async () => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
    seen.push(`settled@${clock.now()}`);
    await sleep(clock, 5);
    seen.push(`slept@${clock.now()}`);
  });
  clock.after(2, () => seen.push(`next@${clock.now()}`));
  await clock.advance(10);
  expect(seen).toEqual(['settled@1', 'next@2', 'slept@6']);
});

test('time stands still while a hold is outstanding, also one that fails', async () => {
  const clock = new VirtualClock(0);
  let turns = 0;
  const real = new Promise<void>((_, reject) => {
    const wait = () => {
      turns += 1;
      if (turns < 20) setImmediate(wait);
      else reject(new Error('real work failed'));
    };
    wait();
  });
  const held = clock.hold(real).catch(() => clock.now());
  clock.after(5, () => expect(turns).toBe(20));
  await clock.advance(10);
  expect(await held).toBe(0);
});

test('runUntil stops as soon as the predicate holds, and says when it never does', async () => {
  const clock = new VirtualClock(0);
  let done = false;
  clock.after(7, () => {
    done = true;
  });
  expect(await clock.runUntil(() => done, 100)).toBe(true);
  expect(clock.now()).toBe(7);
  expect(await clock.runUntil(() => false, 100)).toBe(false);
  expect(clock.now()).toBe(107);
});

test('a clock that is being moved cannot be moved by another', async () => {
  const clock = new VirtualClock(0);
  const first = clock.advance(10);
  await expect(clock.advance(10)).rejects.toThrow('already being moved');
  await first;
});

test('run moves on until a promise settles, gives what it gives, and goes no further', async () => {
  const clock = new VirtualClock(0);
  expect(await clock.run(sleep(clock, 10_000).then(() => 'done'))).toBe('done');
  expect(clock.now()).toBe(10_000);
  await expect(clock.run(sleep(clock, 5).then(() => Promise.reject(new Error('failed'))))).rejects.toThrow('failed');
  await expect(clock.run(new Promise(() => {}), 1_000)).rejects.toThrow('not ended within 1 s');
});
