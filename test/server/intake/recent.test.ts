import { expect, it } from 'vitest';
import { Recent } from '../../../server/intake/recent.ts';

it('ten thousand names are remembered; the one that was used longest ago is forgotten', () => {
  const recent = new Recent<number>();
  for (let n = 1; n <= 10_000; n += 1) recent.set(`name ${n}`, n);
  recent.set('name 2', 22);
  expect(recent.get('name 1')).toBe(1);
  recent.set('one more', 0);
  expect(['name 1', 'name 2', 'name 3', 'one more'].map((name) => recent.get(name))).toEqual([undefined, 22, 3, 0]);
});
