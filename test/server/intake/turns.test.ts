import { describe, expect, it } from 'vitest';
import { Turns } from '../../../server/intake/turns.ts';

/** Turns whose pieces of work note their names when they begin, and end in a later turn of the event loop. */
function noted() {
  const turns = new Turns();
  const begun: string[] = [];
  const take = (sender: string, name: string = sender) =>
    turns.take(sender, async () => {
      begun.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      return name;
    });
  return { turns, begun, take };
}

describe('senders take turns', () => {
  it('who sends one waits for one round of who sends hundreds, whose pieces are done in their order', async () => {
    const { begun, take } = noted();
    const many = Array.from({ length: 500 }, (_, n) => take('many', `many ${n}`));
    const one = take('one');
    expect(await one).toBe('one');
    expect(begun.length).toBeLessThan(4);
    await Promise.all(many);
    expect(begun.filter((name) => name !== 'one')).toEqual(Array.from({ length: 500 }, (_, n) => `many ${n}`));
  });

  it('of very many senders 32 are dealt with in a round, and the event loop goes on between two rounds', async () => {
    const { begun, take } = noted();
    const all = Promise.all(Array.from({ length: 100 }, (_, n) => take(`sender ${n}`)));
    const atTurns: number[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      atTurns.push(begun.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(Math.max(...atTurns.map((count, n) => count - (atTurns[n - 1] ?? 0)))).toBe(32);
    expect(begun).toHaveLength(100);
  });

  it('what comes in the same moment is one round: the first does not go ahead of the others', async () => {
    const { begun, take } = noted();
    const all = Promise.all([take('a'), take('b'), take('c')]);
    expect(begun).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(['a', 'b', 'c']);
    await all;
  });

  it('a piece that fails is told, and does not stop the others', async () => {
    const { turns, take } = noted();
    const failing = turns.take('a', () => Promise.reject(new Error('broken')));
    const others = [take('a'), take('b')];
    await expect(failing).rejects.toThrow('broken');
    expect(await Promise.all(others)).toEqual(['a', 'b']);
    expect(await take('later')).toBe('later');
  });

  it.each([
    ['of one sender 1,000 wait, and the others may still come', () => 'a', 1_000, true],
    ['of all 20,000 wait', (n: number) => `sender ${n % 100}`, 20_000, false],
  ])('%s; what is too much is refused', async (_, senderOf, limit, othersMay) => {
    const { take } = noted();
    const first = take('first');
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = Array.from({ length: limit }, (__, n) => take(senderOf(n)));
    await expect(take(senderOf(0))).rejects.toThrow('too many messages wait');
    const other = take('other');
    if (othersMay) expect(await other).toBe('other');
    else await expect(other).rejects.toThrow('too many messages wait');
    await first;
    await Promise.all(waiting);
    expect(await take(senderOf(0))).toBe(senderOf(0));
  });
});
