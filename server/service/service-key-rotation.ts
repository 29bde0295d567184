import type { Random } from '../../modem/index.ts';
import type { Generation, KeyUse } from '../keyring/generation.ts';
import { announceKey, type KeyStanding, keyStandings, prepareKey, type RotationContext } from '../keyring/rotation.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { Store, Tx } from '../store/store.ts';

/** The keys of the service that follow one another: the one that seals, and the one that signs receipts. */
export class ServiceKeyRotation {
  readonly #store: Store;
  readonly #context: RotationContext & { readonly random: Random };

  constructor(store: Store, context: RotationContext & { readonly random: Random }) {
    this.#store = store;
    this.#context = context;
  }

  /** All keys, and how many phones use each. */
  list(): Promise<KeyStanding[]> {
    return this.#store.read((tx) => keyStandings(tx, this.#context));
  }

  /** Makes the next key, which counts once its announcement was signed. @throws ServiceError `conflict` */
  async prepare(use: KeyUse, act?: Act): Promise<Generation> {
    const { random } = this.#context;
    const secret = random.bytes(32);
    const [chance = 0] = random.bytes(1);
    try {
      return await this.#write('service key', (tx) => prepareKey(tx, this.#context, use, { secret, chance }), act);
    } finally {
      secret.fill(0);
    }
  }

  /**
   * What root has signed: a prepared key becomes the latest one, 10 s from now; or an earlier one ends. Phones are told so.
   * @param announcement 107 octets. @throws ServiceError `invalid-request`, `conflict`
   */
  announce(announcement: Uint8Array, act?: Act): Promise<Generation> {
    return this.#write('service key announced', (tx) => announceKey(tx, this.#context, announcement), act);
  }

  #write(name: string, work: (tx: Tx) => Promise<Generation>, act: Act | undefined): Promise<Generation> {
    const subject = ({ use, kid }: Generation) => `key:${use}:${kid}`;
    return this.#store.transaction(name, withAct(act, this.#context.clock, work, subject), 'fail');
  }
}
