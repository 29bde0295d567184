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
import { ENDLESS, type Generation, KEY_USES, type KeyUse, lockKeys, neverBegins, notAfterOf } from './generation.ts';
import { BEGINS_AFTER_MS, type KeyRing, latest, NO_END, placeOf } from './key-ring.ts';

/** Times in announcements are in seconds. */
const SECOND_MS = 1_000;

/** The numbers that a key may have: one octet on the air. */
const KIDS: readonly number[] = Array.from({ length: 255 }, (_, index) => index + 1);

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

/** What a new key is made of, drawn before the transaction. */
export interface Drawn {
  /** 32 octets. */
  readonly secret: Uint8Array;
  /** Chooses the number among those that are free, 0 to 255. */
  readonly chance: number;
}

/**
 * The next key of a use, which counts once root has signed its announcement. Asked for again before that, it is the same one. Its number is
 * drawn: where a backup of the database was put back, phones may know keys of which this database knows nothing, and a phone takes no second key of
 * one number.
 * @throws ServiceError `conflict` when all numbers are used
 */
export async function prepareKey(
  tx: Tx,
  { ring, vault, primitives, clock }: RotationContext,
  use: KeyUse,
  { secret, chance }: Drawn,
): Promise<Generation> {
  await lockKeys(tx);
  ring.forget();
  const generations = await ring.generations(tx, use);
  const prepared = generations.find(({ beginsAt }) => beginsAt === undefined);
  const createdAt = madeAt(clock, generations);
  if (prepared !== undefined) return madeAnew(tx, prepared, createdAt);
  const free = KIDS.filter((kid) => !generations.some((one) => one.kid === kid));
  const kid = free[chance % free.length];
  if (kid === undefined) throw new ServiceError('conflict', `all ${KIDS.length} numbers of ${use} keys are used`);
  for (const first of generations) await insert(tx, first);
  const publicKey = use === 'sealing' ? primitives.x25519PublicKey(secret) : primitives.ed25519PublicKey(secret);
  const made: Generation = {
    ...{ use, kid, publicKey, createdAt },
    sealedSecret: vault.seal(...placeOf(use, kid), secret),
    ...{ beginsAt: undefined, endsAt: undefined, announcement: undefined, ...NO_END },
  };
  await insert(tx, made);
  tx.afterCommit(() => ring.forget());
  return made;
}

/**
 * Since when a key counts that is made now, ms since 1970: later than all that root has signed, because phones take that for the latest which counts from the
 * latest time on. Of a clock that was ahead there may be one that counts from later than now on.
 */
function madeAt(clock: Clock, generations: readonly Generation[]): number {
  const signed = generations.filter((one) => one.beginsAt !== undefined && !neverBegins(one));
  return Math.max(clock.now(), ...signed.map((one) => one.createdAt + SECOND_MS));
}

/** A key that was made while the clock was ahead counts from now on: else root could not sign it before that time has come. */
async function madeAnew(tx: Tx, prepared: Generation, now: number): Promise<Generation> {
  const createdAt = Math.min(prepared.createdAt, now);
  if (createdAt < prepared.createdAt)
    await tx.run(
      'UPDATE service_key SET created_at = ? WHERE use = ? AND kid = ?',
      ...[createdAt, prepared.use, prepared.kid],
    );
  return { ...prepared, createdAt };
}

/**
 * What root has signed: a prepared key begins, 10 s from now; or one that was followed by another ends.
 * @throws ServiceError `invalid-request` for what root has not signed, or not about a key of this service, or with times that phones and service would
 * take differently; `conflict` for the end of the latest key
 */
export async function announceKey(tx: Tx, context: RotationContext, announcement: Uint8Array): Promise<Generation> {
  const { keys, ring, primitives } = context;
  const announced = readAnnouncement(primitives, keys.root, announcement);
  const { what, kid, key } = announced;
  const use = KEY_USES.find((one) => ANNOUNCED[one] === what) ?? 'sealing';
  await lockKeys(tx);
  ring.forget();
  const generations = await ring.generations(tx, use);
  const known = generations.find((one) => one.kid === kid);
  if (known === undefined || !sameOctets(known.publicKey, key)) {
    throw new ServiceError('invalid-request', `this announcement is of a key ${kid} that this service has not made`);
  }
  tx.afterCommit(() => ring.forget());
  if (known.beginsAt === undefined) return begin(tx, context, known, announced, announcement);
  return announced.notAfter === ENDLESS ? known : end(tx, context, generations, known, announced, announcement);
}

async function begin(
  tx: Tx,
  { clock }: RotationContext,
  prepared: Generation,
  { notBefore, notAfter }: KeyAnnouncement,
  announcement: Uint8Array,
): Promise<Generation> {
  const beginsAt = clock.now() + BEGINS_AFTER_MS;
  // Phones would go on with the key before, and refuse what the new one signs.
  if (notBefore * 1000 > beginsAt)
    throw new ServiceError(
      'invalid-request',
      `this key counts for phones only ${(notBefore * 1000 - beginsAt) / 1000} s from now: announce it then, or end the key of a clock that was ahead (keys show) and make this one again`,
    );
  if (notAfter !== ENDLESS)
    throw new ServiceError('invalid-request', 'this key has an end: a new key gets one when another has followed it');
  const { use, kid } = prepared;
  await tx.run(
    'UPDATE service_key SET begins_at = ?, announcement = ? WHERE use = ? AND kid = ? AND begins_at IS NULL',
    ...[beginsAt, announcement, use, kid],
  );
  return { ...prepared, beginsAt, announcement };
}

/**
 * The end may only come nearer, as on phones. A key whose beginning lies further ahead than {@link BEGINS_AFTER_MS} was announced while the clock was ahead: it
 * has an end though it is the latest one, and never begins.
 */
async function end(
  tx: Tx,
  { clock }: RotationContext,
  generations: readonly Generation[],
  known: Generation,
  { notAfter }: KeyAnnouncement,
  announcement: Uint8Array,
): Promise<Generation> {
  const { use, kid } = known;
  const now = clock.now();
  const last = latest(generations, now + BEGINS_AFTER_MS) ?? known;
  if (last.kid === kid)
    throw new ServiceError('conflict', `${use} key ${kid} is the latest one: it ends when another one has followed`);
  const wanted = Math.max((notAfter + 1) * 1000, last.beginsAt ?? 0);
  const endsAt = Math.min(wanted, known.endsAt ?? wanted);
  if (known.endAnnouncement !== undefined && notAfterOf(known.endAnnouncement) <= notAfter) return known;
  // Later than the ends before, also than those of a clock that was ahead: by this time it is known which ends a phone has.
  const endAnnouncedAt = Math.max(now, ...generations.map((one) => one.endAnnouncedAt + 1));
  await tx.run(
    'UPDATE service_key SET ends_at = ?, end_announcement = ?, end_announced_at = ? WHERE use = ? AND kid = ?',
    ...[endsAt, announcement, endAnnouncedAt, use, kid],
  );
  return { ...known, endsAt, endAnnouncement: announcement, endAnnouncedAt };
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
  const { use, kid, publicKey, sealedSecret, createdAt, beginsAt } = generation;
  await tx.run(
    `INSERT INTO service_key (use, kid, public_key, sealed_secret, created_at, begins_at)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ...[use, kid, publicKey, sealedSecret ?? null, createdAt, beginsAt ?? null],
  );
}
