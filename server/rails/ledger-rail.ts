import type { Amount } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';
import type { Rail, RailAnswer, RailInquiry, RailKey, RailOrder, SettlementLine } from './rail.ts';

/** Approval codes have six digits: this, and the running number of the decision. */
const FIRST_APPROVAL_CODE = 100_000;

/**
 * The built-in rail: prepaid accounts in the service's own ledger. It decides whether an account can pay, once a key,
 * and remembers the decision; the payment's own transfer in the ledger then moves the money.
 */
export class LedgerRail implements Rail {
  readonly name = 'ledger';
  readonly recovery = 'inquire';
  readonly #store: Store;
  readonly #ledger: Ledger;
  readonly #clock: Clock;

  constructor(store: Store, ledger: Ledger, clock: Clock) {
    this.#store = store;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  charge(order: RailOrder): Promise<RailAnswer> {
    return this.#decide(order);
  }

  refund(order: RailOrder): Promise<RailAnswer> {
    return this.#decide(order);
  }

  reverse(key: RailKey): Promise<RailAnswer> {
    return this.#store.transaction('reversal in the ledger', async (tx): Promise<RailAnswer> => {
      const decided = await this.#decision(tx, reversalOf(key));
      if (decided !== undefined) return decided;
      const original = await this.#amountOf(tx, key);
      if (original === undefined) return { kind: 'done', approvalCode: 0 };
      return this.#write(tx, reversalOf(key), original, undefined);
    });
  }

  inquire(key: RailKey): Promise<RailInquiry> {
    return this.#store.read(async (tx): Promise<RailInquiry> => {
      if ((await this.#decision(tx, reversalOf(key))) !== undefined) return { kind: 'declined', reason: 'reversed' };
      return (await this.#decision(tx, key)) ?? { kind: 'absent' };
    });
  }

  settlement(from: number, to: number): Promise<readonly SettlementLine[]> {
    return this.#store.read((tx) =>
      tx.all(
        `SELECT d.rail_key, d.minor, d.currency, d.at FROM ledger_decision d
       WHERE d.approval_code IS NOT NULL AND d.at >= ? AND d.at < ? AND d.rail_key NOT LIKE '%:reversal'
         AND NOT EXISTS (SELECT 1 FROM ledger_decision r WHERE r.rail_key = d.rail_key || ':reversal')
       ORDER BY d.at, d.rail_key`,
        (row) => ({ key: row.text('rail_key'), amount: readAmount(row), at: row.integer('at') }),
        from,
        to,
      ),
    );
  }

  #decide(order: RailOrder): Promise<RailAnswer> {
    return this.#store.transaction('decision of the ledger', async (tx) => {
      const decided = await this.#decision(tx, order.key);
      if (decided !== undefined) return decided;
      const covered = (await this.#available(tx, order)) >= order.amount.minor;
      return this.#write(tx, order.key, order.amount, covered ? undefined : 'insufficient-funds');
    });
  }

  /** The balance of the account less its accepted charges that are not posted yet. */
  async #available(tx: ReadTx, order: RailOrder): Promise<number> {
    const promised = await tx.get(
      `SELECT coalesce(sum(t.minor), 0) AS sum FROM transfer t JOIN ledger_decision d ON d.rail_key = t.id
       WHERE t.debit = ? AND t.currency = ? AND d.approval_code IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM transfer_end e WHERE e.id = t.id)`,
      (row) => row.integer('sum'),
      order.from,
      order.amount.currency,
    );
    return (await this.#ledger.balance(tx, order.from, order.amount.currency)).posted - (promised ?? 0);
  }

  async #write(tx: Tx, key: string, amount: Amount, refusal: string | undefined): Promise<RailAnswer> {
    const count = (await tx.get('SELECT count(*) AS n FROM ledger_decision', (row) => row.integer('n'))) ?? 0;
    const approvalCode = FIRST_APPROVAL_CODE + count + 1;
    await tx.run(
      'INSERT INTO ledger_decision (rail_key, approval_code, reason, minor, currency, at) VALUES (?, ?, ?, ?, ?, ?)',
      key,
      refusal === undefined ? approvalCode : null,
      refusal ?? null,
      amount.minor,
      amount.currency,
      this.#clock.now(),
    );
    return refusal === undefined ? { kind: 'done', approvalCode } : { kind: 'declined', reason: refusal };
  }

  async #decision(tx: ReadTx, key: string): Promise<RailAnswer | undefined> {
    return tx.get('SELECT approval_code, reason FROM ledger_decision WHERE rail_key = ?', readAnswer, key);
  }

  async #amountOf(tx: ReadTx, key: RailKey): Promise<Amount | undefined> {
    return tx.get('SELECT minor, currency FROM ledger_decision WHERE rail_key = ?', readAmount, key);
  }
}

function reversalOf(key: RailKey): string {
  return `${key}:reversal`;
}

function readAnswer(row: Row): RailAnswer {
  const approvalCode = row.optionalInteger('approval_code');
  return approvalCode === undefined ? { kind: 'declined', reason: row.text('reason') } : { kind: 'done', approvalCode };
}
