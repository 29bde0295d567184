import type { AskingContext } from '../approvals/context.ts';
import { cancelWithConsent } from '../authentications/cancel.ts';
import { QUIET_MS } from '../authentications/consent.ts';
import { type Act, withAct } from '../operators/audit.ts';
import { type Consent, consentsOf, liftRefusal, refuseConsent } from '../parties/consents.ts';
import { lockDevicesOf } from '../people/devices.ts';
import { personById } from '../people/people.ts';
import type { Store, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { partyId, personId } from '../vocabulary/ids.ts';

interface ConsentsContext extends AskingContext {
  readonly store: Store;
}

/** Which relying parties may ask a person. They give or refuse their consent on their phone; here it is looked at, and either is taken back. */
export class Consents {
  readonly #context: ConsentsContext;

  constructor(context: ConsentsContext) {
    this.#context = context;
  }

  /** Of the parties that have asked this person. @throws ServiceError `not-found` */
  list(person: number): Promise<Consent[]> {
    return this.#context.store.read(async (tx) => consentsOf(tx, (await personById(tx, person)).id));
  }

  /** The person takes it back: what the party has asked is cancelled, it may not ask, and for 30 days not even for consent. @throws ServiceError `not-found` */
  revoke(person: number, party: number, act?: Act): Promise<Consent[]> {
    const { store, clock, journal } = this.#context;
    const revoked = async (tx: Tx) => {
      if (!(await refuseConsent(tx, party, person, clock.now() + QUIET_MS)))
        throw new ServiceError('not-found', `relying party ${party} has never asked person ${person}`);
      await journal.record(tx, { kind: 'consent', partyId: partyId(party), personId: personId(person), to: 'revoked' });
    };
    const work = async (tx: Tx) => {
      // Nothing is asked or answered meanwhile.
      await lockDevicesOf(tx, personId(person));
      await cancelWithConsent(tx, this.#context, partyId(party), personId(person), () => revoked(tx));
      return consentsOf(tx, person);
    };
    const withAudit = withAct(act, clock, work, () => `person:${person} party:${party}`);
    return store.transaction('consent revoked', withAudit, 'fail');
  }

  /** The person lets the party ask again whether it may, before the 30 days are over. @throws ServiceError `not-found` */
  liftRefusal(person: number, party: number, act?: Act): Promise<Consent[]> {
    const { store, clock, journal } = this.#context;
    const work = async (tx: Tx) => {
      if (!(await liftRefusal(tx, party, person, clock.now())))
        throw new ServiceError('not-found', `person ${person} has refused nothing to relying party ${party}`);
      const to = 'refusal-lifted';
      await journal.record(tx, { kind: 'consent', partyId: partyId(party), personId: personId(person), to });
      return consentsOf(tx, person);
    };
    const withAudit = withAct(act, clock, work, () => `person:${person} party:${party}`);
    return store.transaction('refusal lifted', withAudit, 'fail');
  }
}
