import { challengeByRef } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import {
  type Authentication,
  type AuthenticationQuery,
  findAuthentications,
  requireAuthentication,
} from '../authentications/authentication.ts';
import { cancelAuthentication } from '../authentications/cancel.ts';
import { EVIDENCE_TYP, evidenceOf, keepEvidence } from '../authentications/evidence.ts';
import {
  type AuthenticationOrder,
  type RequestedAuthentication,
  requestAuthentication,
} from '../authentications/request.ts';
import { partyById, type RelyingParty } from '../parties/relying-parties.ts';
import type { Store } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { Parties } from './parties.ts';
import type { Waits } from './waits.ts';

/** What relying parties ask people for. A party sees its own alone. */
export class Authentications {
  readonly #store: Store;
  readonly #context: AskingContext;
  readonly #waits: Waits;
  readonly #parties: Pick<Parties, 'jwsKeys' | 'pairwise'>;
  readonly #issuer: () => string;

  constructor(
    {
      store,
      context,
      issuer,
    }: { readonly store: Store; readonly context: AskingContext; readonly issuer: () => string },
    parties: Pick<Parties, 'jwsKeys' | 'pairwise'>,
    waits: Waits,
  ) {
    this.#store = store;
    this.#context = context;
    this.#waits = waits;
    this.#parties = parties;
    this.#issuer = issuer;
  }

  /** Asks a person. Of one who cannot be asked the answer is the same. @throws ServiceError `invalid-request`, `forbidden`, `conflict`, `limit-exceeded` */
  request(party: RelyingParty, order: AuthenticationOrder): Promise<RequestedAuthentication> {
    const work = this.#context;
    return this.#store.transaction('authentication', (tx) => requestAuthentication(tx, work, party, order), 'fail');
  }

  /** One as it stands. @throws ServiceError `not-found`, also of another party's */
  async one({ id: party }: Pick<RelyingParty, 'id'>, id: string): Promise<Authentication> {
    const found = await this.#store.read((tx) => requireAuthentication(tx, id));
    if (found.partyId !== party) throw new ServiceError('not-found', `there is no authentication ${id}`);
    return found;
  }

  /** Those of a party, latest first. @throws ServiceError `not-found` for an unknown `after` */
  async list(party: Pick<RelyingParty, 'id'>, query: AuthenticationQuery): Promise<Authentication[]> {
    if (query.after !== undefined) await this.one(party, query.after);
    return this.#store.read((tx) => findAuthentications(tx, party.id, query));
  }

  /** One once it has ended, or as it stands after `limitMs`. @throws ServiceError `not-found` */
  async ended(party: Pick<RelyingParty, 'id'>, id: string, limitMs: number): Promise<Authentication> {
    await this.#waits.forEvent(
      limitMs,
      id,
      (event) => event.kind === 'authentication' && event.to !== 'asked',
      async () => ((await this.one(party, id)).state === 'asked' ? 'wait' : 'done'),
    );
    return this.one(party, id);
  }

  /**
   * What the service says, signed, of an authentication that was confirmed. It is made when it is asked for first, and then the same octets for
   * ever. @throws ServiceError `not-found`; `not-possible-now` unless it was confirmed
   */
  async evidence({ id: party }: Pick<RelyingParty, 'id'>, id: string): Promise<string> {
    const one = await this.one({ id: party }, id);
    const { state, personId, evidence } = one;
    if (evidence !== undefined) return evidence;
    if (state !== 'confirmed' || personId === undefined)
      throw new ServiceError(
        'not-possible-now',
        `authentication ${id} is ${state}: there is evidence of confirmed ones`,
      );
    const sub = await this.#parties.pairwise.of(party, personId);
    const claims = await this.#store.read(async (tx) => {
      const challenge = await challengeByRef(tx, one.id);
      if (challenge === undefined) throw new Error(`authentication ${id} has no challenge`);
      const source = { issuer: this.#issuer(), party: await partyById(tx, party), sub, shown: challenge.request };
      return evidenceOf(one, { ...source, now: this.#context.clock.now() });
    });
    const jws = await this.#parties.jwsKeys.sign(EVIDENCE_TYP, claims);
    return this.#store.transaction('evidence', (tx) => keepEvidence(tx, one.id, jws), 'fail');
  }

  /** Takes a request back. @throws ServiceError `not-found`; `conflict` when it has ended otherwise */
  async cancel(party: Pick<RelyingParty, 'id'>, id: string): Promise<Authentication> {
    await this.one(party, id);
    return this.#store.transaction(
      'cancel authentication',
      (tx) => cancelAuthentication(tx, this.#context, id),
      'fail',
    );
  }
}
