import { type Amount, type Currency, isCurrency } from '../../device/safe-mobile/index.ts';
import { type Row, RowError } from './row.ts';

/** ISO 4217 letters in the column `currency`. @throws RowError */
export function readCurrency(row: Row): Currency {
  const currency = row.text('currency');
  if (!isCurrency(currency)) throw new RowError(`currency ${currency} is not known`);
  return currency;
}

/** Money in the columns `minor` and `currency`. @throws RowError */
export function readAmount(row: Row): Amount {
  return { minor: row.integer('minor'), currency: readCurrency(row) };
}

/** Whether both are the same sum of the same currency. */
export function isSameAmount(one: Amount, other: Amount): boolean {
  return one.minor === other.minor && one.currency === other.currency;
}
