import type { Clock } from '../../modem/index.ts';
import type { PersonId } from '../ids.ts';
import { type Account, balanceOf, hold, LedgerError, post, type Transfer, voidTransfer } from '../ledger/ledger.ts';
import { readAmount } from '../store/amount.ts';
import type { Store, Tx } from '../store/store.ts';
import {
  type Capabilities,
  type LocalRail,
  type Outcome,
  type RailOrder,
  type SettlementLine,
  transferOf,
} from './rail.ts';

/** The built-in rail: prepaid accounts in the service's own ledger. */
export class LedgerRail implements LocalRail {
  readonly name = 'ledger';
  readonly local = true;
  readonly capabilities: Capabilities = {
    maxMinor: Number.MAX_SAFE_INTEGER,
    refund: 'partial',
    onUnknown: 'repeat',
    keyLifeMs: Number.POSITIVE_INFINITY,
    timeoutMs: 0,
    retryMs: [],
  };
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  payerOf(customer: PersonId): Account {
    return `person:${customer}`;
  }

  async decide(tx: Tx, order: RailOrder): Promise<Extract<Outcome, { kind: 'done' | 'declined' }>> {
    const transfer = transferOf(order);
    const held = await hold(tx, transfer, this.#clock.now());
    if (held === 'insufficient' || (held === 'held-before' && !(await this.#isCovered(tx, transfer))))
      return { kind: 'declined', reason: 'insufficient-funds' };
    if (held === 'other-movement') throw new LedgerError(`${order.key} is another movement already`);
    await post(tx, transfer, this.#clock.now());
    return { kind: 'done', approvalCode: order.kind === 'charge' ? await tx.sequence('approval') : 0 };
  }

  /** A transfer that an earlier version of the service has held without looking at the balance. */
  async #isCovered(tx: Tx, transfer: Transfer): Promise<boolean> {
    const { posted, pending } = await balanceOf(tx, transfer.debit, transfer.amount.currency);
    if (posted >= pending) return true;
    await voidTransfer(tx, transfer, this.#clock.now());
    return false;
  }

  settlement(from: number, to: number): Promise<readonly SettlementLine[]> {
    return this.#store.read((tx) =>
      tx.all(
        `SELECT t.id, t.minor, t.currency, e.at FROM transfer_end e JOIN transfer t USING (id)
         WHERE e.outcome = 'posted' AND e.at >= ? AND e.at < ? AND t.txn IS NOT NULL
           AND 'cash' NOT IN (t.debit, t.credit) AND t.debit NOT LIKE 'clearing:%' AND t.credit NOT LIKE 'clearing:%'
         ORDER BY e.at, t.id`,
        (row) => ({ key: row.text('id'), amount: readAmount(row), at: row.integer('at') }),
        from,
        to,
      ),
    );
  }
}
