import { type ClientTable, newApiKey, revokeClient, rotateKey } from '../api-keys/client-keys.ts';
import { type Asker, resume } from '../approvals/asked-in-vain.ts';
import { hashApiKey } from '../keys/api-key.ts';
import { type Merchant, merchantById } from '../merchants/merchants.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { Context } from '../outgoing/context.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';

interface KeysContext extends Context {
  readonly store: Store;
}

/** One kind of clients. */
export interface Kind<Client> {
  readonly table: ClientTable;
  /** What the audit log calls one: `merchant` of `merchant:1`. */
  readonly subject: string;
  /** @throws ServiceError `not-found` */
  readonly byId: (tx: ReadTx, id: number) => Promise<Client>;
  readonly asker: (client: Client) => Asker;
  /** What opens something beside its API keys, and is revoked with them. */
  readonly revokeMore?: (tx: Tx, id: number) => Promise<unknown>;
}

export const MERCHANTS: Kind<Merchant> = {
  table: 'merchant',
  subject: 'merchant',
  byId: merchantById,
  asker: ({ id }) => ({ kind: 'merchant', id }),
};

/** The API keys of merchants, or of relying parties, after their registration; and whether they may ask. */
export class ClientKeys<Client extends { readonly id: number }> {
  readonly #context: KeysContext;
  readonly #kind: Kind<Client>;

  constructor(context: KeysContext, kind: Kind<Client>) {
    this.#context = context;
    this.#kind = kind;
  }

  /** Another key for a client. @param keepMs how long the one before goes on working, ms, a week at most. @throws ServiceError `not-found`, `invalid-request` */
  async rotate(id: number, keepMs: number, act?: Act): Promise<{ readonly client: Client; readonly apiKey: string }> {
    const { table } = this.#kind;
    const apiKey = newApiKey(this.#context);
    const keyHash = hashApiKey(apiKey);
    const work = async (tx: Tx) => {
      await rotateKey(tx, table, id, keyHash, keepMs, this.#context.clock.now());
      return this.#kind.byId(tx, id);
    };
    return { client: await this.#write('key of a client', work, act), apiKey };
  }

  /** From now on the client's keys open nothing, and it may ask nobody. @throws ServiceError `not-found` */
  revoke(id: number, act?: Act): Promise<Client> {
    const work = async (tx: Tx) => {
      await revokeClient(tx, this.#kind.table, id, this.#context.clock.now());
      await this.#kind.revokeMore?.(tx, id);
      return this.#kind.byId(tx, id);
    };
    return this.#write('client revoked', work, act);
  }

  /** Lets a client ask again that was suspended, also the people who said "not me". @throws ServiceError `not-found` */
  resume(id: number, reason: string, act?: Act): Promise<Client> {
    const { byId, asker } = this.#kind;
    const work = async (tx: Tx) => {
      await resume(tx, this.#context, asker(await byId(tx, id)), reason);
      return byId(tx, id);
    };
    return this.#write('resume', work, act);
  }

  #write(name: string, work: (tx: Tx) => Promise<Client>, act: Act | undefined): Promise<Client> {
    const { store, clock } = this.#context;
    const { subject } = this.#kind;
    return store.transaction(
      name,
      withAct(act, clock, work, ({ id }) => `${subject}:${id}`),
      'fail',
    );
  }
}
