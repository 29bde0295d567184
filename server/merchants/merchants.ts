import { type Currency, hexOf } from '../../device/safe-mobile/index.ts';
import type { Random } from '../../modem/index.ts';
import { ServiceError } from '../errors.ts';
import { hashApiKey } from '../http/api-key.ts';
import { type MerchantId, merchantId, type PersonId, personId } from '../ids.ts';
import { readCurrency } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { Store } from '../store/store.ts';

/** Octets of UTF-8 that a payee's name may have: a reference of 21 still fits beside it in one SMS. */
export const PAYEE_OCTETS = 32;

/** Somebody who asks for payments. */
export interface Merchant {
  readonly id: MerchantId;
  /** The payee as the customer's phone shows it. */
  readonly name: string;
  readonly currency: Currency;
  /** The person whose phone may start payments for this merchant. */
  readonly personId: PersonId | undefined;
  /** ms since 1970. */
  readonly createdAt: number;
}

/**
 * Registers a merchant.
 * @returns the merchant and its API key, which is not kept and cannot be shown again.
 * @throws ServiceError `conflict` when the person is a merchant's phone already
 */
export function addMerchant(
  store: Store,
  random: Random,
  merchant: Omit<Merchant, 'id' | 'createdAt'>,
  at: number,
): { readonly merchant: Merchant; readonly apiKey: string } {
  const apiKey = `cm_${hexOf(random.bytes(16))}`;
  return store.transaction(() => {
    if (merchant.personId !== undefined && merchantOfPerson(store, merchant.personId) !== undefined) {
      throw new ServiceError('conflict', `person ${merchant.personId} already has the phone of a merchant`);
    }
    const id = store.get(
      'INSERT INTO merchant (name, currency, api_key_hash, person_id, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id',
      (row) => merchantId(row.integer('id')),
      merchant.name,
      merchant.currency,
      hashApiKey(apiKey),
      merchant.personId ?? null,
      at,
    );
    if (id === undefined) throw new Error('INSERT returned no id');
    return { merchant: { ...merchant, id, createdAt: at }, apiKey };
  });
}

/** @throws ServiceError `not-found` */
export function merchantById(store: Store, id: number): Merchant {
  const merchant = store.get('SELECT * FROM merchant WHERE id = ?', readMerchant, id);
  if (merchant === undefined) throw new ServiceError('not-found', `there is no merchant ${id}`);
  return merchant;
}

/** The merchant with this API key, or `undefined`. */
export function merchantByApiKey(store: Store, apiKey: string): Merchant | undefined {
  return store.get('SELECT * FROM merchant WHERE api_key_hash = ?', readMerchant, hashApiKey(apiKey));
}

/** The merchant whose payments this person's phone may start, or `undefined`. */
export function merchantOfPerson(store: Store, person: PersonId): Merchant | undefined {
  return store.get('SELECT * FROM merchant WHERE person_id = ?', readMerchant, person);
}

function readMerchant(row: Row): Merchant {
  return {
    id: merchantId(row.integer('id')),
    name: row.text('name'),
    currency: readCurrency(row),
    personId: row.optional('person_id', (found, column) => personId(found.integer(column))),
    createdAt: row.integer('created_at'),
  };
}
