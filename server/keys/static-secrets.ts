import {
  type PhoneKeyPair,
  type Primitives,
  type PublicHalf,
  type ServiceKeyPair,
  sameOctets,
} from '../../device/safe-mobile/index.ts';

interface Kept {
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
}

/**
 * The static secrets `ss = X25519(s, D)` of the phones that were dealt with last, which all frames of a phone share: computing
 * it for each frame costs a tenth of a payment. Whoever reads them in memory finds the key `s` beside them.
 */
export class StaticSecrets {
  readonly #primitives: Primitives;
  readonly #service: ServiceKeyPair;
  readonly #atMost: number;
  /** By deviceId; the phone that was dealt with last stands at the end. */
  readonly #kept = new Map<number, Kept>();

  /** @param atMost phones whose secret is kept; 0: none. */
  constructor(primitives: Primitives, service: ServiceKeyPair, atMost: number) {
    this.#primitives = primitives;
    this.#service = service;
    this.#atMost = atMost;
  }

  /** A copy of the secret shared with this phone, 32 octets; the caller wipes it. */
  of({ deviceId, publicKey }: PublicHalf<PhoneKeyPair>): Uint8Array {
    const known = this.#kept.get(deviceId);
    this.#kept.delete(deviceId);
    if (known !== undefined && sameOctets(known.publicKey, publicKey)) {
      this.#kept.set(deviceId, known);
      return known.secret.slice();
    }
    known?.secret.fill(0);
    const secret = this.#primitives.x25519(this.#service.secretKey, publicKey);
    if (this.#atMost === 0) return secret;
    this.#keep(deviceId, { publicKey: publicKey.slice(), secret });
    return secret.slice();
  }

  /** Wipes all. */
  close(): void {
    for (const { secret } of this.#kept.values()) secret.fill(0);
    this.#kept.clear();
  }

  #keep(deviceId: number, kept: Kept): void {
    const [oldest] = this.#kept.size < this.#atMost ? [] : this.#kept;
    if (oldest !== undefined) {
      oldest[1].secret.fill(0);
      this.#kept.delete(oldest[0]);
    }
    this.#kept.set(deviceId, kept);
  }
}
