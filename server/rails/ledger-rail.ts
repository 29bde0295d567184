import { z } from 'zod';
import type { Clock } from '../../modem/index.ts';
import { type Account, balanceOf, LedgerError, move, post, type Transfer, voidTransfer } from '../ledger/ledger.ts';
import { readAmount } from '../store/amount.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';
import type { PersonId } from '../vocabulary/ids.ts';
import {
  type Capabilities,
  type LocalRail,
  type Outcome,
  type RailOrder,
  type SettlementLine,
  transferOf,
} from './rail.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;
const INSUFFICIENT = { kind: 'declined', reason: 'insufficient-funds' } as const;

/** The built-in rail: prepaid accounts in the service's own ledger. */
export class LedgerRail implements LocalRail {
  readonly name = 'ledger';
  readonly local = true;
  readonly capabilities: Capabilities = {
    maxMinor: Number.MAX_SAFE_INTEGER,
    refund: 'partial',
    onUnknown: 'repeat',
    keyLifeMs: { charge: FOR_EVER, refund: FOR_EVER, reversal: FOR_EVER },
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
    const earlier = earlierDecision(order.note);
    const moved = await move(tx, transfer, this.#clock.now());
    if (moved === 'other-movement') throw new LedgerError(`${order.key} is another movement already`);
    if (moved === 'insufficient') return INSUFFICIENT;
    if (moved === 'too-large') return { kind: 'declined', reason: 'limit-exceeded' };
    if (moved === 'held-before' && (earlier === undefined ? !(await isCovered(tx, transfer)) : 'declined' in earlier)) {
      await voidTransfer(tx, transfer, this.#clock.now());
      return earlier !== undefined && 'declined' in earlier
        ? { kind: 'declined', reason: earlier.declined }
        : INSUFFICIENT;
    }
    if (moved !== 'moved') await post(tx, transfer, this.#clock.now());
    if (order.kind !== 'charge') return { kind: 'done', approvalCode: 0 };
    const approved = earlier !== undefined && 'approved' in earlier ? earlier.approved : await tx.sequence('approval');
    return { kind: 'done', approvalCode: approved };
  }

  settlement(from: number, to: number): Promise<readonly SettlementLine[]> {
    return this.#store.read((tx) =>
      tx.all(
        `SELECT t.id, t.minor, t.currency, e.at FROM transfer_end e JOIN transfer t USING (id)
         WHERE e.outcome = 'posted' AND e.at >= ? AND e.at < ? AND t.txn IS NOT NULL
           AND t.debit NOT LIKE 'clearing:%' AND t.credit NOT LIKE 'clearing:%'
         ORDER BY e.at, t.id`,
        (row) => ({ key: row.text('id'), amount: readAmount(row), at: row.integer('at') }),
        from,
        to,
      ),
    );
  }
}

/** What an earlier version of the service decided about an order without telling its payment: in the order's note. */
const EarlierDecision = z.union([z.object({ approved: z.int() }), z.object({ declined: z.string() })]);

function earlierDecision(note: string): z.infer<typeof EarlierDecision> | undefined {
  return note === '' ? undefined : EarlierDecision.parse(JSON.parse(note));
}

/**
 * Whether there is money for a transfer that an earlier version has held without looking at the balance: besides what is set
 * aside for others, of which those that wait to be decided in the same way do not count.
 */
async function isCovered(tx: ReadTx, { debit, amount }: Transfer): Promise<boolean> {
  const { posted, pending } = await balanceOf(tx, debit, amount.currency);
  const undecided = await tx.get(
    `SELECT coalesce(sum(minor), 0) AS sum FROM timer t JOIN attempt a ON a.rail_key = t.subject
     WHERE t.kind = 'attempt' AND a.state = 'unknown' AND a.rail = 'ledger' AND a.note = '' AND a.currency = ?1
       AND ?2 = CASE a.kind WHEN 'refund' THEN a.merchant ELSE a.payer END`,
    (row) => row.integer('sum'),
    amount.currency,
    debit,
  );
  return posted >= pending - (undecided ?? 0);
}
