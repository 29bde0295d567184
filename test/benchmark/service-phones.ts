import {
  approvalText,
  decodeDown,
  encodeUp,
  openDown,
  type PhoneKeyPair,
  type Primitives,
  sealUp,
} from '../../device/safe-mobile/index.ts';
import { type IncomingSms, systemClock, systemRandom } from '../../modem/index.ts';
import { APPLICATION_PORT, type Person, type ServiceKeys, servicePrimitives } from '../../server/index.ts';
import { Vault } from '../../server/keys/vault.ts';
import type { SqlValue } from '../../server/store/store.ts';

/** Writes the row of a phone that has enrolled. */
export const INSERT_DEVICE: string = `
  INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, sealing_key, sealed_approval_key,
    created_at, activated_at) VALUES (?, ?, 'active', x'00', 0, 0, ?, ?, 0, 0)`;

const FIRST_NUMBER = 3_900_000_001;
/** The id of the first customer's phone. */
export const FIRST_DEVICE = 1_000_001;

interface Phone {
  readonly keys: PhoneKeyPair;
  /** What a right PIN gives: the seed of `A`. */
  readonly seed: Uint8Array;
  ctr: number;
}

/** The number of a customer, E.164. @param place from 0 on */
export function numberOf(place: number): string {
  return `+${FIRST_NUMBER + place}`;
}

/** Counters of phones, so that several processes can have the same phones: each has counters of its own. */
export interface CounterShare {
  readonly place: number;
  readonly of: number;
}

/** The phones of all customers, made of their places, so that each process has the same. Each approves what it is asked. */
export class Phones {
  /** CPU of the phones so far, ms. */
  cpuMs = 0;
  readonly #keys: ServiceKeys;
  readonly #primitives: Primitives = servicePrimitives();
  readonly #phones: readonly Phone[];
  readonly #step: number;

  constructor(keys: ServiceKeys, customers: number, share: CounterShare = { place: 0, of: 1 }) {
    this.#keys = keys;
    this.#step = share.of;
    const ctr = Math.floor(systemClock.now() / 1_000 / share.of) * share.of + share.place;
    this.#phones = Array.from({ length: customers }, (_, place) => this.#phone(place, ctr));
  }

  /** The place of the customer with this number. */
  placeOf(number: string): number {
    return Number(number) - FIRST_NUMBER;
  }

  /** The values of {@link INSERT_DEVICE}. */
  row(place: number, { id }: Person): SqlValue[] {
    const { keys, seed } = this.#at(place);
    const vault = new Vault(this.#keys.vault, this.#primitives, systemRandom);
    const approvalKey = this.#primitives.ed25519PublicKey(seed);
    const sealed = vault.seal('approval key', `device ${keys.deviceId}`, approvalKey);
    return [keys.deviceId, id, keys.publicKey, sealed];
  }

  /** What a phone sends; `undefined` when it was told that it has paid. */
  answer(place: number, frame: Uint8Array): IncomingSms | undefined {
    const before = process.threadCpuUsage();
    const answer = this.#answer(place, frame);
    const { user, system } = process.threadCpuUsage(before);
    this.cpuMs += (user + system) / 1_000;
    return answer;
  }

  #answer(place: number, frame: Uint8Array): IncomingSms | undefined {
    const phone = this.#at(place);
    const plaintext = openDown(this.#primitives, this.#keys.sealing, phone.keys, frame);
    const message = decodeDown(plaintext);
    if (message.type === 'RECEIPT' && message.status === 'paid') return undefined;
    if (message.type !== 'PAY_REQUEST') throw new Error(`a phone was told ${JSON.stringify(message)}`);
    phone.ctr += this.#step;
    const text = approvalText(phone.keys.deviceId, phone.ctr, 0, plaintext);
    const signature = this.#primitives.ed25519Sign(phone.seed, text);
    const approval = encodeUp({ type: 'APPROVE', ctr: phone.ctr, txn: message.txn, instrument: 0, signature });
    const data = sealUp(this.#primitives, this.#keys.sealing, phone.keys, approval, systemRandom.bytes(32));
    const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
    const sentAt = Math.floor(systemClock.now() / 1_000) * 1_000;
    return { originator: numberOf(place), sentAt, content: { kind: 'data', data, ports } };
  }

  #phone(place: number, ctr: number): Phone {
    const secret = (what: string) => this.#primitives.sha256(new TextEncoder().encode(`${what} of phone ${place}`));
    const secretKey = secret('sealing key');
    const publicKey = this.#primitives.x25519PublicKey(secretKey);
    return { keys: { deviceId: FIRST_DEVICE + place, secretKey, publicKey }, seed: secret('approval key'), ctr };
  }

  #at(place: number): Phone {
    const phone = this.#phones[place];
    if (phone === undefined) throw new Error(`there is no phone ${place}`);
    return phone;
  }
}
