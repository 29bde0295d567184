import {
  type AnnouncedKey,
  decodeAnnouncement,
  type KeyAnnouncement,
  type Primitives,
  SafeMobileError,
  sameOctets,
} from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import type { ServiceKeys } from '../keys/key-file.ts';
import type { Vault } from '../keys/vault.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type Generation, KEY_USES, type KeyUse, storedGenerations } from './generation.ts';
import { type KeyRing, placeOf } from './key-ring.ts';

/** The largest number of a key: one octet on the air. */
const LAST_KID = 255;

/** What changes keys. */
export interface RotationContext {
  readonly keys: ServiceKeys;
  readonly ring: KeyRing;
  readonly vault: Vault;
  readonly primitives: Primitives;
  readonly clock: Clock;
}

/** What a key is called in an announcement. */
export const ANNOUNCED: Readonly<Record<KeyUse, AnnouncedKey>> = { sealing: 1, signing: 2 };

/** A key and how many phones are known to have none that is later. */
export interface KeyStanding extends Generation {
  readonly phones: number;
}

/**
 * The next key of a use, which counts once root has signed its announcement. Asked for again before that, it is the same one.
 * @param secret 32 octets, drawn before. @throws ServiceError `conflict` when all numbers are used
 */
export async function prepareKey(
  tx: Tx,
  { ring, vault, primitives, clock }: RotationContext,
  use: KeyUse,
  secret: Uint8Array,
): Promise<Generation> {
  ring.forget();
  const generations = await ring.generations(tx, use);
  const prepared = generations.find(({ beginsAt }) => beginsAt === undefined);
  if (prepared !== undefined) return prepared;
  const kid = Math.max(...generations.map((one) => one.kid)) + 1;
  if (kid > LAST_KID) throw new ServiceError('conflict', `all ${LAST_KID} numbers of ${use} keys are used`);
  for (const first of generations) await insert(tx, first);
  const publicKey = use === 'sealing' ? primitives.x25519PublicKey(secret) : primitives.ed25519PublicKey(secret);
  const made: Generation = {
    ...{ use, kid, publicKey, createdAt: clock.now() },
    sealedSecret: vault.seal(...placeOf(use, kid), secret),
    ...{ beginsAt: undefined, endsAt: undefined, announcement: undefined },
  };
  await insert(tx, made);
  tx.afterCommit(() => ring.forget());
  // Of two that ask at once the first one counts.
  return (await storedGenerations(tx)).find((one) => one.use === use && one.kid === kid) ?? made;
}

/**
 * From now on a prepared key is the latest one, and phones are told so. The ones before count for `keepMs` more.
 * @throws ServiceError `invalid-request` for what root has not signed, or not about this key
 */
export async function announceKey(
  tx: Tx,
  { keys, ring, primitives, clock }: RotationContext,
  announcement: Uint8Array,
  keepMs: number,
): Promise<Generation> {
  const { what, kid, key } = readAnnouncement(primitives, keys.root, announcement);
  const use = KEY_USES.find((one) => ANNOUNCED[one] === what);
  const prepared = (await storedGenerations(tx)).find((one) => one.use === use && one.kid === kid);
  if (prepared === undefined || !sameOctets(prepared.publicKey, key)) {
    throw new ServiceError('invalid-request', `this announcement is of a key ${kid} that this service has not made`);
  }
  if (prepared.beginsAt !== undefined) return prepared;
  const now = clock.now();
  await tx.run(
    'UPDATE service_key SET begins_at = ?, announcement = ? WHERE use = ? AND kid = ? AND begins_at IS NULL',
    ...[now, announcement, prepared.use, kid],
  );
  await tx.run(
    `UPDATE service_key SET ends_at = ?
     WHERE use = ? AND kid <> ? AND begins_at IS NOT NULL AND (ends_at IS NULL OR ends_at > ?)`,
    ...[now + keepMs, prepared.use, kid, now + keepMs],
  );
  tx.afterCommit(() => ring.forget());
  return { ...prepared, beginsAt: now, announcement };
}

/** All keys, with the phones that are in use. */
export async function keyStandings(tx: ReadTx, { ring }: Pick<RotationContext, 'ring'>): Promise<KeyStanding[]> {
  ring.forget();
  const standings: KeyStanding[] = [];
  for (const use of KEY_USES) {
    const generations = await ring.generations(tx, use);
    const counts = await countsOf(tx, use);
    const first = generations[0]?.kid;
    for (const generation of generations) {
      const unnamed = generation.kid === first ? (counts.get(undefined) ?? 0) : 0;
      standings.push({ ...generation, phones: (counts.get(generation.kid) ?? 0) + unnamed });
    }
  }
  return standings;
}

async function countsOf(tx: ReadTx, use: KeyUse): Promise<ReadonlyMap<number | undefined, number>> {
  const rows = await tx.all(
    `SELECT ${use}_kid AS kid, count(*) AS n FROM device WHERE state IN ('active', 'blocked') GROUP BY ${use}_kid ORDER BY ${use}_kid`,
    (row) => [row.optionalInteger('kid'), row.integer('n')] as const,
  );
  return new Map(rows);
}

function readAnnouncement(primitives: Primitives, root: Uint8Array, frame: Uint8Array): KeyAnnouncement {
  try {
    return decodeAnnouncement(primitives, root, frame);
  } catch (error) {
    if (!(error instanceof SafeMobileError)) throw error;
    throw new ServiceError('invalid-request', `${error.message}: sign it with the root key of this service`);
  }
}

async function insert(tx: Tx, generation: Generation): Promise<void> {
  const { use, kid, publicKey, sealedSecret, createdAt, beginsAt, endsAt, announcement } = generation;
  await tx.run(
    `INSERT INTO service_key (use, kid, public_key, sealed_secret, created_at, begins_at, ends_at, announcement)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ...[use, kid, publicKey, sealedSecret ?? null, createdAt, beginsAt ?? null, endsAt ?? null, announcement ?? null],
  );
}
