import { describe, expect, it } from 'vitest';
import { isAccount } from '../../../server/ledger/ledger.ts';

describe('the name of an account', () => {
  it.each(['cash', 'person:1', 'merchant:1234567890', 'clearing:card'])('is %s', (name) => {
    expect(isAccount(name)).toBe(true);
  });

  it.each([
    'person:0',
    'person:01',
    'merchant:007',
    'person:12345678901',
    'person:',
    'clearing:cash',
    'cash ',
    ' cash',
  ])('is not "%s"', (name) => {
    expect(isAccount(name)).toBe(false);
  });
});
