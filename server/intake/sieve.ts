import { SafeMobileError } from '../../device/safe-mobile/index.ts';
import type { SealingKey } from '../keyring/key-ring.ts';
import type { Context } from '../outgoing/context.ts';
import { type CodeTries, readCodeTries, whyUnanswered } from '../people/code-tries.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Store } from '../store/store.ts';
import { DEVICE_STATES, type DeviceState } from '../vocabulary/device-states.ts';
import type { JunkReason } from './junk.ts';
import {
  headerForService,
  keyFor,
  type OpenedBox,
  openBox,
  openEnrolment,
  type PhoneHeader,
  wipeEnrol,
} from './open.ts';
import { Recent } from './recent.ts';
import { Turns } from './turns.ts';
import { wasDealtWith } from './undealt.ts';
import { Unopened } from './unopened.ts';

/** So often the same frame is dealt with: more often than any answer is repeated. */
const SAME_FRAME = 10;

const STRANGE_KEY_PAUSE_MS = 60 * 60 * 1000;

/** What a look at a frame says, before anything of it is stored. */
export type Sifted =
  | { readonly kind: 'junk'; readonly reason: JunkReason }
  /** From the number of a phone in use, sealed to a key of which the database has nothing: perhaps a backup of it was put back. */
  | { readonly kind: 'strange-key'; readonly deviceId: number }
  | {
      readonly kind: 'frame';
      /** SHA-256 of the frame. */
      readonly digest: Uint8Array;
      readonly box: OpenedBox | undefined;
    };

/** What is looked at of a phone. */
interface Sender extends CodeTries {
  readonly state: DeviceState;
  /** Whether it has an order that it has not confirmed. */
  readonly hasOrder: boolean;
  readonly sealingKey: Uint8Array | undefined;
  readonly number: string;
}

/**
 * Decides whether a frame is junk, by what is cheap before what is dear: its header, one row of the phone that it names, and last whether
 * it opens. Nothing is written. Senders take turns, so that who sends much junk waits for itself.
 */
export class Sieve {
  readonly #store: Pick<Store, 'read'>;
  readonly #context: Context;
  readonly #turns = new Turns();
  readonly #unopened: Unopened;
  /** By phone: from when on a frame of it under a strange key is looked at again, ms since 1970. */
  readonly #strangeKeys = new Recent<number>();
  /** By digest: how often the frame was dealt with. */
  readonly #dealtWith = new Recent<number>();

  constructor(store: Pick<Store, 'read'>, context: Context) {
    this.#store = store;
    this.#context = context;
    this.#unopened = new Unopened(context);
  }

  /** @throws Error when too many frames wait: nothing is decided then, and the frame is to come again */
  async look(originator: string, frame: Uint8Array): Promise<Sifted> {
    const header = headerOf(frame);
    if (header === undefined) return junk('not-for-this-service');
    return this.#turns.take(originator, async () => {
      try {
        return await this.#store.read((tx) => this.#sift(tx, header, originator, frame));
      } catch {
        // Without the database nothing is known of the phone: whoever stores the frame waits for the database, or says what is wrong.
        return { kind: 'frame', digest: this.#context.primitives.sha256(frame), box: undefined };
      }
    });
  }

  /** Notes that a frame was dealt with, or is stored. */
  noteDealtWith(digest: Uint8Array): void {
    const name = nameOf(digest);
    this.#dealtWith.set(name, (this.#dealtWith.get(name) ?? 0) + 1);
  }

  async #sift(tx: ReadTx, header: PhoneHeader, originator: string, frame: Uint8Array): Promise<Sifted> {
    const sender = await senderOf(tx, header.deviceId);
    if (sender === undefined) return junk('unknown-phone');
    if (!mayCome(header, sender)) return junk('phone-not-in-use');
    const key = await keyFor(tx, this.#context, header);
    const isOwn = originator === sender.number;
    if (key === undefined) return isOwn ? this.#strangeKey(header) : junk('not-for-this-service');
    const { primitives, limits, clock } = this.#context;
    const isOver = header.direction === 'enrol' && whyUnanswered(sender, isOwn, limits, clock.now()) !== undefined;
    // A phone that is registered only has no question that a repeated ENROL could ask for again.
    if (isOver && sender.state === 'registered') return junk('codes-used-up');
    if (!this.#unopened.mayTry(header.deviceId, isOwn)) return junk('not-tried');
    const digest = primitives.sha256(frame);
    if ((this.#dealtWith.get(nameOf(digest)) ?? 0) >= SAME_FRAME) return junk('repeated');
    if (isOver && !(await wasDealtWith(tx, { digest }))) return junk('codes-used-up');
    return this.#open(header, key, sender, isOwn, frame, digest);
  }

  /** The sender's number may be forged, so a phone is looked at once an hour. */
  #strangeKey({ direction, deviceId }: PhoneHeader): Sifted {
    const now = this.#context.clock.now();
    const name = String(deviceId);
    if (direction === 'enrol' || now < (this.#strangeKeys.get(name) ?? 0)) return junk('not-for-this-service');
    this.#strangeKeys.set(name, now + STRANGE_KEY_PAUSE_MS);
    return { kind: 'strange-key', deviceId };
  }

  #open(
    { direction, deviceId }: PhoneHeader,
    key: SealingKey,
    { sealingKey }: Sender,
    isOwn: boolean,
    frame: Uint8Array,
    digest: Uint8Array,
  ): Sifted {
    try {
      if (direction === 'up' && sealingKey !== undefined)
        return { kind: 'frame', digest, box: openBox(this.#context, key, { deviceId, publicKey: sealingKey }, frame) };
      wipeEnrol(openEnrolment(this.#context, key, deviceId, frame));
      return { kind: 'frame', digest, box: undefined };
    } catch (error) {
      if (!(error instanceof SafeMobileError)) throw error;
      this.#unopened.note(deviceId, isOwn);
      return junk('does-not-open');
    }
  }
}

function headerOf(frame: Uint8Array): PhoneHeader | undefined {
  try {
    return headerForService(frame);
  } catch (error) {
    if (error instanceof SafeMobileError) return undefined;
    throw error;
  }
}

function mayCome({ direction }: PhoneHeader, { state, sealingKey, hasOrder }: Sender): boolean {
  if (direction === 'enrol') return state === 'registered' || state === 'enrolling';
  return sealingKey !== undefined && (state !== 'revoked' || hasOrder);
}

function senderOf(tx: ReadTx, deviceId: number): Promise<Sender | undefined> {
  return tx.get(
    `SELECT d.state, d.order_ref, d.sealing_key, d.code_tries_left, d.tries_elsewhere, d.code_expires_at, p.number
     FROM device d JOIN person p ON p.id = d.person_id WHERE d.id = ?`,
    readSender,
    deviceId,
  );
}

function readSender(row: Row): Sender {
  return {
    ...readCodeTries(row),
    state: row.oneOf('state', DEVICE_STATES),
    hasOrder: row.optional('order_ref', (found, column) => found.text(column)) !== undefined,
    sealingKey: row.optionalOctets('sealing_key'),
    number: row.text('number'),
  };
}

function nameOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('base64');
}

function junk(reason: JunkReason): Sifted {
  return { kind: 'junk', reason };
}
