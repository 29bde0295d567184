import { encodeAnnouncement, type KeyAnnouncement, type Primitives } from '../../device/safe-mobile/index.ts';
import { type PersonId, type Ref, type Resolution, ServiceError } from '../../server/index.ts';
import type { PaymentHost } from './payment-host.ts';
import type { ServiceLife } from './service-life.ts';

/** Which key of the service is followed by another: the one to which phones seal, or the one that signs receipts. */
export const ROTATED_KEYS = ['sealing', 'signing'] as const;
export type RotatedKey = (typeof ROTATED_KEYS)[number];

/** No end of a key is said: unix seconds that never come. */
const ENDLESS = 0xffff_ffff;

/** The operator of the service: locks phones, rotates keys, and looks up in the host's book what nobody else can find out. */
export class Operator {
  readonly #life: ServiceLife;
  readonly #host: PaymentHost;
  readonly #primitives: Primitives;
  readonly #rootSeed: Uint8Array;

  /** @param rootSeed of the key that signs announcements of new keys */
  constructor(life: ServiceLife, host: PaymentHost, primitives: Primitives, rootSeed: Uint8Array) {
    this.#life = life;
    this.#host = host;
    this.#primitives = primitives;
    this.#rootSeed = rootSeed;
  }

  /** Locks or unlocks the phone of a customer; one that is so already stays so. */
  async order(person: PersonId, command: 'lock' | 'unlock'): Promise<void> {
    await unlessRefused(this.#life.asked((service) => service.phoneOrders.give(person, command)));
  }

  /** Makes the next key, lets root sign it, and lets the service use it. Of a clock that was ahead it is not used yet. */
  async rotate(use: RotatedKey): Promise<void> {
    const { kid, publicKey, createdAt } = await this.#life.asked((service) => service.keys.prepare(use));
    const what = use === 'sealing' ? 1 : 2;
    const notBefore = Math.floor(createdAt / 1_000);
    const announced: KeyAnnouncement = { what, kid, key: publicKey, notBefore, notAfter: ENDLESS };
    const announcement = encodeAnnouncement(announced, (text) => this.#primitives.ed25519Sign(this.#rootSeed, text));
    await unlessRefused(this.#life.asked((service) => service.keys.announce(announcement)));
  }

  /** Says what the host's book has of each charge and refund that is in review. */
  async lookUp(): Promise<void> {
    const inReview = await this.#life.asked((service) => service.payments({ inReview: true, limit: 10_000 }));
    for (const { txn, state } of inReview) {
      if (state === 'REVIEW') await this.#resolve(txn, `${txn}:charge`, this.#host.hasCharged(txn));
      else await this.#lookUpRefunds(txn);
    }
  }

  async #lookUpRefunds(txn: Ref): Promise<void> {
    const refunds = await this.#life.asked((service) => service.refunds({ txn }));
    const done = refunds.filter(({ state }) => state === 'refunded').map(({ amount }) => amount.minor);
    for (const { railKey: key, amount, state } of refunds) {
      if (state !== 'review') continue;
      const { minor } = amount;
      const known = done.filter((other) => other === minor).length;
      const moved = this.#host.hasGivenBack({ key, txn, minor, done: known });
      if (moved) done.push(minor);
      await this.#resolve(txn, key, moved);
    }
  }

  async #resolve(txn: Ref, key: Resolution['key'], moved: boolean): Promise<void> {
    await this.#life.asked((service) => service.resolve(txn, { key, moved, reason: 'the book of the host' }));
  }
}

/** The operator reads why the service refuses, and leaves it at that. @throws what is no refusal */
async function unlessRefused(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
  }
}
