import { expect, test } from 'vitest';
import { destinationOption, dialledNumber } from '../../../modem/cli/options.ts';

test.each([
  ['+39 333 123-4567', '+393331234567'],
  ['+39\u00a0333\u202f1234567', '+393331234567'],
  ['+1 (212) 555.0100', '+12125550100'],
  ['+44 (0)20 7946 0000', '+442079460000'],
  ['0171/1234567', '01711234567'],
  ['+393331234567', '+393331234567'],
  [' 4321 ', '4321'],
  ['*100#', '*100#'],
  ['+39 333 123\u20134567', '+393331234567'],
  ['1'.repeat(20), '1'.repeat(20)],
  ['1'.repeat(21), undefined],
  ['39+333', undefined],
  ['Mamma', undefined],
  ['+39 333 x', undefined],
  ['+', undefined],
  ['', undefined],
])('%j is dialled as %j', (text, number) => {
  expect(dialledNumber(text)).toBe(number);
  if (number === undefined) expect(() => destinationOption(text)).toThrow(/international number/);
  else expect(destinationOption(text)).toBe(number);
});
