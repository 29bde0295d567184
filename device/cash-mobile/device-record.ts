import { DataInputStream, DataOutputStream, type MidletContext, RecordStore } from '../midp/index.ts';
import type { PhoneKeyPair, PinKey, Primitives } from '../safe-mobile/index.ts';

/**
 * The keys of the owner: the sealing key, and the signing key camouflaged by the PIN. The record has neither the PIN, nor
 * the seed, nor anything derived from the public key `A`: so a thief who reads the record cannot test PINs with it.
 */
export interface DeviceRecord {
  readonly phase: 'enrolling' | 'active';
  readonly phone: PhoneKeyPair;
  readonly pinKey: PinKey;
  /** The ENROL frame as it was sent, for repeats. */
  readonly enrolFrame: Uint8Array;
}

/** The one {@link DeviceRecord} of the phone, in a record store of its own. */
export class DeviceStore {
  readonly #context: MidletContext;
  readonly #primitives: Primitives;
  #record: DeviceRecord | undefined;

  /** @param deviceId a record of another device is erased: the phone was registered anew. */
  constructor(context: MidletContext, primitives: Primitives, deviceId: number) {
    this.#context = context;
    this.#primitives = primitives;
    const data = this.#load();
    this.#record = data === undefined ? undefined : decode(primitives, data);
    if (this.#record !== undefined && this.#record.phone.deviceId !== deviceId) this.erase();
  }

  get record(): DeviceRecord | undefined {
    return this.#record;
  }

  save(record: DeviceRecord): void {
    const store = this.#open();
    const [first] = store.enumerateRecords();
    if (first === undefined) store.addRecord(encode(record));
    else store.setRecord(first[0], encode(record));
    store.closeRecordStore();
    this.#record = decode(this.#primitives, encode(record));
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

function encode({ phase, phone, pinKey, enrolFrame }: DeviceRecord): Uint8Array {
  return new DataOutputStream()
    .writeByte(phase === 'active' ? 1 : 0)
    .writeInt(phone.deviceId)
    .writeBytes(phone.secretKey)
    .writeBytes(pinKey.salt)
    .writeBytes(pinKey.camouflaged)
    .writeInt(pinKey.cost.N)
    .writeByte(pinKey.cost.r)
    .writeByte(pinKey.cost.p)
    .writeBytes(enrolFrame)
    .toByteArray();
}

function decode(primitives: Primitives, data: Uint8Array): DeviceRecord {
  const record = new DataInputStream(data);
  const phase = record.readByte() === 1 ? 'active' : 'enrolling';
  const deviceId = record.readInt();
  const secretKey = record.readBytes();
  const salt = record.readBytes();
  const camouflaged = record.readBytes();
  const cost = { N: record.readInt(), r: record.readByte(), p: record.readByte() };
  const phone = { deviceId, secretKey, publicKey: primitives.x25519PublicKey(secretKey) };
  return { phase, phone, pinKey: { salt, camouflaged, cost }, enrolFrame: record.readBytes() };
}
