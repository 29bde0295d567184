import { DataInputStream, DataOutputStream, type MidletContext, RecordStore, type TimerTask } from '../midp/index.ts';
import {
  isZero,
  type PhoneKeyPair,
  type Primitives,
  sameOctets,
  type TimeResponse,
  timeText,
} from '../safe-mobile/index.ts';
import { keysAt } from './anchors.ts';
import type { DeviceStore } from './device-record.ts';
import type { Link } from './link.ts';
import { isSignedBy } from './receipts.ts';
import { eraseAll, writeOnly } from './records.ts';

/** How far the phone's clock may be from the service's before the phone asks, ms. */
const TOLERANCE_MS = 300_000;
/** How long the phone waits for the service's time, ms. After that its own clock counts. */
const PATIENCE_MS = 30_000;
/** Added to the stored difference, which may be negative, so that it fits an unsigned integer. */
const BIAS_MS = 2 ** 52;
/** Octets of a record of the version that kept the difference only. */
const DIFFERENCE_OCTETS = 8;

/** The service's time, computed from the phone's clock and the difference in the last time that the service signed. */
export class ServiceTime {
  readonly #context: MidletContext;
  readonly #link: Link;
  readonly #primitives: Primitives;
  readonly #device: DeviceStore;
  readonly #store: RecordStore;
  #difference = 0;
  /** When the latest message of the service was made that the phone has opened, unix seconds. */
  #heard = 0;
  #nonce: Uint8Array = new Uint8Array(8);
  #waiting: (() => void)[] = [];
  #patience: TimerTask | undefined;

  constructor(context: MidletContext, link: Link, primitives: Primitives, device: DeviceStore) {
    this.#context = context;
    this.#link = link;
    this.#primitives = primitives;
    this.#device = device;
    this.#store = RecordStore.openRecordStore(context, 'clock', true);
    const [stored] = this.#store.enumerateRecords();
    if (stored === undefined) return;
    const data = new DataInputStream(stored[1]);
    this.#difference = data.readLong() - BIAS_MS;
    if (stored[1].length > DIFFERENCE_OCTETS) this.#heard = data.readInt() >>> 0;
  }

  /** The service's time, ms since 1970. */
  now(): number {
    return this.#context.system.currentTimeMillis() + this.#difference;
  }

  /**
   * The service's time as far as this phone knows it, unix seconds, for the question which keys count: not before the last message
   * that the service sealed, although the clock may say so.
   */
  get seconds(): number {
    return Math.max(Math.floor(this.now() / 1000), this.#heard);
  }

  /**
   * A message of the service has come, made at `time` (unix seconds). It is stored, because after a restart the clock may be behind: then an earlier key of
   * the service would count again, with which the service does not deal any more.
   */
  heard(time: number): void {
    if (time <= this.#heard) return;
    this.#heard = time;
    this.#save();
  }

  /** Forgets what the service of an earlier activation has said. */
  forget(): void {
    eraseAll(this.#store);
    this.#difference = 0;
    this.#heard = 0;
  }

  /** Whether an answer of the service about its time is awaited. */
  get asking(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether a message that the service made at `time` (unix seconds) makes the phone doubt its clock. */
  doubts(time: number): boolean {
    return Math.abs(this.now() - time * 1000) > TOLERANCE_MS;
  }

  /** Asks the service for the time; continues after the answer, or after {@link PATIENCE_MS} without one. */
  ask(phone: PhoneKeyPair, then: () => void): void {
    this.#waiting.push(then);
    if (this.#waiting.length > 1) return;
    const nonce = this.#context.system.randomBytes(8);
    this.#nonce = nonce;
    this.#link.send(this.#link.seal(phone, (ctr) => ({ type: 'TIME_REQUEST', ctr, nonce })));
    this.#patience = this.#context.system.schedule(PATIENCE_MS, () => this.#goOn());
  }

  /** Takes the answer, if it is the one that was asked for and the service signed it. */
  answered(response: TimeResponse, plaintext: Uint8Array): void {
    if (isZero(this.#nonce) || !sameOctets(response.nonce, this.#nonce)) return;
    const { record } = this.#device;
    if (record === undefined) return;
    const text = timeText(record.phone.deviceId, plaintext);
    if (!isSignedBy(this.#primitives, keysAt(record.anchors.signing, this.seconds), text, response.signature)) return;
    this.#difference = response.time * 1000 - this.#context.system.currentTimeMillis();
    this.#save();
    this.#goOn();
  }

  #goOn(): void {
    this.#patience?.cancel();
    this.#nonce = new Uint8Array(8);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then();
  }

  #save(): void {
    const data = new DataOutputStream().writeLong(this.#difference + BIAS_MS).writeInt(this.#heard);
    writeOnly(this.#store, data.toByteArray());
  }
}
