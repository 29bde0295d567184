import { hexOf } from '../../device/safe-mobile/index.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { ROLES, type Role } from '../vocabulary/roles.ts';

/** Somebody who runs the service, with an API key of their own. */
export interface Operator {
  /** Given once: the name of an operator who was revoked is not given again. */
  readonly name: string;
  readonly role: Role;
  /** ms since 1970. */
  readonly createdAt: number;
  /** Since when the key opens nothing, ms since 1970. */
  readonly revokedAt: number | undefined;
  /** The operator who made a key of this one and may have it, as long as nobody else has confirmed that it is in the right hands. */
  readonly hand: string | undefined;
  /** Whether the operator made the present key themselves. */
  readonly ownKey: boolean;
  /** Names the present key: 16 hexadecimal digits. */
  readonly fingerprint: string;
}

/** Who asks for something, by their key. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
}

/** An operator as an administrator registers them. */
export type NewOperator = Pick<Operator, 'name' | 'role'>;

/** What the name of an operator looks like: it stands in paths and in the audit log. */
export const OPERATOR_NAME: RegExp = /^[a-z][a-z0-9._-]{0,31}$/;

/**
 * Registers an operator.
 * @param keyHash of the API key; by it a transaction finds what an earlier run of its own has done. @param at ms since 1970
 * @param by the operator who does it, in whose hand the new one is; `undefined`: a program, as `init`
 * @throws ServiceError `invalid-request`; `conflict` when the name was given before
 */
export async function addOperator(
  tx: Tx,
  { name, role }: NewOperator,
  keyHash: Uint8Array,
  at: number,
  by?: string,
): Promise<Operator> {
  if (!OPERATOR_NAME.test(name)) {
    throw new ServiceError(
      'invalid-request',
      'name: expected a small letter, then up to 31 of a-z, 0-9, ".", "_", "-"',
    );
  }
  await tx.run(
    `INSERT INTO operator (name, role, key_hash, created_at, hand, own_key, own_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (name) DO NOTHING`,
    name,
    role,
    keyHash,
    at,
    by ?? null,
    by === undefined ? 1 : 0,
    by === undefined ? at : null,
  );
  const own = await operatorByKeyHash(tx, keyHash);
  if (own?.name === name) return own;
  throw new ServiceError('conflict', `there is an operator ${name} already, or was: choose another name`);
}

/** The operator whose key it is, revoked or not, or `undefined`. */
export async function operatorByKeyHash(tx: ReadTx, keyHash: Uint8Array): Promise<Operator | undefined> {
  return tx.get('SELECT * FROM operator WHERE key_hash = ?', readOperator, keyHash);
}

/** All operators, those who were revoked as well, in the order of their registration. */
export async function allOperators(tx: ReadTx): Promise<Operator[]> {
  return tx.all('SELECT * FROM operator ORDER BY id', readOperator);
}

/** From now on the key opens nothing. @param at ms since 1970. @throws ServiceError `not-found`; `conflict` for the last administrator */
export async function revokeOperator(tx: Tx, name: string, at: number): Promise<Operator> {
  const admins = await lockAdmins(tx);
  const operator = await lockOperator(tx, name);
  if (operator.revokedAt !== undefined) return operator;
  if (admins.length === 1 && admins[0] === name) {
    throw new ServiceError('conflict', `${name} is the last operator with the role admin: add another one first`);
  }
  await tx.run('UPDATE operator SET revoked_at = ? WHERE name = ?', at, name);
  return { ...operator, revokedAt: at };
}

/**
 * Gives an operator another key; the one before opens nothing any more.
 * @param hand in whose hand the operator is from now on. @param ownKey whether the operator made the key
 * @throws ServiceError `not-found`; `conflict` when revoked
 */
export async function rotateOperatorKey(
  tx: Tx,
  name: string,
  keyHash: Uint8Array,
  hand: string | undefined,
  ownKey: boolean,
): Promise<Operator> {
  const operator = await lockOperator(tx, name);
  if (operator.revokedAt !== undefined) throw revoked(name);
  const sql = 'UPDATE operator SET key_hash = ?, hand = ?, own_key = ? WHERE name = ?';
  await tx.run(sql, keyHash, hand ?? null, ownKey ? 1 : 0, name);
  return { ...operator, hand, ownKey, fingerprint: fingerprintOf(keyHash) };
}

/** The name is not given again. */
export function revoked(name: string): ServiceError {
  return new ServiceError('conflict', `operator ${name} was revoked: add one of another name`);
}

/** The names of those who may do everything. Two who revoke each other wait here, so that one of them stays. */
async function lockAdmins(tx: Tx): Promise<string[]> {
  return tx.all("SELECT name FROM operator WHERE role = 'admin' AND revoked_at IS NULL ORDER BY id FOR UPDATE", (row) =>
    row.text('name'),
  );
}

/** @throws ServiceError `not-found` */
export async function lockOperator(tx: Tx, name: string): Promise<Operator> {
  const operator = await tx.get('SELECT * FROM operator WHERE name = ? FOR UPDATE', readOperator, name);
  if (operator === undefined) throw new ServiceError('not-found', `there is no operator ${name} in the database`);
  return operator;
}

function readOperator(row: Row): Operator {
  return {
    name: row.text('name'),
    role: row.oneOf('role', ROLES),
    createdAt: row.integer('created_at'),
    revokedAt: row.optionalInteger('revoked_at'),
    hand: row.optionalText('hand'),
    ownKey: row.integer('own_key') === 1,
    fingerprint: fingerprintOf(row.octets('key_hash')),
  };
}

function fingerprintOf(keyHash: Uint8Array): string {
  return hexOf(keyHash.subarray(0, 8));
}
