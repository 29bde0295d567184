import type { KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { Clock } from '../../modem/index.ts';
import { lockKeys } from '../keyring/generation.ts';
import { lookForKeys } from '../keyring/vault-rotation.ts';
import type { Vault } from '../keys/vault.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';
import { privateKeyOf, publicHalf } from './rsa-key.ts';
import { followKey, type JwsKey, placeOf, presentKey, storedKeys } from './stored-key.ts';

interface JwsContext {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Makes an RSA key, PKCS #8: `newRsaKey`. */
  readonly newKey: () => Promise<Uint8Array>;
}

/** Of a transaction. */
type Body = (tx: Tx) => Promise<JwsKey>;

/**
 * The RSA keys that sign, for all processes on the database, what anybody can check without a secret (JWS, RS256). The first one is made when
 * something is signed first. Private halves lie under the vault key.
 */
export class JwsKeys {
  readonly #context: JwsContext;
  /** The key that has signed last. */
  #opened: { readonly kid: string; readonly key: KeyObject } | undefined;
  #first: Promise<JwsKey> | undefined;

  constructor(context: JwsContext) {
    this.#context = context;
  }

  /** All keys, the latest first, also those that sign no more: what they have signed stays good. Empty before the first. */
  list(): Promise<JwsKey[]> {
    return this.#context.store.read(storedKeys);
  }

  /** Signs claims with the key that signs now. @param typ of the protected header (RFC 8725, 3.11) @returns compact serialisation, as text */
  async sign(typ: string, claims: JWTPayload): Promise<string> {
    const present = await this.#present();
    const key = await this.#open(present);
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ, kid: present.kid }).sign(key);
  }

  /** Makes another key. It signs from six minutes on: by then all who keep the key set have it. */
  rotate(act?: Act): Promise<JwsKey> {
    const { clock } = this.#context;
    return this.#make((follow) => withAct(act, clock, follow, ({ kid }) => `key:jws:${kid}`));
  }

  async #present(): Promise<JwsKey> {
    const { store, clock } = this.#context;
    const find = (tx: ReadTx) => presentKey(tx, clock.now());
    const found = await store.read(find);
    if (found !== undefined) return found;
    // Another process may make one at the same time: whoever comes second takes the key of the first.
    this.#first ??= this.#make((follow) => async (tx) => (await find(tx)) ?? follow(tx)).finally(() => {
      this.#first = undefined;
    });
    return this.#first;
  }

  /** @param bodyOf the transaction, which is given what writes the new key */
  async #make(bodyOf: (follow: Body) => Body): Promise<JwsKey> {
    const { store, vault, clock, newKey } = this.#context;
    const secret = await newKey();
    try {
      const made = await publicHalf(secret);
      const body = bodyOf(async (tx) => {
        await lookForKeys(tx, vault, clock.now());
        return followKey(tx, { ...made, sealedSecret: vault.seal(...placeOf(made.kid), secret) }, clock.now());
      });
      const locked = async (tx: Tx) => {
        await lockKeys(tx);
        return body(tx);
      };
      return await store.transaction('JWS key', locked, 'fail');
    } finally {
      secret.fill(0);
    }
  }

  async #open({ kid }: JwsKey): Promise<KeyObject> {
    if (this.#opened?.kid === kid) return this.#opened.key;
    const { store, vault, clock } = this.#context;
    const secret = await store.read(async (tx) => {
      await lookForKeys(tx, vault, clock.now());
      const found = (await storedKeys(tx)).find((one) => one.kid === kid);
      if (found === undefined) throw new Error(`there is no JWS key ${kid}`);
      return vault.open(...placeOf(kid), found.sealedSecret);
    });
    try {
      const key = privateKeyOf(secret);
      this.#opened = { kid, key };
      return key;
    } finally {
      secret.fill(0);
    }
  }
}
