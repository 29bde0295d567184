import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeError, finalCodeOf } from '../../../modem/at/result-codes.ts';
import { cmeErrors, cmsErrors } from '../../../modem/index.ts';

/** A table in a few characters: whoever changes a number or a name looks it up in the standard, and changes this too. */
function digestOf(names: Readonly<Record<number, string>>): string {
  const text = Object.entries(names)
    .map(([number, name]) => `${number} ${name}\n`)
    .join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

describe('the names of refusals', () => {
  test.each([
    ['+CME ERROR (3GPP TS 27.007, 9.2)', cmeErrors, 56, '062a11abd532be52'],
    ['+CMS ERROR (3GPP TS 27.005, 3.2.5; 24.011, 8.2.5.4; 23.040, 9.2.3.22)', cmsErrors, 72, 'daf1dddb910e5d77'],
  ])('%s are as they were looked up', (_what, names, count, digest) => {
    expect([Object.keys(names).length, digestOf(names)]).toEqual([count, digest]);
  });

  test.each([
    ['CME', cmeErrors],
    ['CMS', cmsErrors],
  ] as const)('each +%s ERROR is read by number and by name, and told with both', (family, names) => {
    for (const [number, name] of Object.entries(names)) {
      const byNumber = finalCodeOf(`+${family} ERROR: ${number}`);
      expect(byNumber).toMatchObject({ kind: 'error', error: { family, number: Number(number) } });
      if (byNumber?.kind === 'error')
        expect(describeError(byNumber.error)).toBe(`+${family} ERROR: ${number} (${name})`);
      const byName = finalCodeOf(`+${family.toLowerCase()} error: ${name.toUpperCase()}`);
      const first = Object.values(names).indexOf(name);
      expect(byName).toMatchObject({ error: { family, number: Number(Object.keys(names)[first]) } });
    }
  });
});
