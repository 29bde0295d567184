import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Amount } from '../../../../device/safe-mobile/index.ts';
import { amountOf, moneyOf } from '../../../../server/rails/paypal/money.ts';

/** https://developer.paypal.com/api/rest/reference/currency-codes/: HUF, JPY and TWD have no decimals. */
const TABLE: readonly (readonly [Amount, string | undefined])[] = [
  [{ minor: 1_250, currency: 'EUR' }, '12.50'],
  [{ minor: 5, currency: 'EUR' }, '0.05'],
  [{ minor: 999_999_999_999, currency: 'USD' }, '9999999999.99'],
  [{ minor: 1_250, currency: 'JPY' }, '1250'],
  [{ minor: 125_000, currency: 'HUF' }, '1250'],
  [{ minor: 125_050, currency: 'HUF' }, undefined],
  [{ minor: 1_250, currency: 'TND' }, undefined],
  [{ minor: 1_250, currency: 'KES' }, undefined],
];

describe('an amount at PayPal', () => {
  it.each(TABLE)('%o is %s', (amount, value) => {
    const money = moneyOf(amount);
    expect(money).toEqual(value === undefined ? undefined : { currency_code: amount.currency, value });
    if (money !== undefined) expect(amountOf(money)).toEqual(amount);
  });

  it.each([
    ['EUR', '-2.50', { minor: 250, currency: 'EUR' }],
    ['EUR', '12', { minor: 1_200, currency: 'EUR' }],
    ['EUR', '12.5', { minor: 1_250, currency: 'EUR' }],
    ['HUF', '1250', { minor: 125_000, currency: 'HUF' }],
    ['JPY', '1250.00', { minor: 1_250, currency: 'JPY' }],
    ['EUR', '12.505', undefined],
    ['JPY', '12.5', undefined],
    ['EUR', '', undefined],
    ['EUR', '1e3', undefined],
    ['EUR', ' 1', undefined],
    ['EUR', '12345678901234.00', undefined],
    ['XXX', '1.00', undefined],
  ])('%s %s is %o here', (currency_code, value, amount) => {
    expect(amountOf({ currency_code, value })).toEqual(amount);
  });

  it('is the same after it was written and read', () => {
    const amounts = fc.record({
      minor: fc.nat(2 ** 31 - 1),
      currency: fc.constantFrom('EUR' as const, 'USD' as const, 'JPY' as const, 'HUF' as const, 'PLN' as const),
    });
    fc.assert(
      fc.property(amounts, (amount) => {
        const money = moneyOf(amount);
        if (amount.currency === 'HUF' && amount.minor % 100 !== 0) expect(money).toBeUndefined();
        else expect(money === undefined ? undefined : amountOf(money)).toEqual(amount);
      }),
    );
  });
});
