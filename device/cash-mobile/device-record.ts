import { DataInputStream, DataOutputStream, type MidletContext, RecordStore } from '../midp/index.ts';
import { type PhoneKeyPair, type PinKey, type Primitives, SafeMobileError } from '../safe-mobile/index.ts';
import {
  type AnchorAttribute,
  type Anchors,
  announced,
  decodeAnchors,
  encodeAnchors,
  strangeAttribute,
} from './anchors.ts';
import type { Properties } from './properties.ts';

/**
 * The keys of the owner: the sealing key, the signing key camouflaged by the PIN, and the service that they were made for. The
 * record has neither the PIN, nor the seed, nor anything derived from the public key `A`: so a thief who reads the record cannot
 * test PINs with it.
 */
export type DeviceRecord = {
  readonly phone: PhoneKeyPair;
  readonly pinKey: PinKey;
  readonly anchors: Anchors;
} & (
  | {
      readonly phase: 'enrolling';
      /** The ENROL frame as it was sent, for repeats; the activation code is in it. */
      readonly enrolFrame: Uint8Array;
    }
  | { readonly phase: 'active'; readonly newPin?: NewPin }
);

/** A new PIN that the service has not confirmed. Its key has a seed and a salt of its own, so it tells nothing about the present one. */
export interface NewPin {
  /** Names the change, 8 octets. */
  readonly pcid: Uint8Array;
  readonly pinKey: PinKey;
  /** When it was chosen, ms since 1970. */
  readonly at: number;
  /** Absent when the phone has given up: the key stays nevertheless, because an SMS may be late, and then the service confirms it. */
  readonly sent?: SentChange;
}

/** A new PIN about which the phone awaits the service's word. */
export type PendingPin = NewPin & { readonly sent: SentChange };

/** PIN_NEW and PIN_PROOF as they were sent, for repeats. */
interface SentChange {
  readonly announcement: Uint8Array;
  readonly proof: Uint8Array;
  /** How often both went out again. */
  readonly repeats: number;
}

/** The record of a phone that may pay. */
export type ActiveRecord = Extract<DeviceRecord, { phase: 'active' }>;

/** The one {@link DeviceRecord} of the phone, in a record store of its own. */
export class DeviceStore {
  readonly #context: MidletContext;
  readonly #primitives: Primitives;
  readonly #descriptor: Anchors;
  #record: DeviceRecord | undefined;

