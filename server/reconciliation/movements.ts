import type { Amount } from '../../device/safe-mobile/index.ts';
import { ATTEMPT_STATES, type AttemptState } from '../attempts/attempt.ts';
import type { Period } from '../ledger/statement.ts';
import { ATTEMPT_KINDS, type Rail } from '../rails/rail.ts';
import { readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx } from '../store/store.ts';

/** A movement of money as the service knows it: an attempt at a rail, and its transfer in the ledger. */
export interface Movement {
  readonly key: string;
  readonly isRefund: boolean;
  readonly state: AttemptState;
  readonly amount: Amount;
  /** What the posted transfer moved; `undefined`: the ledger has not posted one. */
  readonly booked: Amount | undefined;
  /** Whether it is booked that the rail has paid it. */
  readonly isSettled: boolean;
  /** What the rail has kept of it, once that is booked, and before what it is to keep, minor units; `undefined`: nobody knows. */
  readonly fee: number | undefined;
  /** What is booked of it as taken back by the customer's bank. */
  readonly takenBack: Amount | undefined;
  /** When it was booked that the rail gave that back, because the dispute was won, ms since 1970; `undefined`: it is not. */
  readonly wonBackAt: number | undefined;
  /** When the attempt came into its state, ms since 1970. */
  readonly at: number;
}

// The transfers of `bookSettled` and `bookChargeback` are found by their ids.
const SELECT = `SELECT a.rail_key, a.kind, a.state, a.minor, a.currency, a.changed_at, a.note,
    CASE WHEN e.outcome = 'posted' THEN t.minor END AS booked, t.currency AS booked_in,
    s.id AS paid, CASE WHEN f.debit LIKE 'fees:%' THEN f.minor ELSE -f.minor END AS fee, c.minor AS taken_back, w.at AS won_back_at
  FROM attempt a LEFT JOIN transfer t ON t.id = a.rail_key LEFT JOIN transfer_end e ON e.id = t.id
    LEFT JOIN transfer s ON s.id = 'settled:' || a.rail_key LEFT JOIN transfer f ON f.id = 'fee:' || a.rail_key
    LEFT JOIN transfer c ON c.id = 'chargeback:' || a.rail_key
    LEFT JOIN transfer w ON w.id = 'chargeback-won:' || a.rail_key`;

/** The charges and refunds of a rail that were done in a period, in the order of their time. */
export function movementsIn(tx: ReadTx, rail: Rail, { from, to }: Period): Promise<Movement[]> {
  return tx.all(
    `${SELECT} WHERE a.state = 'done' AND a.changed_at >= ? AND a.changed_at < ? AND a.rail = ? AND a.kind <> 'reversal'
     ORDER BY a.changed_at, a.rail_key`,
    movementReader(rail),
    from,
    to,
    rail.name,
  );
}

/** The attempt of this key at a rail, whatever became of it, or `undefined`. */
export function movementOf(tx: ReadTx, rail: Rail, key: string): Promise<Movement | undefined> {
  return tx.get(`${SELECT} WHERE a.rail_key = ? AND a.rail = ?`, movementReader(rail), key, rail.name);
}

function movementReader(rail: Rail): (row: Row) => Movement {
  return (row) => {
    const amount = readAmount(row);
    const kind = row.oneOf('kind', ATTEMPT_KINDS);
    const booked = row.optionalInteger('booked');
    const isSame = row.optionalText('booked_in') === amount.currency;
    const fee = row.optionalInteger('fee');
    const takenBack = row.optionalInteger('taken_back');
    const isSettled = fee !== undefined || row.optionalText('paid') !== undefined;
    return {
      key: row.text('rail_key'),
      isRefund: kind === 'refund',
      state: row.oneOf('state', ATTEMPT_STATES),
      amount,
      booked: booked === undefined || !isSame ? undefined : { minor: booked, currency: amount.currency },
      isSettled,
      fee: isSettled ? (fee ?? 0) : rail.local ? undefined : rail.feeOf?.({ kind, amount, note: row.text('note') }),
      takenBack: takenBack === undefined ? undefined : { minor: takenBack, currency: amount.currency },
      wonBackAt: row.optionalInteger('won_back_at'),
      at: row.integer('changed_at'),
    };
  };
}
