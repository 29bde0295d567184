import type { Clock } from '../../modem/index.ts';
import type { Journal } from '../journal/journal.ts';
import { type Payout, type PayoutOrder, payOut } from '../ledger/payout.ts';
import { merchantById } from '../merchants/merchants.ts';
import { type Act, withAct } from '../operators/audit.ts';
import type { Store, Tx } from '../store/store.ts';

/** What merchants earned and get. */
export class Payouts {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(store: Store, { clock, journal }: { readonly clock: Clock; readonly journal: Journal }) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
  }

  /**
   * Books that a merchant got money, once a reference, and writes it to the journal. A merchant that was revoked gets what it earned too.
   * @param act of an operator; `undefined`: a program
   * @throws ServiceError `not-found`, `conflict`, `not-possible-now`
   */
  pay(merchant: number, order: PayoutOrder, act?: Act): Promise<Payout> {
    const work = async (tx: Tx) => {
      const payout = await payOut(tx, await merchantById(tx, merchant), order, this.#clock.now());
      const { merchantId, reference, amount } = payout;
      if (!payout.repeated) await this.#journal.record(tx, { kind: 'payout', merchantId, reference, amount });
      return payout;
    };
    const subjectOf = ({ reference }: Payout) => `payout:${merchant}:${reference}`;
    return this.#store.transaction('payout', withAct(act, this.#clock, work, subjectOf), 'fail');
  }
}
