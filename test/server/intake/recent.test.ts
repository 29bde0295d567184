import { expect, it } from 'vitest';
import { Recent } from '../../../server/intake/recent.ts';

const AT_LEAST = 10_000;

it('the latest ten thousand names are remembered, and what was set last counts', () => {
  const recent = new Recent<number>();
  recent.set('first', 1);
  for (let n = 1; n < AT_LEAST; n += 1) recent.set(`name ${n}`, n);
  recent.set('name 2', 22);
  expect([recent.get('first'), recent.get('name 1'), recent.get('name 2')]).toEqual([1, 1, 22]);
});

it('a name that is set again is remembered longer; one that is not is forgotten after at most twice as many others', () => {
  const recent = new Recent<number>();
  recent.set('not again', 0);
  recent.set('again', 1);
  for (let n = 1; n <= 2 * AT_LEAST; n += 1) {
    if (n === AT_LEAST) recent.set('again', 2);
    recent.set(`name ${n}`, n);
  }
  expect([recent.get('not again'), recent.get('again')]).toEqual([undefined, 2]);
});
