import { QUIET_MS } from '../authentications/consent.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { Context } from '../outgoing/context.ts';
import { type Consent, consentsOf, refuseConsent } from '../parties/consents.ts';
import { personById } from '../people/people.ts';
import type { Store, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { partyId, personId } from '../vocabulary/ids.ts';

interface ConsentsContext extends Context {
  readonly store: Store;
}

/** Which relying parties may ask a person. They give their consent on their phone; here it is looked at and taken back. */
export class Consents {
  readonly #context: ConsentsContext;

  constructor(context: ConsentsContext) {
    this.#context = context;
  }

  /** Of the parties that have asked this person. @throws ServiceError `not-found` */
  list(person: number): Promise<Consent[]> {
    return this.#context.store.read(async (tx) => consentsOf(tx, (await personById(tx, person)).id));
  }

  /** The person takes it back: the party may not ask, and for 30 days not even for consent. @throws ServiceError `not-found` */
  revoke(person: number, party: number, act?: Act): Promise<Consent[]> {
    const { store, clock, journal } = this.#context;
    const work = async (tx: Tx) => {
      if (!(await refuseConsent(tx, party, person, clock.now() + QUIET_MS)))
        throw new ServiceError('not-found', `relying party ${party} has never asked person ${person}`);
      await journal.record(tx, { kind: 'consent', partyId: partyId(party), personId: personId(person), to: 'revoked' });
      return consentsOf(tx, person);
    };
    const withAudit = withAct(act, clock, work, () => `person:${person} party:${party}`);
    return store.transaction('consent revoked', withAudit, 'fail');
  }
}
