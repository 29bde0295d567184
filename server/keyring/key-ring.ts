import { type Primitives, type ServiceKeyPair, sameOctets } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import type { ServiceKeys } from '../keys/key-file.ts';
import { StaticSecrets } from '../keys/static-secrets.ts';
import type { Vault } from '../keys/vault.ts';
import type { ReadTx } from '../store/store.ts';
import { type Generation, type KeyUse, neverBegins, storedGenerations } from './generation.ts';
import { lookForKeys } from './vault-rotation.ts';

/** How long this process goes without looking for keys that another one has made, ms. */
const LOOK_AGAIN_MS = 5_000;

/**
 * A key is used so long after its announcement came, ms: by then every process has looked, whose clocks may differ by 2 s. So no phone is told of
 * a key that another process does not open yet.
 */
export const BEGINS_AFTER_MS = 10_000;

/** Of a sealing key: {@link KeyRing.standing}. */
export type KeyState = 'counts' | 'ended' | 'unknown';

/** A receipt key of the key file has this number: descriptors give it without one. */
export const FIRST_SIGNING_KID = 1;

/** A sealing key, with what it shares with phones. */
export interface SealingKey {
  readonly pair: ServiceKeyPair;
  readonly secrets: StaticSecrets;
}

/** A receipt key. */
export interface SigningKey {
  readonly kid: number;
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The number of the key that a phone is known to have; `undefined`: that of the key file. */
export type KnownKid = number | undefined;

/** Of a key whose end root has not announced. */
export const NO_END = { endAnnouncement: undefined, endAnnouncedAt: 0 } as const;

/** Of a key of the key file. */
const OF_FILE = {
  sealedSecret: undefined,
  createdAt: 0,
  beginsAt: 0,
  endsAt: undefined,
  announcement: undefined,
  ...NO_END,
} as const;

/** The generations that a look into the database found, sorted once. */
interface Known extends Readonly<Record<KeyUse, readonly Generation[]>> {
  readonly stored: readonly Generation[];
  /** Those whose end root has announced. */
  readonly ended: readonly Generation[];
}

const NOTHING: Known = { stored: [], sealing: [], signing: [], ended: [] };

interface RingContext {
  readonly keys: ServiceKeys;
  readonly vault: Vault;
  readonly primitives: Primitives;
  readonly clock: Clock;
  /** Phones whose static secret is kept in memory, of each sealing key. */
  readonly keptSecrets: number;
}

/**
 * All keys of the service: those of the key file, and those that have followed them, whose secrets lie in the database under the vault key.
 * So each process on the database has them, and takes a new one without a stop.
 */
export class KeyRing {
  readonly #context: RingContext;
  readonly #sealing = new Map<number, SealingKey>();
  readonly #signing = new Map<number, SigningKey>();
  /** The keys of the key file. */
  readonly #first: Readonly<Record<KeyUse, Generation>>;
  #known: Known = NOTHING;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(context: RingContext) {
    this.#context = context;
    const { sealing, signing } = context.keys;
    this.#first = {
      sealing: { use: 'sealing', kid: sealing.kid, publicKey: sealing.publicKey, ...OF_FILE },
      signing: { use: 'signing', kid: FIRST_SIGNING_KID, publicKey: signing.publicKey, ...OF_FILE },
    };
  }

  /** All generations of a use, that of the key file first. */
  async generations(tx: ReadTx, use: KeyUse): Promise<readonly Generation[]> {
    return (await this.#look(tx))[use];
  }

  /** The one that began last and has not ended. */
  async current(tx: ReadTx, use: KeyUse): Promise<Generation> {
    const known = await this.#look(tx);
    return latest(known[use], this.#context.clock.now()) ?? this.#first[use];
  }

  /** The number of a key that a phone is known to have. */
  numberOf(use: KeyUse, known: KnownKid): number {
    return known ?? this.#first[use].kid;
  }

  /** The keys whose end root has announced. */
  async ended(tx: ReadTx): Promise<readonly Generation[]> {
    return (await this.#look(tx)).ended;
  }

  /**
   * What a sealing key is good for: `counts`; `ended`: it only tells which phone has it still; `unknown`: there is none of this number, or root has
   * not signed it yet.
   */
  async standing(tx: ReadTx, kid: number): Promise<KeyState> {
    const { sealing } = await this.#look(tx);
    const generation = sealing.find((one) => one.kid === kid);
    if (generation?.beginsAt === undefined) return 'unknown';
    return hasEnded(generation, this.#context.clock.now()) ? 'ended' : 'counts';
  }

  /** Whether the life of a key that a phone is known to have is over. */
  async hasEnded(tx: ReadTx, use: KeyUse, known: KnownKid): Promise<boolean> {
    return hasEnded(await this.#find(tx, use, this.numberOf(use, known)), this.#context.clock.now());
  }

  /** Whether there is a key of this number that root has signed. */
  async has(tx: ReadTx, use: KeyUse, kid: number): Promise<boolean> {
    return (await this.generations(tx, use)).some((one) => one.kid === kid && one.beginsAt !== undefined);
  }

  /**
   * Whether a key has ended that was in use at a time, ms since 1970: phones may not believe any more what was sealed or signed then. Of a time that a clock wrote
   * which was ahead it is not known.
   */
  async hasEndedSince(tx: ReadTx, time: number): Promise<boolean> {
    const now = this.#context.clock.now();
    if (time > now) return true;
    return (await this.#look(tx)).stored.some(
      ({ beginsAt, endsAt }) =>
        beginsAt !== undefined && beginsAt <= time && endsAt !== undefined && endsAt > time && endsAt <= now,
    );
  }

  /** Whether the first of two keys began later. One that never begins is the earliest. */
  async isLater(tx: ReadTx, use: KeyUse, kid: number, than: KnownKid): Promise<boolean> {
    const other = this.numberOf(use, than);
    if (kid === other) return false;
    const generations = await this.generations(tx, use);
    const beginOf = (wanted: number) =>
      generations.find((one) => one.kid === wanted && !neverBegins(one))?.beginsAt ?? -1;
    return beginOf(kid) >= beginOf(other) && (beginOf(kid) > beginOf(other) || kid > other);
  }

  /** Whether a sealing key is an earlier one than that which a phone is known to have. */
  async isEarlier(tx: ReadTx, kid: number, known: KnownKid): Promise<boolean> {
    const later = this.numberOf('sealing', known);
    return kid !== later && this.isLater(tx, 'sealing', later, kid);
  }

  /** @throws Error when there is none of this number */
  async sealing(tx: ReadTx, known: KnownKid): Promise<SealingKey> {
    const { keys, primitives, keptSecrets } = this.#context;
    const kid = this.numberOf('sealing', known);
    const kept = this.#sealing.get(kid);
    if (kept !== undefined) return kept;
    const generation = await this.#find(tx, 'sealing', kid);
    const secretKey = this.#secretOf(generation, keys.sealing.secretKey);
    const pair = { kid, secretKey, publicKey: generation.publicKey };
    const key = { pair, secrets: new StaticSecrets(primitives, pair, keptSecrets) };
    this.#sealing.set(kid, key);
    return key;
  }

  /** The sealing key that a phone opens: the one it is known to have, as long as it counts, or else the latest one. */
  async sealingTo(tx: ReadTx, known: KnownKid): Promise<SealingKey> {
    const kid = this.numberOf('sealing', known);
    const latest = async () => (await this.current(tx, 'sealing')).kid;
    return this.sealing(tx, (await this.standing(tx, kid)) === 'ended' ? await latest() : kid);
  }

  /** The receipt key that a phone believes: the one it is known to have, as long as it counts, or else the latest one. */
  async signing(tx: ReadTx, known: KnownKid): Promise<SigningKey> {
    const generation = await this.#find(tx, 'signing', this.numberOf('signing', known));
    return hasEnded(generation, this.#context.clock.now()) ? this.currentSigning(tx) : this.#signingKey(generation);
  }

  /** What root has signed of these two keys, 107 octets each: nothing of a key of the key file. */
  async announcementsOf(tx: ReadTx, sealing: SealingKey, signing: SigningKey): Promise<readonly Uint8Array[]> {
    const of = async (use: KeyUse, kid: number) => (await this.#find(tx, use, kid)).announcement;
    const found = [await of('sealing', sealing.pair.kid), await of('signing', signing.kid)];
    return found.filter((announcement) => announcement !== undefined);
  }

  /** The receipt key that signs what goes to no phone. */
  async currentSigning(tx: ReadTx): Promise<SigningKey> {
    return this.#signingKey(await this.current(tx, 'signing'));
  }

  /** The number of the receipt key that has signed. */
  async numberOfSigner(tx: ReadTx, publicKey: Uint8Array): Promise<number> {
    const generations = await this.generations(tx, 'signing');
    return generations.find((one) => sameOctets(one.publicKey, publicKey))?.kid ?? FIRST_SIGNING_KID;
  }

  /** The next look is a look into the database: keys were changed by this process. */
  forget(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  /** Wipes what was read from the database, and what phones share with the service. */
  close(): void {
    for (const { pair, secrets } of this.#sealing.values()) {
      secrets.close();
      if (pair.secretKey !== this.#context.keys.sealing.secretKey) pair.secretKey.fill(0);
    }
    for (const { seed } of this.#signing.values()) if (seed !== this.#context.keys.signing.seed) seed.fill(0);
    this.#sealing.clear();
    this.#signing.clear();
  }

  #signingKey(generation: Generation): SigningKey {
    const { kid, publicKey } = generation;
    const kept = this.#signing.get(kid);
    if (kept !== undefined) return kept;
    const key = { kid, seed: this.#secretOf(generation, this.#context.keys.signing.seed), publicKey };
    this.#signing.set(kid, key);
    return key;
  }

  #secretOf({ use, kid, sealedSecret }: Generation, ofFile: Uint8Array): Uint8Array {
    return sealedSecret === undefined ? ofFile : this.#context.vault.open(...placeOf(use, kid), sealedSecret);
  }

  async #find(tx: ReadTx, use: KeyUse, kid: number): Promise<Generation> {
    const isIt = (one: Generation) => one.kid === kid;
    const known = await this.#look(tx);
    const generation = known[use].find(isIt);
    if (generation !== undefined) return generation;
    // Another process has made it since the last look, and a phone has it already.
    this.forget();
    const found = (await this.generations(tx, use)).find(isIt);
    if (found === undefined) throw new Error(`there is no ${use} key ${kid}`);
    return found;
  }

  /** What the last look found, at once, unless it is too long ago: a payment asks some twenty times. */
  #look(tx: ReadTx): Known | Promise<Known> {
    const now = this.#context.clock.now();
    const isRecent = now - this.#lookedAt < LOOK_AGAIN_MS && now >= this.#lookedAt;
    return isRecent ? this.#known : this.#lookAgain(tx, now);
  }

  async #lookAgain(tx: ReadTx, now: number): Promise<Known> {
    await lookForKeys(tx, this.#context.vault, now);
    const stored = await storedGenerations(tx);
    this.#known = {
      stored,
      sealing: this.#withFirst(stored, 'sealing'),
      signing: this.#withFirst(stored, 'signing'),
      ended: stored.filter(({ endAnnouncement }) => endAnnouncement !== undefined),
    };
    this.#lookedAt = now;
    return this.#known;
  }

  #withFirst(stored: readonly Generation[], use: KeyUse): readonly Generation[] {
    const first = this.#first[use];
    const ofUse = stored.filter((generation) => generation.use === use);
    return ofUse.some(({ kid }) => kid === first.kid) ? ofUse : [first, ...ofUse];
  }
}

/** For which place the secret of a key is sealed under the vault key. */
export function placeOf(use: KeyUse, kid: number): readonly [purpose: string, subject: string] {
  return [`${use} key`, `${use} ${kid}`];
}

/** Whether the life of a key is over, ms since 1970. */
function hasEnded({ endsAt }: Generation, now: number): boolean {
  return endsAt !== undefined && now >= endsAt;
}

/** The one that begins last of those that root has signed, and that have begun and not ended at a time, ms since 1970. */
export function latest(generations: readonly Generation[], time: number): Generation | undefined {
  let last: Generation | undefined;
  for (const one of generations) {
    const counts = one.beginsAt !== undefined && one.beginsAt <= time && !hasEnded(one, time);
    if (counts && (last === undefined || beginsAfter(one, last))) last = one;
  }
  return last;
}

function beginsAfter(one: Generation, other: Generation): boolean {
  return (one.beginsAt ?? 0) > (other.beginsAt ?? 0) || (one.beginsAt === other.beginsAt && one.kid > other.kid);
}
