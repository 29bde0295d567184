import { newApiKey } from '../api-keys/client-keys.ts';
import type { JwsKeys } from '../jws-keys/jws-keys.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { Context } from '../outgoing/context.ts';
import { readClientJwks } from '../parties/client-jwks.ts';
import { PairwiseNames } from '../parties/pairwise.ts';
import {
  addRelyingParty,
  type NewRelyingParty,
  partyByApiKey,
  partyById,
  type RelyingParty,
  relyingParties,
  setJwks,
  setNotificationEndpoint,
} from '../parties/relying-parties.ts';
import type { Store, Tx } from '../store/store.ts';
import { Ciba } from './ciba.ts';
import { CibaClients } from './ciba-clients.ts';
import { ClientKeys, type Kind } from './client-keys.ts';
import { Consents } from './consents.ts';
import type { Running } from './running.ts';

const PARTIES: Kind<RelyingParty> = {
  table: 'relying_party',
  subject: 'party',
  byId: partyById,
  asker: ({ id }) => ({ kind: 'party', id }),
  // Otherwise they would open again with its next API key.
  revokeMore: (tx, id) => setJwks(tx, id, undefined),
};

/** Those who ask people to log in or to sign. */
export class Parties {
  /** Their API keys after their registration, and whether they may ask. */
  readonly keys: ClientKeys<RelyingParty>;
  /** The keys of what they get signed. */
  readonly jwsKeys: JwsKeys;
  /** By which names they know people. */
  readonly pairwise: PairwiseNames;
  /** What they ask for by OpenID Connect CIBA. */
  readonly ciba: Ciba;
  /** Which of them may ask whom. */
  readonly consents: Consents;
  /** How CIBA knows which of them asks. */
  readonly cibaClients: CibaClients;
  readonly #store: Store;
  readonly #context: Context;

  constructor({ store, context, jwsKeys, issuer }: Pick<Running, 'store' | 'context' | 'jwsKeys' | 'issuer'>) {
    this.#store = store;
    this.#context = context;
    this.keys = new ClientKeys({ ...context, store }, PARTIES);
    this.jwsKeys = jwsKeys;
    this.pairwise = new PairwiseNames({ ...context, store });
    this.ciba = new Ciba({ ...context, store, jwsKeys, pairwise: this.pairwise, issuer });
    this.consents = new Consents({ ...context, store });
    this.cibaClients = new CibaClients({ ...context, store, issuer });
  }

  /** Registers one. The API key is shown this once. @throws ServiceError `invalid-request`, `conflict` */
  async add(party: NewRelyingParty, act?: Act): Promise<{ readonly party: RelyingParty; readonly apiKey: string }> {
    const apiKey = newApiKey(this.#context);
    const { clock } = this.#context;
    const work = (tx: Tx) => addRelyingParty(tx, party, apiKey, clock.now());
    const added = await this.#store.transaction(
      'relying party',
      withAct(act, clock, work, ({ id }) => `${PARTIES.subject}:${id}`),
      'fail',
    );
    return { party: added, apiKey };
  }

  /** Where a party hears that a login by CIBA has ended; `undefined`: it polls. @throws ServiceError `not-found` */
  notifyAt(id: number, endpoint: string | undefined, act?: Act): Promise<RelyingParty> {
    const work = (tx: Tx) => setNotificationEndpoint(tx, id, endpoint);
    const { clock } = this.#context;
    const withAudit = withAct(act, clock, work, () => `${PARTIES.subject}:${id}`);
    return this.#store.transaction('notification endpoint', withAudit, 'fail');
  }

  /**
   * By which public keys CIBA knows a party, and not by its API key any more (`private_key_jwt`). @param jwks a JWK Set; `undefined`: by its API key
   * @throws ServiceError `not-found`, `invalid-request`
   */
  async setJwks(id: number, jwks: unknown, act?: Act): Promise<RelyingParty> {
    const keys = jwks === undefined ? undefined : readClientJwks(jwks);
    const work = (tx: Tx) => setJwks(tx, id, keys);
    const withAudit = withAct(act, this.#context.clock, work, () => `${PARTIES.subject}:${id}`);
    return this.#store.transaction('public keys of a party', withAudit, 'fail');
  }

  /** All of them, in the order of their registration. */
  list(): Promise<RelyingParty[]> {
    return this.#store.read(relyingParties);
  }

  /** The one whose API key it is, or `undefined`. */
  byApiKey(apiKey: string): Promise<RelyingParty | undefined> {
    return this.#store.read((tx) => partyByApiKey(tx, apiKey, this.#context.clock.now()));
  }
}
