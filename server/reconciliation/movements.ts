import type { Amount } from '../../device/safe-mobile/index.ts';
import { ATTEMPT_STATES, type AttemptState } from '../attempts/attempt.ts';
import type { Period } from '../ledger/statement.ts';
import { readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx } from '../store/store.ts';

/** A movement of money as the service knows it: an attempt at a rail, and its transfer in the ledger. */
export interface Movement {
  readonly key: string;
  readonly state: AttemptState;
  readonly amount: Amount;
  /** What the posted transfer moved; `undefined`: the ledger has not posted one. */
  readonly booked: Amount | undefined;
  /** When the attempt came into its state, ms since 1970. */
  readonly at: number;
}

const SELECT = `SELECT a.rail_key, a.state, a.minor, a.currency, a.changed_at,
    CASE WHEN e.outcome = 'posted' THEN t.minor END AS booked, t.currency AS booked_in
  FROM attempt a LEFT JOIN transfer t ON t.id = a.rail_key LEFT JOIN transfer_end e ON e.id = t.id`;

/** The charges and refunds of a rail that were done in a period, in the order of their time. */
export function movementsIn(tx: ReadTx, rail: string, { from, to }: Period): Promise<Movement[]> {
  return tx.all(
    `${SELECT} WHERE a.state = 'done' AND a.changed_at >= ? AND a.changed_at < ? AND a.rail = ? AND a.kind <> 'reversal'
     ORDER BY a.changed_at, a.rail_key`,
    readMovement,
    from,
    to,
    rail,
  );
}

/** The attempt of this key at a rail, whatever became of it, or `undefined`. */
export function movementOf(tx: ReadTx, rail: string, key: string): Promise<Movement | undefined> {
  return tx.get(`${SELECT} WHERE a.rail_key = ? AND a.rail = ?`, readMovement, key, rail);
}

function readMovement(row: Row): Movement {
  const amount = readAmount(row);
  const booked = row.optionalInteger('booked');
  const isSame = row.optionalText('booked_in') === amount.currency;
  return {
    key: row.text('rail_key'),
    state: row.oneOf('state', ATTEMPT_STATES),
    amount,
    booked: booked === undefined || !isSame ? undefined : { minor: booked, currency: amount.currency },
    at: row.integer('changed_at'),
  };
}
