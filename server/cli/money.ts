import { z } from 'zod';
import { type Amount, CURRENCIES, type Currency, formatAmount, isCurrency } from '../../device/safe-mobile/index.ts';

/** An amount in an answer of the service. */
export const AmountAnswer: z.ZodType<Amount> = z.object({
  minor: z.int(),
  currency: z.string().refine(isCurrency, { error: `expected one of ${Object.keys(CURRENCIES).join(', ')}` }),
});

/** `50.00 EUR`, with as many decimals as the currency has; `-50.00 EUR` below zero. */
export function moneyText(amount: Amount): string {
  if (amount.minor < 0) return `-${moneyText({ ...amount, minor: -amount.minor })}`;
  const [letters, units] = formatAmount(amount).split(' ');
  return `${units} ${letters}`;
}

/** The balance of an account in every currency; "nothing" for an account that never had money. */
export function balancesText(balances: readonly Amount[]): string {
  return balances.length === 0 ? 'nothing' : balances.map(moneyText).join(', ');
}

/** The balance of an account in one currency. */
export function balanceIn(balances: readonly Amount[], currency: Currency): Amount {
  return balances.find((balance) => balance.currency === currency) ?? { minor: 0, currency };
}
