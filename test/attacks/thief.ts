import { z } from 'zod';
import {
  concat,
  hexOf,
  isZero,
  octetsOf,
  openDown,
  type PhoneKeyPair,
  type PinKey,
  type Primitives,
  type PublicHalf,
  type ServiceKeyPair,
} from '../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import { Haystack } from './haystack.ts';
import type { Loot } from './life.ts';

const native = servicePrimitives();

/** Thieves of all tests compute nearly the same: each result is computed once, and given out as a copy, since callers wipe it. */
export const primitives: Primitives = {
  ...native,
  x25519: remembered(native.x25519),
  x25519PublicKey: remembered(native.x25519PublicKey),
  ed25519PublicKey: remembered(native.ed25519PublicKey),
  ed25519Sign: remembered(native.ed25519Sign),
  ed25519Verify: (publicKey, message, signature) => verified(publicKey, message, signature)[0] === 1,
};

const verified = remembered((publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
  Uint8Array.of(native.ed25519Verify(publicKey, message, signature) ? 1 : 0),
);

function remembered<Inputs extends readonly Uint8Array[]>(
  compute: (...inputs: Inputs) => Uint8Array,
): (...inputs: Inputs) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (...inputs) => {
    const names = inputs.map((octets) => Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('hex'));
    const name = names.join(' ');
    const result = known.get(name) ?? compute(...inputs);
    known.set(name, result);
    return result.slice();
  };
}

const dump = z.object({ sections: z.record(z.string(), z.unknown()) });
const store = z.object({ records: z.record(z.string(), z.string()) });
const applications = z.record(z.string(), z.record(z.string(), z.string()));

/** The keys in a record of the phone. */
export interface FoundKeys {
  readonly phone: PhoneKeyPair;
  readonly pinKey: PinKey;
}

/** All that a thief can work out without a PIN. */
export interface Thief {
  /** Every record of every state of the flash, once. */
  readonly records: readonly Uint8Array[];
  readonly keys: readonly FoundKeys[];
  readonly deviceId: number;
  readonly service: PublicHalf<ServiceKeyPair>;
  /** `S` by its number: that of the descriptor, and those that were announced. */
  readonly services: ReadonlyMap<number, PublicHalf<ServiceKeyPair>>;
  /** `R`. */
  readonly receiptKey: Uint8Array;
  readonly up: readonly Uint8Array[];
  readonly down: readonly Uint8Array[];
  /** The messages of the service, which open with `d`. */
  readonly heard: readonly Uint8Array[];
  /** Everything that is stored, heard or logged. */
  readonly haystack: Haystack;
  /** Numbers that messages of this phone may have had. */
  readonly counters: readonly number[];
}

/** One state of the flash: its records by store and octets in hexadecimal, its sections as texts, and the applications' attributes. */
interface FlashState {
  readonly records: ReadonlyMap<string, Uint8Array>;
  readonly texts: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** States by the text of their file: thieves of all tests have nearly the same ones. */
const flashStates = new Map<string, FlashState>();

function flashState(file: string): FlashState {
  const known = flashStates.get(file);
  if (known !== undefined) return known;
  const { sections } = dump.parse(JSON.parse(file));
  const records = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(sections)) {
    const read = store.safeParse(value);
    for (const hex of read.success ? Object.values(read.data.records) : [])
      records.set(`${name} ${hex}`, octetsOf(hex));
  }
  const texts = Object.values(sections).map((value) => JSON.stringify(value));
  const attributes = applications.safeParse(sections['applications']).data?.['Cash-Mobile'] ?? {};
  const state = { records, texts, attributes };
  flashStates.set(file, state);
  return state;
}

/** Sorts what was stolen. */
export function thiefWith(loot: Loot): Thief {
  const states = loot.flash.map(flashState);
  const named = new Map(states.flatMap((state) => [...state.records]));
  const records = [...named.values()];
  const ofStore = (name: string) => [...named].flatMap(([key, octets]) => (key.includes(`/${name} `) ? [octets] : []));
  const keys = ofStore('device').flatMap(readKeys);
  const phones = [...new Map(keys.map(({ phone }) => [hexOf(phone.secretKey), phone])).values()];
  const attributes = states.at(-1)?.attributes ?? {};
  const [kid = '', key = ''] = (attributes['Safe-Mobile-Key'] ?? '').split(':');
  const service = { kid: Number(kid), publicKey: octetsOf(key) };
  const announced = loot.down
    .filter((frame) => frame[0] === 0x14 && frame[1] === 1)
    .map((frame) => ({ kid: frame[2] ?? 0, publicKey: frame.slice(3, 35) }));
  const services = new Map([service, ...announced].map((one) => [one.kid, one]));
  const heard = loot.down.flatMap((frame) => openedByEach(phones, services.get(frame[1] ?? 0) ?? service, frame));
  return {
    records,
    keys: [...new Map(keys.map((found) => [hexOf(found.pinKey.camouflaged), found])).values()],
    deviceId: Number(attributes['Safe-Mobile-Device']),
    service,
    services,
    receiptKey: octetsOf(attributes['Safe-Mobile-Receipt-Key'] ?? ''),
    up: loot.up,
    down: loot.down,
    heard,
    haystack: new Haystack(
      Buffer.from(concat(...records, ...heard)),
      [...new Set(states.flatMap(({ texts }) => texts)), ...loot.log].join('\n').toLowerCase(),
    ),
    counters: ofStore('counter').map((octets) => new DataView(octets.buffer).getUint32(0)),
  };
}

