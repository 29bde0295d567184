import { type Currency, hexOf } from '../../device/safe-mobile/index.ts';
import { looksLike, strangeLetter } from '../../device/suite/index.ts';
import type { Clock, Random } from '../../modem/index.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { Vault } from '../keys/vault.ts';
import { readCurrency } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type MerchantId, merchantId, type PersonId, personId } from '../vocabulary/ids.ts';
import { checkName } from '../vocabulary/names.ts';

/** Octets of UTF-8 that a payee's name may have: a reference of 21 still fits beside it in one SMS. */
const PAYEE_OCTETS = 32;

/** What phones show as the name of the application: no payee has it. */
const APPLICATION_NAME = 'Cash-Mobile';

const API_KEY_OCTETS = 16;

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

/** What an API key is made of: the vault makes the one that belongs to an idempotency key. */
interface RegistrationContext {
  readonly random: Random;
  readonly vault: Vault;
}

/** No header has it, so nobody can write the scope of somebody else in a key. */
const SCOPE_END = '\n';

/** An idempotency key of an operator: the same text of another operator is another key, because the answer has an API key. */
export function scopedKey(operator: string, idempotencyKey: string): string {
  return `${operator}${SCOPE_END}${idempotencyKey}`;
}

/**
 * The API key of a merchant who is to be registered. It is drawn before the transaction, which by it finds what an earlier run
 * of its own has done.
 * @param idempotencyKey the administrator's key of the request: the API key is made from it and the vault key, so that the
 * answer can be given again though it is not stored
 */
export function newApiKey({ random, vault }: RegistrationContext, idempotencyKey: string | undefined): string {
  if (idempotencyKey === undefined) return `cm_${hexOf(random.bytes(API_KEY_OCTETS))}`;
  const value = new TextEncoder().encode(idempotencyKey);
  return `cm_${hexOf(vault.mac('API key', 'merchant', value).subarray(0, API_KEY_OCTETS))}`;
}

/** A phone shows the payee beside what is the application's own. @throws ServiceError `invalid-request` */
function checkPayee(name: string): void {
  checkName(name, PAYEE_OCTETS);
  const strange = strangeLetter(name);
  if (strange !== undefined)
    throw new ServiceError('invalid-request', `name: the letter ${strange} is not taken, as it may look like another`);
  if (looksLike(name, APPLICATION_NAME))
    throw new ServiceError(
      'invalid-request',
      `name: it looks like ${APPLICATION_NAME}, which is the application itself`,
    );
}

/**
 * Registers a merchant.
 * @param apiKey of {@link newApiKey}
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
  checkPayee(wanted.name);
  const createdAt = clock.now();
  const id = await tx.get(
    `INSERT INTO merchant (name, currency, api_key_hash, person_id, created_at, idempotency_key)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    (row) => merchantId(row.integer('id')),
    wanted.name,
    wanted.currency,
    hashApiKey(apiKey),
    wanted.personId ?? null,
    createdAt,
    idempotencyKey ?? null,
  );
  if (id !== undefined) {
    const merchant: Merchant = { ...wanted, id, createdAt, suspendedAt: undefined };
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
    const key = idempotencyKey?.split(SCOPE_END).at(-1);
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
  const hash = hashApiKey(apiKey);
  const latest = 'SELECT * FROM merchant WHERE api_key_hash = ? AND key_revoked_at IS NULL';
  const before = 'SELECT * FROM merchant WHERE old_key_hash = ? AND old_key_until > ?';
  return (await tx.get(latest, readMerchant, hash)) ?? (await tx.get(before, readMerchant, hash, now));
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
