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
    const secret = this.#context.random.bytes(32);
    try {
      return await this.#write('service key', (tx) => prepareKey(tx, this.#context, use, secret), act);
    } finally {
      secret.fill(0);
    }
  }

  /**
   * A prepared key becomes the latest one, and phones are told so.
   * @param announcement 107 octets, signed by root. @param keepMs how long the key before still counts, ms
   * @throws ServiceError `invalid-request`
   */
  announce(announcement: Uint8Array, keepMs: number, act?: Act): Promise<Generation> {
    const work = (tx: Tx) => announceKey(tx, this.#context, announcement, keepMs);
    return this.#write('service key announced', work, act);
  }

  #write(name: string, work: (tx: Tx) => Promise<Generation>, act: Act | undefined): Promise<Generation> {
    const subject = ({ use, kid }: Generation) => `key:${use}:${kid}`;
    return this.#store.transaction(name, withAct(act, this.#context.clock, work, subject), 'fail');
  }
}