/**
 * Reads a record of the phone: format, phase, deviceId, d, a camouflaged key, the ENROL frame, the anchors; then, while a PIN changes, pcid, when,
 * and a second camouflaged key.
 */
function readKeys(record: Uint8Array): readonly FoundKeys[] {
  const view = new DataView(record.buffer, record.byteOffset);
  const secretKey = record.slice(8, 40);
  const phone = { deviceId: view.getUint32(2), secretKey, publicKey: primitives.x25519PublicKey(secretKey) };
  const anchorsAt = 100 + view.getUint16(98);
  const changeAt = anchorsAt + 2 + view.getUint16(anchorsAt);
  const places = changeAt < record.length ? [40, changeAt + 18] : [40];
  return places.map((at) => ({ phone, pinKey: readPinKey(record, at) }));
}

/** Salt, C, cost. */
function readPinKey(record: Uint8Array, at: number): PinKey {
  const view = new DataView(record.buffer, record.byteOffset + at);
  const cost = { N: view.getUint32(52), r: record[at + 56] ?? 0, p: record[at + 57] ?? 0 };
  return { salt: record.slice(at + 2, at + 18), camouflaged: record.slice(at + 20, at + 52), cost };
}

function openedByEach(
  phones: readonly PhoneKeyPair[],
  service: PublicHalf<ServiceKeyPair>,
  frame: Uint8Array,
): readonly Uint8Array[] {
  return phones.flatMap((phone) => {
    try {
      return [openDown(primitives, service, phone, frame)];
    } catch {
      return [];
    }
  });
}

/** Masks by PIN and salt: each way tries the same ones again. */
const masks = new Map<string, Uint8Array>();

/** What a PIN makes of a camouflaged key: the mask and the seed. */
export function guess({ salt, camouflaged, cost }: PinKey, pin: string) {
  const name = `${pin} ${hexOf(salt)}`;
  const mask = masks.get(name) ?? primitives.scrypt(Buffer.from(pin), salt, cost);
  masks.set(name, mask);
  return { mask, seed: camouflaged.map((octet, at) => octet ^ (mask[at] ?? 0)) };
}

/** Opens the box of a frame with what a thief believes to be `es` and `ss`. @param more octets hashed as well */
export function openBox(
  thief: Thief,
  frame: Uint8Array,
  D: Uint8Array,
  es: Uint8Array,
  ss: Uint8Array,
  more: Uint8Array = new Uint8Array(),
): Uint8Array | undefined {
  const isDown = frame[0] === 0x12;
  const at = isDown ? 2 : 6;
  const label = new Uint8Array(16);
  label.set(Buffer.from(isDown ? 'SM1 down' : frame[0] === 0x13 ? 'SM1 enrol' : 'SM1 up'));
  const header = new Uint8Array(6);
  header.set(frame.subarray(0, 2));
  new DataView(header.buffer).setUint32(2, thief.deviceId);
  const okm = primitives.sha512(
    concat(label, header, frame.subarray(at, at + 32), serviceKeyOf(thief, frame), D, es, ss, more),
  );
  return primitives.secretboxOpen(okm.subarray(0, 32), okm.subarray(32, 56), frame.subarray(at + 32));
}

/** `S` of a frame. */
export function serviceKeyOf({ service, services }: Thief, frame: Uint8Array): Uint8Array {
  return (services.get(frame[1] ?? 0) ?? service).publicKey;
}

/** `E` of a frame. */
export function ephemeralOf(frame: Uint8Array): Uint8Array {
  return frame[0] === 0x12 ? frame.slice(2, 34) : frame.slice(6, 38);
}

/** All places of 32 octets in the records, each once, but those of zeros. */
export function windows(records: readonly Uint8Array[]): readonly Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (const record of records) {
    for (let at = 0; at + 32 <= record.length; at += 1) {
      const octets = record.subarray(at, at + 32);
      if (!isZero(octets)) found.set(hexOf(octets), octets);
    }
  }
  return [...found.values()];
}
