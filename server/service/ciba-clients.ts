import type { Clock, Random } from '../../modem/index.ts';
import type { Parameters } from '../ciba/backchannel-request.ts';
import { readAssertion, takeJti, verifyAssertion } from '../ciba/client-assertion.ts';
import { partyByApiKey, type RelyingParty, trustedParty } from '../parties/relying-parties.ts';
import type { Store } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';

interface ClientsContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** The URL by which clients know the service: what they sign is for it. */
  readonly issuer: () => string;
}

/** Octets that are drawn for each use of a client assertion. */
const USE_OCTETS = 16;

/**
 * Which relying party is the client of a request (CIBA Core 1.0, 7): by the one method that is registered for it. A party with public keys has
 * `private_key_jwt`, so that whoever has found its API key is nobody here; any other has `client_secret_basic`.
 */
export class CibaClients {
  readonly #context: ClientsContext;

  constructor(context: ClientsContext) {
    this.#context = context;
  }

  /** By number and API key (RFC 6749, 2.3.1). @throws ServiceError `unauthorized` */
  async bySecret({ id, secret }: { readonly id: string; readonly secret: string }): Promise<RelyingParty> {
    const { store, clock } = this.#context;
    const party = await store.read((tx) => partyByApiKey(tx, secret, clock.now()));
    if (party === undefined || String(party.id) !== id)
      throw new ServiceError('unauthorized', 'This is not the number and the API key of a relying party');
    if (party.jwks === undefined) return party;
    throw new ServiceError('unauthorized', 'This relying party has public keys: private_key_jwt is its only method');
  }

  /** By a JWT under its own key (RFC 7523), or `undefined` when the request has none. @throws ServiceError `unauthorized` */
  async byAssertion(parameters: Parameters): Promise<RelyingParty | undefined> {
    const { store, clock, random, issuer } = this.#context;
    const assertion = readAssertion(parameters);
    if (assertion === undefined) return undefined;
    const party = await store.read(async (tx) => trustedParty(tx, numberOf(assertion.clientId)));
    if (party?.jwks === undefined)
      throw new ServiceError('unauthorized', 'sub of client_assertion is no relying party with public keys');
    const now = clock.now();
    const jti = await verifyAssertion(assertion, party.jwks, issuer(), now);
    const use = random.bytes(USE_OCTETS);
    await store.transaction('client assertion', (tx) => takeJti(tx, party, jti, use, now), 'fail');
    return party;
  }
}

/** 0, which is of nobody, for what is no number of a relying party. */
function numberOf(clientId: string): number {
  return /^[1-9][0-9]{0,14}$/.test(clientId) ? Number(clientId) : 0;
}
