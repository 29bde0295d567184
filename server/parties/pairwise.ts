import { createHmac } from 'node:crypto';
import type { Clock, Random } from '../../modem/index.ts';
import { lookForKeys } from '../keyring/vault-rotation.ts';
import type { Vault } from '../keys/vault.ts';
import type { ReadTx, Store } from '../store/store.ts';
import type { PartyId, PersonId } from '../vocabulary/ids.ts';

interface PairwiseContext {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
}

const PLACE = ['pairwise key', 'people'] as const;

/**
 * By which name a relying party knows a person: `sub`, pairwise (OpenID Connect Core 1.0, 8.1). Always the same for one party, another one for each
 * other party, so that two of them cannot put together what they know. It is an HMAC under a key of its own, which is never changed and lies under the vault
 * key: without it nobody finds the person by trying all.
 */
export class PairwiseNames {
  readonly #context: PairwiseContext;

  constructor(context: PairwiseContext) {
    this.#context = context;
  }

  /** 43 characters of base64url. */
  async of(party: PartyId, person: PersonId): Promise<string> {
    const key = (await this.#context.store.read((tx) => this.#find(tx))) ?? (await this.#make());
    try {
      return createHmac('sha256', key).update(`${party}:${person}`).digest('base64url');
    } finally {
      key.fill(0);
    }
  }

  async #find(tx: ReadTx): Promise<Uint8Array | undefined> {
    const { vault, clock } = this.#context;
    const sealed = await tx.get('SELECT sealed FROM pairwise_key WHERE id = 1', (row) => row.octets('sealed'));
    if (sealed === undefined) return undefined;
    await lookForKeys(tx, vault, clock.now());
    return vault.open(...PLACE, sealed);
  }

  async #make(): Promise<Uint8Array> {
    const { store, vault, clock, random } = this.#context;
    const secret = random.bytes(32);
    try {
      return await store.transaction(
        'pairwise key',
        async (tx) => {
          await lookForKeys(tx, vault, clock.now());
          const sealed = vault.seal(...PLACE, secret);
          await tx.run('INSERT INTO pairwise_key (id, sealed) VALUES (1, ?) ON CONFLICT DO NOTHING', sealed);
          // Another process may have been first.
          const kept = await this.#find(tx);
          if (kept === undefined) throw new Error('the pairwise key is missing');
          return kept;
        },
        'fail',
      );
    } finally {
      secret.fill(0);
    }
  }
}
