import type { Clock } from '../../modem/index.ts';
import type { KeyRing } from '../keyring/key-ring.ts';
import { changeVaultKey, type VaultStanding, vaultStanding, WALK_AFTER_MS, walkOn } from '../keyring/vault-rotation.ts';
import type { Vault } from '../keys/vault.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Timers } from '../time/timers.ts';

interface ChangeContext {
  readonly clock: Clock;
  readonly vault: Vault;
  readonly ring: KeyRing;
  readonly timers: Timers;
}

/** The vault key, changed while the service goes on. */
export class VaultKeyChange {
  readonly #store: Store;
  readonly #context: ChangeContext;

  constructor(store: Store, context: ChangeContext) {
    this.#store = store;
    this.#context = context;
  }

  /** How far the last change is. */
  standing(): Promise<VaultStanding> {
    return this.#store.read(vaultStanding);
  }

  /**
   * Begins to change the vault key.
   * @param wrapped the next key, sealed under the present one (`wrapVaultKey`)
   * @throws ServiceError `invalid-request`; `conflict` while the change before is not over
   */
  begin(wrapped: Uint8Array, act?: Act): Promise<VaultStanding> {
    const { clock, vault, ring, timers } = this.#context;
    const work = async (tx: Tx) => {
      if (await changeVaultKey(tx, vault, clock, wrapped)) {
        await timers.set(tx, 'vault-walk', 'vault', clock.now() + WALK_AFTER_MS);
        tx.afterCommit(() => ring.forget());
      }
      return vaultStanding(tx);
    };
    return this.#store.transaction(
      'vault key',
      withAct(act, clock, work, () => 'key:vault'),
      'fail',
    );
  }
}

/** The timer `vault-walk`: some more values are sealed anew. After a crash it goes on where it was. */
export async function walkThroughVault(tx: Tx, { clock, vault, ring, timers }: ChangeContext): Promise<void> {
  const next = await walkOn(tx, vault, clock);
  if (next === undefined) tx.afterCommit(() => ring.forget());
  else await timers.set(tx, 'vault-walk', 'vault', next);
}
