import { sameOctets } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import { type Vault, VaultError } from '../keys/vault.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';

/** A new key seals from so long after the change on, ms: by then every process has looked into the database. */
const SEALS_AFTER_MS = 10_000;

/** When the first values are sealed anew, ms after the change: by then nothing is sealed under the key before. */
export const WALK_AFTER_MS = 20_000;

/** Rows that one transaction looks at. */
const BATCH = 100;

/** What a vault key opens, to tell which one it is. */
const PROOF = new TextEncoder().encode('vault');
const PROOF_PLACE = ['proof', 'vault'] as const;
/** For which place the next vault key travels, sealed under the present one. */
const NEXT_PLACE = ['vault key', 'next'] as const;

/** The one row of the table `vault`. */
interface VaultState {
  /** Sealed under the present key. */
  readonly proof: Uint8Array;
  /** The key before, sealed under the present one; `undefined` once nothing needs it. */
  readonly keyBefore: Uint8Array | undefined;
  /** The present key, sealed under the one before, for processes that have only that one; `undefined` once the walk is over. */
  readonly keyPresent: Uint8Array | undefined;
  /** When the present key came, ms since 1970; 0: it is the first one. */
  readonly changedAt: number;
  /** Where the walk through the sealed values is. */
  readonly place: Place;
  /** Values that were sealed anew: since the beginning of the walk, and in all. */
  readonly found: number;
  readonly moved: number;
}

/**
 * A place in the walk: the table by its number in {@link SEALED}, and the key of the last row that was looked at. After the last table: the
 * number of the last phone whose activation code may be under the key before; '': all of them.
 */
interface Place {
  readonly table: number;
  readonly after: string;
}

/** How far a change of the vault key is. */
export interface VaultStanding {
  /** `changing`: values are being sealed anew. `waiting`: all are, and activation codes of before still need the key before. */
  readonly state: 'settled' | 'changing' | 'waiting';
  readonly changedAt: number;
  readonly moved: number;
  /** Sealed under the present key, to tell which one it is. */
  readonly proof: Uint8Array;
}

/** A table with values under the vault key. */
interface Sealed {
  readonly table: string;
  readonly column: string;
  /** The rows in their order; `key` is text or a number. */
  readonly key: string;
  readonly isNumber: boolean;
  /** For which place the value of a row is sealed. */
  place(row: Row): readonly [purpose: string, subject: string];
}

const SEALED: readonly Sealed[] = [
  {
    ...{ table: 'service_key', column: 'sealed_secret', key: "use || ' ' || kid", isNumber: false },
    place: (row) => [`${row.text('use')} key`, `${row.text('use')} ${row.integer('kid')}`],
  },
  {
    ...{ table: 'device', column: 'sealed_approval_key', key: 'serial', isNumber: true },
    place: (row) => ['approval key', `device ${row.integer('id')}`],
  },
  {
    ...{ table: 'evidence', column: 'sealed', key: 'ref', isNumber: false },
    place: (row) => ['evidence', row.text('ref')],
  },
  ...Object.entries({ new_key: 'new approval key', proof: 'PIN proof', former_key: 'former approval key' }).map(
    ([column, purpose]): Sealed => ({
      ...{ table: 'pin_change', column, key: "device_id || ' ' || pcid", isNumber: false },
      place: (row) => [purpose, `device ${row.integer('device_id')} ${row.text('pcid')}`],
    }),
  ),
  {
    ...{ table: 'jws_key', column: 'sealed_secret', key: 'kid', isNumber: false },
    place: (row) => ['JWS key', row.text('kid')],
  },
  {
    ...{ table: 'pairwise_key', column: 'sealed', key: 'id', isNumber: true },
    place: () => ['pairwise key', 'people'],
  },
  {
    ...{ table: 'ciba_request', column: 'ping', key: 'authentication_id', isNumber: false },
    place: (row) => ['CIBA ping', row.text('authentication_id')],
  },
];

/**
 * Gives a vault the keys that open what is in the database. A database without a proof takes the key that it is opened with.
 * @throws VaultError when neither of the keys is that of the database
 */