  /**
   * A record of another device is erased: the phone was registered anew. A record of an earlier version, which had no anchors, gets
   * those of the descriptor that is installed, once.
   */
  constructor(context: MidletContext, primitives: Primitives, descriptor: Properties) {
    this.#context = context;
    this.#primitives = primitives;
    const { deviceId, anchors, announcements } = descriptor;
    this.#descriptor = announcements.reduce((all, frame) => announced(primitives, all, frame) ?? all, anchors);
    const data = this.#load();
    if (data === undefined) return;
    this.#record = decode(primitives, data, this.#descriptor);
    if (this.#record.phone.deviceId !== deviceId) this.erase();
    else if (data[0] !== WITH_ANCHORS) this.save(this.#record);
    for (const frame of announcements) this.announce(frame);
  }

  get record(): DeviceRecord | undefined {
    return this.#record;
  }

  /** The new PIN about which the phone awaits the service's word. Until it comes, either PIN may be the one that counts. */
  get pending(): PendingPin | undefined {
    const newPin = this.#record?.phase === 'active' ? this.#record.newPin : undefined;
    return newPin?.sent === undefined ? undefined : { ...newPin, sent: newPin.sent };
  }

  /** Those of the record; while there is none, those of the descriptor, which the next record will have. */
  get anchors(): Anchors {
    return this.#record?.anchors ?? this.#descriptor;
  }

  /** What in the descriptor is of another service than the one that the keys of this phone were made for. */
  strangeIn({ anchors }: Properties): AnchorAttribute | undefined {
    return this.#record === undefined ? undefined : strangeAttribute(this.#record.anchors, anchors);
  }

  /** Stores the key of an announcement that `root` signed. Does nothing before the phone has keys, which are made with a descriptor. */
  announce(frame: Uint8Array): void {
    if (this.#record === undefined) return;
    const anchors = announced(this.#primitives, this.#record.anchors, frame);
    if (anchors !== undefined) this.save({ ...this.#record, anchors });
  }

  save(record: DeviceRecord): void {
    const store = this.#open();
    const [first] = store.enumerateRecords();
    if (first === undefined) store.addRecord(encode(record));
    else store.setRecord(first[0], encode(record));
    store.closeRecordStore();
    this.#record = decode(this.#primitives, encode(record), this.#descriptor);
  }

  /** The service has activated the phone: ENROL will not be repeated, so its frame is erased. */
  activate(): void {
    if (this.#record === undefined) return;
    this.save({ ...this.#record, phase: 'active' });
  }

  /** Forgets the keys; frames to this phone cannot be opened any more. */
  erase(): void {
    if (this.#record === undefined) return;
    RecordStore.deleteRecordStore(this.#context, STORE);
    this.#record = undefined;
  }

  #load(): Uint8Array | undefined {
    const store = this.#open();
    const [first] = store.enumerateRecords();
    store.closeRecordStore();
    return first?.[1];
  }

  #open(): RecordStore {
    return RecordStore.openRecordStore(this.#context, STORE, true);
  }
}

const STORE = 'device';
/** The most that scrypt may cost on a phone: blocks of 128 octets in its memory, and so its time. */
const MOST_BLOCKS = 16_384;
/** The first octet of a record. Records of the first version, which have no anchors, begin with the phase. */
const WITH_ANCHORS = 2;

function encode(record: DeviceRecord): Uint8Array {
  const { phase, phone, pinKey, anchors } = record;
  const out = new DataOutputStream()
    .writeByte(WITH_ANCHORS)
    .writeByte(phase === 'active' ? 1 : 0)
    .writeInt(phone.deviceId)
    .writeBytes(phone.secretKey);
  writePinKey(out, pinKey)
    .writeBytes(record.phase === 'active' ? new Uint8Array() : record.enrolFrame)
    .writeBytes(encodeAnchors(anchors));
  if (record.phase === 'active' && record.newPin !== undefined) writeNewPin(out, record.newPin);
  return out.toByteArray();
}

function writePinKey(out: DataOutputStream, { salt, camouflaged, cost }: PinKey): DataOutputStream {
  return out.writeBytes(salt).writeBytes(camouflaged).writeInt(cost.N).writeByte(cost.r).writeByte(cost.p);
}

function writeNewPin(out: DataOutputStream, { pcid, pinKey, at, sent }: NewPin): void {
  writePinKey(out.writeBytes(pcid).writeLong(at), pinKey);
  if (sent !== undefined) out.writeBytes(sent.announcement).writeBytes(sent.proof).writeByte(sent.repeats);
}

/** @throws SafeMobileError when the record was damaged: a key of another length would be found out only in the midst of a payment */
function decode(primitives: Primitives, data: Uint8Array, unanchored: Anchors): DeviceRecord {
  const record = new DataInputStream(data);
  const first = record.readByte();
  const phase = first === WITH_ANCHORS ? record.readByte() : first;
  const deviceId = record.readInt() >>> 0;
  const secretKey = record.readBytes();
  const pinKey = readPinKey(record);
  const enrolFrame = record.readBytes();
  if (secretKey.length !== 32) throw new SafeMobileError('field', 'damaged keys');
  const anchors = first === WITH_ANCHORS ? decodeAnchors(new DataInputStream(record.readBytes())) : unanchored;
  const phone = { deviceId, secretKey, publicKey: primitives.x25519PublicKey(secretKey) };
  const keys = { phone, pinKey, anchors };
  if (phase !== 1) return { phase: 'enrolling', ...keys, enrolFrame };
  return { phase: 'active', ...keys, ...(record.available() > 0 ? { newPin: readNewPin(record) } : {}) };
}

function readPinKey(record: DataInputStream): PinKey {
  const salt = record.readBytes();
  const camouflaged = record.readBytes();
  const cost = { N: record.readInt(), r: record.readByte(), p: record.readByte() };
  if (camouflaged.length !== 32 || cost.N * cost.r * cost.p > MOST_BLOCKS)
    throw new SafeMobileError('field', 'damaged keys');
  return { salt, camouflaged, cost };
}

function readNewPin(record: DataInputStream): NewPin {
  const pcid = record.readBytes();
  const at = record.readLong();
  const newPin = { pcid, at, pinKey: readPinKey(record) };
  if (record.available() === 0) return newPin;
  const sent = { announcement: record.readBytes(), proof: record.readBytes(), repeats: record.readUnsignedByte() };
  return { ...newPin, sent };
}
