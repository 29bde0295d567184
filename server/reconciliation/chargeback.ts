import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import type { SettlementLine } from '../rails/rail.ts';
import { isSameAmount } from '../store/amount.ts';
import { dayText } from '../time/days.ts';
import type { Chargeback } from './book-settled.ts';
import type { Movement } from './movements.ts';

/** What a settlement says that a customer's bank took back of one movement. */
export interface SettledChargeback {
  /** ms since 1970. */
  readonly at: number;
  readonly amount: Amount;
  /** What was seen, as a sentence. */
  readonly detail: string;
  /** What is posted as a loss; `undefined`: an operator is to look at it, and `detail` says why. */
  readonly booked: Chargeback | undefined;
}

/** @param lines of this key. @returns `undefined` without a chargeback among them */
export function chargebackOf(
  key: string,
  lines: readonly SettlementLine[],
  movement: Movement | undefined,
): SettledChargeback | undefined {
  const chargebacks = lines.filter(({ isChargeback }) => isChargeback);
  const [line] = chargebacks;
  if (line === undefined) return undefined;
  const { at, amount, fee = 0 } = line;
  const amounts = new Set(chargebacks.map((one) => formatAmount(one.amount)));
  const times = chargebacks.length > 1 && amounts.size === 1 ? `, ${chargebacks.length} times` : '';
  const why = whyNotBooked(amounts.size, amount, movement);
  const detail = `the customer's bank took ${[...amounts].join(' and ')} back on ${dayText(at)}${times}${why ?? ''}`;
  return { at, amount, detail, booked: why === undefined ? { key, at, amount, fee } : undefined };
}

/** The end of the sentence, where the loss is not posted. */
function whyNotBooked(amounts: number, amount: Amount, movement: Movement | undefined): string | undefined {
  if (movement?.state !== 'done' || movement.isRefund) return '; not booked: here no charge of this key is done';
  if (amounts > 1) return '; not booked: which of the amounts holds is to be asked';
  if (amount.currency !== movement.amount.currency || amount.minor > movement.amount.minor)
    return `; not booked: the charge was ${formatAmount(movement.amount)}`;
  if (movement.takenBack !== undefined && !isSameAmount(movement.takenBack, amount))
    return `; not booked: ${formatAmount(movement.takenBack)} is booked as taken back`;
  return undefined;
}