export async function openVault(tx: Tx, vault: Vault, clock: Clock): Promise<void> {
  await tx.run(
    'INSERT INTO vault (id, proof, changed_at) VALUES (1, ?, 0) ON CONFLICT DO NOTHING',
    vault.seal(...PROOF_PLACE, PROOF),
  );
  await lookForKeys(tx, vault, clock.now());
}

/** What another process has changed. @param now ms since 1970 @throws VaultError */
export async function lookForKeys(tx: ReadTx, vault: Vault, now: number): Promise<void> {
  const state = await readState(tx);
  if (state !== undefined) take(vault, state, now);
}

/**
 * From now on there is another vault key, and what the one before has sealed is sealed anew, while the service goes on.
 * @param wrapped the next key, sealed under the present one. @returns false when it is the present one already
 * @throws ServiceError `invalid-request`; `conflict` while the change before is not over
 */
export async function changeVaultKey(tx: Tx, vault: Vault, clock: Clock, wrapped: Uint8Array): Promise<boolean> {
  const state = await lockState(tx);
  const now = clock.now();
  take(vault, state, now);
  const next = unwrap(vault, wrapped);
  const present = vault.present;
  if (sameOctets(next, present)) return false;
  if (state.keyBefore !== undefined) {
    throw new ServiceError('conflict', 'the change of the vault key before is not over yet: cash-server keys show');
  }
  const other = vault.alone(next);
  await tx.run(
    `UPDATE vault SET proof = ?, key_before = ?, key_present = ?, changed_at = ?, walk_table = 0, walk_after = '',
       found = 0, moved = 0 WHERE id = 1`,
    other.seal(...PROOF_PLACE, PROOF),
    other.seal(...NEXT_PLACE, present),
    vault.seal(...NEXT_PLACE, next),
    now,
  );
  return true;
}

/** Seals some values anew. @returns when to go on, ms since 1970; `undefined` when the change is over */
export async function walkOn(tx: Tx, vault: Vault, clock: Clock): Promise<number | undefined> {
  const state = await lockState(tx);
  const now = clock.now();
  take(vault, state, now);
  if (state.keyBefore === undefined) return undefined;
  const sealed = SEALED[state.place.table];
  if (sealed === undefined) return endOfWalk(tx, state, now);
  const { last, moved } = await sealAnew(tx, vault, sealed, state.place.after);
  const place: Place =
    last === undefined ? { table: state.place.table + 1, after: '' } : { ...state.place, after: last };
  await tx.run(
    'UPDATE vault SET walk_table = ?, walk_after = ?, found = found + ?, moved = moved + ? WHERE id = 1',
    ...[place.table, place.after, moved, moved],
  );
  return now + PAUSE_MS;
}

/** Between two batches, ms: others have work to do as well. */
const PAUSE_MS = 50;

/** How far it is. */
export async function vaultStanding(tx: ReadTx): Promise<VaultStanding> {
  const state = await readState(tx);
  if (state === undefined) throw new Error('the database has no vault');
  const { keyBefore, place, changedAt, moved, proof } = state;
  const isWalking = place.table <= SEALED.length;
  return { state: keyBefore === undefined ? 'settled' : isWalking ? 'changing' : 'waiting', changedAt, moved, proof };
}

/** Whether a vault key is the one of this proof. */
export function isKeyOf(vault: Vault, proof: Uint8Array): boolean {
  return opened(vault, PROOF_PLACE, proof) !== undefined;
}

/** The next vault key for its way to the service. */
export function wrapVaultKey(vault: Vault, next: Uint8Array): Uint8Array {
  return vault.seal(...NEXT_PLACE, next);
}

/**
 * A walk that has found nothing is the last one; then only activation codes of before need the key before. No clock tells which these are, because it may have
 * been put back: those that are open at the end of the walk, by the numbers of their phones.
 */
