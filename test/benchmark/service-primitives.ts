import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Primitives } from '../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import { openShop } from './service-shop.ts';

/** Makes the calls of one payment again, so many times. @returns CPU of one payment, ms */
export type Replay = (payments: number) => number;

/** What a payment asks of the primitives when the service keeps no result of earlier calls: what it would cost without anything else. */
export async function primitivesOfPayment(): Promise<Replay> {
  const noted = new NotedPrimitives();
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-bench-'));
  const { primitives } = noted;
  const shop = await openShop({ database: join(folder, 'noted.db'), customers: 1, primitives, keptSecrets: 0 });
  // The first payment opens the keys as well, which no later one does.
  await shop.pay();
  noted.calls.length = 0;
  await shop.pay();
  const calls = [...noted.calls];
  await shop.service.close();
  rmSync(folder, { recursive: true });
  return (payments) => {
    const before = process.cpuUsage();
    for (let payment = 0; payment < payments; payment += 1) for (const call of calls) call();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / payments;
  };
}

/** The native primitives, each call of which is noted with copies of its octets. */
class NotedPrimitives {
  readonly calls: (() => unknown)[] = [];
  readonly primitives: Primitives;

  constructor() {
    const native = servicePrimitives();
    const copied = (octets: Uint8Array) => octets.slice();
    this.primitives = {
      ...native,
      x25519PublicKey: (secretKey) => this.#note(native.x25519PublicKey, copied(secretKey)),
      x25519: (secretKey, publicKey) => this.#note(native.x25519, copied(secretKey), copied(publicKey)),
      ed25519Sign: (seed, message) => this.#note(native.ed25519Sign, copied(seed), copied(message)),
      ed25519Verify: (publicKey, message, signature) =>
        this.#note(native.ed25519Verify, copied(publicKey), copied(message), copied(signature)),
      sha512: (message) => this.#note(native.sha512, copied(message)),
      sha256: (message) => this.#note(native.sha256, copied(message)),
      secretboxSeal: (key, nonce, message) =>
        this.#note(native.secretboxSeal, copied(key), copied(nonce), copied(message)),
      secretboxOpen: (key, nonce, box) => this.#note(native.secretboxOpen, copied(key), copied(nonce), copied(box)),
    };
  }

  #note<Arguments extends readonly unknown[], Result>(
    call: (...values: Arguments) => Result,
    ...values: Arguments
  ): Result {
    this.calls.push(() => call(...values));
    return call(...values);
  }
}
