import { describe, expect, test } from 'vitest';
import { destinationOption, dialledNumber, hexOption, numberOption } from '../../../modem/cli/options.ts';

test.each([
  ['+39 333 123-4567', '+393331234567'],
  ['+39\u00a0333\u202f1234567', '+393331234567'],
  ['+1 (212) 555.0100', '+12125550100'],
  ['+44 (0)20 7946 0000', '+442079460000'],
  ['+44(0)20', '+4420'],
  // Only behind a country's number is the 0 in brackets left out.
  ['(0)6 1234', '061234'],
  ['0039 (0)6 1234', '0039061234'],
  ['+39 (0)6 (0)7', '+39607'],
  ['+39-(0)6', '+3906'],
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

describe('a whole number from 3 to 12', () => {
  test.each(['3', '12', '7', '007'])('%s is one', (text) => {
    expect(numberOption(3, 12)(text)).toBe(Number(text));
  });

  test.each(['2', '13', '-7', '+7', '7.0', '1e1', '0x7', ' 7', '', 'seven'])('%j is none', (text) => {
    expect(() => numberOption(3, 12)(text)).toThrow('Give a whole number from 3 to 12.');
  });
});

test.each(['00', 'aBcD', '00112233'])('%s is octets', (text) => {
  expect(Buffer.from(hexOption(text)).toString('hex')).toBe(text.toLowerCase());
});

test.each(['', '0', '123', 'gg', '00 11', '0x00'])('%j is none', (text) => {
  expect(() => hexOption(text)).toThrow('Give octets in hexadecimal');
});
