import { expect, it } from 'vitest';
import { seededRandom } from '../../../sim/index.ts';
import { KnownPin, safePin } from '../../../sim/loop/known-pin.ts';

it.each<[string, (pin: KnownPin) => void, string, boolean]>([
  ['never changed: the first one, surely', () => {}, '41903', true],
  ['nothing said: the new one, not surely', (pin) => pin.changesTo('42913'), '42913', false],
  ['said to be changed: the new one, surely', (pin) => [pin.changesTo('42913'), pin.changed()], '42913', true],
  ['said to be kept: the first one, surely', (pin) => [pin.changesTo('42913'), pin.kept()], '41903', true],
  ['said twice: still the new one', (pin) => [pin.changesTo('42913'), pin.changed(), pin.changed()], '42913', true],
  [
    'kept after it was changed: still the new one',
    (pin) => [pin.changesTo('42913'), pin.changed(), pin.kept()],
    '42913',
    true,
  ],
])('%s', (_, happen, pin, isSure) => {
  const known = new KnownPin('41903');
  happen(known);
  expect(known.typed).toEqual({ pin, isSure });
});

it('a new PIN is never the present one', () => {
  const random = seededRandom('pins');
  const pins = Array.from({ length: 2_000 }, () => safePin(random, '41903'));
  expect(pins).not.toContain('41903');
  expect(new Set(pins).size).toBe(79);
});
