import type { Currency } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import { clientByApiKey, unscopedKey } from '../api-keys/client-keys.ts';
import { hashApiKey } from '../keys/api-key.ts';
import { readCurrency } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type MerchantId, merchantId, type PersonId, personId } from '../vocabulary/ids.ts';
import { checkNameOnPhones } from '../vocabulary/names.ts';

/** Octets of UTF-8 that a payee's name may have: a reference of 21 still fits beside it in one SMS. */
const PAYEE_OCTETS = 32;

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
  /** Since when it may ask nobody, ms since 1970: until the operator has looked. */
  readonly suspendedAt: number | undefined;
}

/** A merchant as the administrator registers it. */
export type NewMerchant = Pick<Merchant, 'name' | 'currency' | 'personId'>;

/** A merchant, its API key, and whether it was there before. */
export interface AddedMerchant {
  readonly merchant: Merchant;
  /** The API key, which is not stored: it can be shown again only for the same idempotency key. */
  readonly apiKey: string;
  readonly repeated: boolean;
}

/**
 * Registers a merchant.
 * @param apiKey of `newApiKey`
 * @param idempotencyKey the administrator's key of this request: the same key with the same content is the same merchant
 * @throws ServiceError `invalid-request`; `conflict` when the person is a merchant's phone already, or the key was used for another merchant
 */
export async function addMerchant(
  tx: Tx,
  clock: Clock,
  wanted: NewMerchant,
  apiKey: string,
  idempotencyKey: string | undefined,
): Promise<AddedMerchant> {
  checkNameOnPhones(wanted.name, PAYEE_OCTETS);
  const createdAt = clock.now();
  const id = await tx.insert(
    `INSERT INTO merchant (name, currency, api_key_hash, person_id, created_at, idempotency_key)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    'id',
    wanted.name,
    wanted.currency,
    hashApiKey(apiKey),
    wanted.personId ?? null,
    createdAt,
    idempotencyKey ?? null,
  );
  if (id !== undefined) {
    const merchant: Merchant = { ...wanted, id: merchantId(id), createdAt, suspendedAt: undefined };
    return { merchant, apiKey, repeated: false };
  }
  // Without a key nobody else has this API key: an earlier run of this transaction was committed.
  const own = idempotencyKey === undefined ? await merchantByApiKey(tx, apiKey, createdAt) : undefined;
  if (own !== undefined) return { merchant: own, apiKey, repeated: false };
  const known = idempotencyKey === undefined ? undefined : await merchantByIdempotencyKey(tx, idempotencyKey);
  if (known === undefined) {
    throw new ServiceError('conflict', `person ${wanted.personId} already has the phone of a merchant`);
  }
  if (!isSame(known, wanted)) {
    const key = idempotencyKey && unscopedKey(idempotencyKey);
    throw new ServiceError('conflict', `key ${key} was used for another merchant: use a new one`);
  }
  if ((await merchantByApiKey(tx, apiKey, createdAt))?.id === known.id) {
    return { merchant: known, apiKey, repeated: true };
  }
  const way = `cash-server merchant rotate-key --merchant ${known.id}`;
  throw new ServiceError('conflict', `the API key of merchant ${known.id} was changed or revoked since: ${way}`);
}

async function merchantByIdempotencyKey(tx: ReadTx, key: string): Promise<Merchant | undefined> {
  return tx.get('SELECT * FROM merchant WHERE idempotency_key = ?', readMerchant, key);
}

function isSame(known: Merchant, { name, currency, personId }: NewMerchant): boolean {
  return known.name === name && known.currency === currency && known.personId === personId;
}

/** @throws ServiceError `not-found` */
export async function merchantById(tx: ReadTx, id: number): Promise<Merchant> {
  const merchant = await tx.get('SELECT * FROM merchant WHERE id = ?', readMerchant, id);
  if (merchant === undefined) throw new ServiceError('not-found', `there is no merchant ${id}`);
  return merchant;
}

/** The merchant whom this API key opens, or `undefined`: the latest one, or the one before as long as it is kept. @param now ms since 1970 */
export async function merchantByApiKey(tx: ReadTx, apiKey: string, now: number): Promise<Merchant | undefined> {
  return clientByApiKey(tx, 'merchant', readMerchant, apiKey, now);
}

/** The merchant whose payments this person's phone may start, or `undefined`. */
export async function merchantOfPerson(tx: ReadTx, person: PersonId): Promise<Merchant | undefined> {
  return tx.get('SELECT * FROM merchant WHERE person_id = ?', readMerchant, person);
}

function readMerchant(row: Row): Merchant {
  return {
    id: merchantId(row.integer('id')),
    name: row.text('name'),
    currency: readCurrency(row),
    personId: row.optional('person_id', (found, column) => personId(found.integer(column))),
    createdAt: row.integer('created_at'),
    suspendedAt: row.optionalInteger('suspended_at'),
  };
}
