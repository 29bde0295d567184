import { type DataInputStream, DataOutputStream } from '../midp/index.ts';
import {
  decodeAnnouncement,
  ifAccepted,
  isSmallOrder,
  isZero,
  type KeyAnnouncement,
  type Primitives,
  sameOctets,
} from '../safe-mobile/index.ts';

/** A public key of the service. A kid names one key for ever. */
export interface AnchoredKey {
  readonly kid: number;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
  /** From when to when the key is used, unix seconds, both included. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * What a phone believes: the number that it sends to, and the keys whose seals and signatures count. The first ones come from the
 * descriptor when the phone makes its keys, and are stored with those; later ones only by announcements that `root` signed.
 */
export interface Anchors {
  /** The service's number, `+39…`. */
  readonly service: string;
  /** Verifies announcements, 32 octets. */
  readonly root: Uint8Array;
  /** `S`: these seal both directions. */
  readonly sealing: readonly AnchoredKey[];
  /** `R`: these sign receipts and the time. */
  readonly signing: readonly AnchoredKey[];
}

/** The `notAfter` of a key whose end is not known yet. */
const NO_END = 0xffff_ffff;

/** A key that the service uses without an end that is known yet. */
export function endless(kid: number, publicKey: Uint8Array): AnchoredKey {
  return { kid, publicKey, notBefore: 0, notAfter: NO_END };
}

/**
 * Whether the life of one of these keys is over, unix seconds. An end counts only once a later key has begun: else whoever repeats the announcement of an
 * end silences a phone that has not heard of the next key.
 */
export function hasEnded(keys: readonly AnchoredKey[], key: AnchoredKey, time: number): boolean {
  const isOver = key.notAfter !== NO_END && time > key.notAfter;
  return !inUse(keys).includes(key) || (isOver && begunAt(keys, time).some((other) => byBeginning(other, key) > 0));
}

/** The keys that count at a time, unix seconds, the one that began last at the end. One of them always does. */
export function keysAt(keys: readonly AnchoredKey[], time: number): readonly AnchoredKey[] {
  return begunAt(keys, time).filter((key) => !hasEnded(keys, key, time));
}

/** The key that a frame to the service is sealed with: of those that count now, the one that began last. */
export function newestKey(keys: readonly AnchoredKey[], time: number): AnchoredKey | undefined {
  return keysAt(keys, time).at(-1);
}

/** In the order of their beginning. When none has begun, the clock is wrong: then it is the latest one. */
function begunAt(keys: readonly AnchoredKey[], time: number): readonly AnchoredKey[] {
  const begin = inUse(keys).toSorted(byBeginning);
  const begun = begin.filter(({ notBefore }) => notBefore <= time);
  return begun.length > 0 ? begun : begin.slice(-1);
}

/** Without keys that root has ended before their beginning, because they were made while the clock of the service was ahead; unless the phone has no other. */
function inUse(keys: readonly AnchoredKey[]): readonly AnchoredKey[] {
  const begin = keys.filter(({ notBefore, notAfter }) => notBefore <= notAfter);
  return begin.length > 0 ? begin : keys;
}

function byBeginning(one: AnchoredKey, other: AnchoredKey): number {
  return one.notBefore - other.notBefore || one.kid - other.kid;
}

/**
 * The anchors after a key announcement. A key that is known may only get a shorter life, so that an old announcement that somebody
 * sends once more changes nothing.
 * @returns `undefined` when nothing changes: not signed by `root`, known already, or another key under a kid that is taken
 */
export function announced(primitives: Primitives, anchors: Anchors, frame: Uint8Array): Anchors | undefined {
  const announcement = readAnnouncement(primitives, anchors.root, frame);
  if (announcement === undefined) return undefined;
  const list = announcement.what === 1 ? 'sealing' : 'signing';
  const keys = withKey(anchors[list], announcement);
  return keys === undefined ? undefined : { ...anchors, [list]: keys };
}

function readAnnouncement(primitives: Primitives, root: Uint8Array, frame: Uint8Array): KeyAnnouncement | undefined {
  const announcement = ifAccepted(() => decodeAnnouncement(primitives, root, frame));
  return announcement !== undefined && isSound(primitives, announcement) ? announcement : undefined;
}

/** A key of small order would give a shared secret, or take a signature, that everybody can make. */
function isSound(primitives: Primitives, { what, key }: KeyAnnouncement): boolean {
  return what === 2 ? !isSmallOrder(key) : !isZero(primitives.x25519(new Uint8Array(32).fill(1), key));
}

function withKey(
  keys: readonly AnchoredKey[],
  { kid, key, notBefore, notAfter }: KeyAnnouncement,
): readonly AnchoredKey[] | undefined {
  const known = keys.find((one) => one.kid === kid);
  if (known === undefined) return [...keys, { kid, publicKey: key, notBefore, notAfter }];
  if (!sameOctets(known.publicKey, key)) return undefined;
  const later = Math.max(known.notBefore, notBefore);
  const sooner = Math.min(known.notAfter, notAfter);
  if (later === known.notBefore && sooner === known.notAfter) return undefined;
  return keys.map((one) => (one === known ? { ...known, notBefore: later, notAfter: sooner } : one));
}

/** The attributes of the descriptor that have anchors. */
export type AnchorAttribute =
  | 'Safe-Mobile-Service'
  | 'Safe-Mobile-Key'
  | 'Safe-Mobile-Receipt-Key'
  | 'Safe-Mobile-Root';

/** The first attribute of a descriptor that does not belong to a phone with these anchors; `undefined` when all do. */
export function strangeAttribute(anchors: Anchors, descriptor: Anchors): AnchorAttribute | undefined {
  if (descriptor.service !== anchors.service) return 'Safe-Mobile-Service';
  if (!sameOctets(descriptor.root, anchors.root)) return 'Safe-Mobile-Root';
  if (!descriptor.sealing.every((key) => isAmong(anchors.sealing, key))) return 'Safe-Mobile-Key';
  return descriptor.signing.every((key) => isAmong(anchors.signing, key)) ? undefined : 'Safe-Mobile-Receipt-Key';
}

function isAmong(keys: readonly AnchoredKey[], { kid, publicKey }: AnchoredKey): boolean {
  return keys.some((key) => key.kid === kid && sameOctets(key.publicKey, publicKey));
}

/** Anchors as a part of a record. */
export function encodeAnchors({ service, root, sealing, signing }: Anchors): Uint8Array {
  const record = new DataOutputStream().writeUTF(service).writeBytes(root);
  for (const keys of [sealing, signing]) {
    record.writeInt(keys.length);
    for (const { kid, publicKey, notBefore, notAfter } of keys)
      record.writeByte(kid).writeBytes(publicKey).writeInt(notBefore).writeInt(notAfter);
  }
  return record.toByteArray();
}

/** @throws IOException when the record is not of {@link encodeAnchors} */
export function decodeAnchors(record: DataInputStream): Anchors {
  const service = record.readUTF();
  const root = record.readBytes();
  return { service, root, sealing: readKeys(record), signing: readKeys(record) };
}

function readKeys(record: DataInputStream): readonly AnchoredKey[] {
  return Array.from({ length: record.readInt() }, () => ({
    kid: record.readUnsignedByte(),
    publicKey: record.readBytes(),
    notBefore: record.readInt() >>> 0,
    notAfter: record.readInt() >>> 0,
  }));
}
