import type { Clock, Random } from '../../modem/index.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { Vault } from '../keys/vault.ts';
import { revokeMerchant, rotateMerchantKey } from '../merchants/merchant-keys.ts';
import { type Merchant, newApiKey } from '../merchants/merchants.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { Store, Tx } from '../store/store.ts';

interface KeysContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly vault: Vault;
}

/** The API keys of merchants after their registration. */
export class MerchantKeys {
  readonly #context: KeysContext;

  constructor(context: KeysContext) {
    this.#context = context;
  }

  /** Another key for a merchant. @param keepMs how long the one before goes on working, ms, a week at most. @throws ServiceError `not-found`, `invalid-request` */
  async rotate(
    id: number,
    keepMs: number,
    act?: Act,
  ): Promise<{ readonly merchant: Merchant; readonly apiKey: string }> {
    const apiKey = newApiKey(this.#context, undefined);
    const keyHash = hashApiKey(apiKey);
    const now = () => this.#context.clock.now();
    const work = (tx: Tx) => rotateMerchantKey(tx, id, keyHash, keepMs, now());
    return { merchant: await this.#write('merchant key', work, act), apiKey };
  }

  /** From now on the merchant's keys open nothing, and it may ask nobody. @throws ServiceError `not-found` */
  revoke(id: number, act?: Act): Promise<Merchant> {
    return this.#write('merchant revoked', (tx) => revokeMerchant(tx, id, this.#context.clock.now()), act);
  }

  #write(name: string, work: (tx: Tx) => Promise<Merchant>, act: Act | undefined): Promise<Merchant> {
    const { store, clock } = this.#context;
    return store.transaction(
      name,
      withAct(act, clock, work, ({ id }) => `merchant:${id}`),
      'fail',
    );
  }
}