async function endOfWalk(tx: Tx, { found, place }: VaultState, now: number): Promise<number | undefined> {
  if (found > 0) {
    await tx.run("UPDATE vault SET walk_table = 0, walk_after = '', found = 0 WHERE id = 1");
    return now + PAUSE_MS;
  }
  const open = await tx.get(
    `SELECT max(code_expires_at) AS until, max(serial) AS last FROM device
     WHERE state IN ('registered', 'enrolling') AND code_tries_left > 0 AND code_expires_at >= ? AND serial <= ?`,
    (row) => ({ until: row.optionalInteger('until'), last: row.optionalInteger('last') }),
    now,
    place.after === '' ? Number.MAX_SAFE_INTEGER : Number(place.after),
  );
  if (open?.until !== undefined) {
    // From now on whoever has the key before gets nothing by it: a process needs the present one.
    await tx.run(
      'UPDATE vault SET key_present = NULL, walk_table = ?, walk_after = ? WHERE id = 1',
      ...[SEALED.length + 1, String(open.last)],
    );
    return open.until + 1;
  }
  await tx.run('UPDATE vault SET key_before = NULL, key_present = NULL, walk_table = 0 WHERE id = 1');
  return undefined;
}

async function sealAnew(
  tx: Tx,
  vault: Vault,
  { table, column, key, isNumber, place }: Sealed,
  after: string,
): Promise<{ readonly last: string | undefined; readonly moved: number }> {
  const from = isNumber ? Number(after === '' ? -1 : after) : after;
  const found = await tx.all(
    `SELECT *, ${key} AS place_key FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${BATCH}`,
    (row) => ({
      at: isNumber ? row.integer('place_key') : row.text('place_key'),
      place: place(row),
      value: row.optionalOctets(column),
    }),
    from,
  );
  let moved = 0;
  for (const row of found) {
    const anew = row.value === undefined ? undefined : vault.sealAnew(...row.place, row.value);
    if (anew === undefined || row.value === undefined) continue;
    // A value that was replaced meanwhile is under the present key.
    moved += await tx.run(
      `UPDATE ${table} SET ${column} = ? WHERE ${key} = ? AND ${column} = ?`,
      anew,
      row.at,
      row.value,
    );
  }
  return { last: found.length < BATCH ? undefined : String(found.at(-1)?.at), moved };
}

function take(vault: Vault, { proof, keyBefore, keyPresent, changedAt }: VaultState, now: number): void {
  const present =
    opened(vault, PROOF_PLACE, proof) === undefined ? undefined : vault.keyThatOpens(...PROOF_PLACE, proof);
  const key = present ?? (keyPresent === undefined ? undefined : opened(vault, NEXT_PLACE, keyPresent));
  if (key === undefined) throw new VaultError('the vault key is not that of the database: was it changed since?');
  const before = keyBefore === undefined ? undefined : opened(vault.alone(key), NEXT_PLACE, keyBefore);
  vault.use(key, before, changedAt <= now && now < changedAt + SEALS_AFTER_MS);
}

function unwrap(vault: Vault, wrapped: Uint8Array): Uint8Array {
  const next = opened(vault, NEXT_PLACE, wrapped);
  if (next?.length === 32) return next;
  throw new ServiceError('invalid-request', 'the next vault key is not sealed under the present one');
}

function opened(vault: Vault, place: readonly [string, string], sealed: Uint8Array): Uint8Array | undefined {
  try {
    return vault.open(...place, sealed);
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}

function readState(tx: ReadTx): Promise<VaultState | undefined> {
  return tx.get('SELECT * FROM vault WHERE id = 1', readVault);
}

async function lockState(tx: Tx): Promise<VaultState> {
  const state = await tx.get('SELECT * FROM vault WHERE id = 1 FOR UPDATE', readVault);
  if (state === undefined) throw new Error('the database has no vault');
  return state;
}

function readVault(row: Row): VaultState {
  return {
    proof: row.octets('proof'),
    keyBefore: row.optionalOctets('key_before'),
    keyPresent: row.optionalOctets('key_present'),
    changedAt: row.integer('changed_at'),
    place: { table: row.integer('walk_table'), after: row.text('walk_after') },
    found: row.integer('found'),
    moved: row.integer('moved'),
  };
}
