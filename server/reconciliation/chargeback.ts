import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import type { SettlementLine } from '../rails/rail.ts';
import { isSameAmount } from '../store/amount.ts';
import { dayText } from '../time/days.ts';
import type { Chargeback } from './book-settled.ts';
import type { Movement } from './movements.ts';

/** What a settlement says of a chargeback of one movement. */
export interface SettledChargeback {
  /** What an operator is to look at; `undefined`: nothing, the dispute was won. */
  readonly told: { readonly at: number; readonly there: Amount; readonly detail: string } | undefined;
  /** What is posted as a loss; `undefined`: nothing, and what is told says why. */
  readonly takenBack: Chargeback | undefined;
  /** What is posted as given back. */
  readonly wonBack: Chargeback | undefined;
}

/**
 * One chargeback of a movement is booked, and that it was won. What the bank takes after that is told only.
 * @param lines of this key. @returns `undefined` without a chargeback among them that is not booked as won
 */
export function chargebackOf(
  key: string,
  lines: readonly SettlementLine[],
  movement: Movement | undefined,
): SettledChargeback | undefined {
  const again = takenAgain(lines, movement);
  if (again === undefined) return firstOf(key, lines, movement);
  const { at, amount } = again;
  const first = firstOf(
    key,
    lines.filter((line) => line !== again),
    movement,
  );
  const detail = `the customer's bank took ${formatAmount(amount)} back again on ${dayText(at)}, after a chargeback that was won; not booked: ask the rail which holds`;
  return { told: { at, there: amount, detail }, takenBack: first?.takenBack, wonBack: first?.wonBack };
}

/** A chargeback that came after one that was won. */
function takenAgain(lines: readonly SettlementLine[], movement: Movement | undefined): SettlementLine | undefined {
  const taken = lines.filter(({ isChargeback }) => isChargeback);
  const won = lines.filter(({ isWonBack }) => isWonBack);
  const wonAt = won.length > 0 ? Math.max(...won.map(({ at }) => at)) : movement?.wonBackAt;
  if (wonAt === undefined) return undefined;
  return taken.find(({ at }) => at > wonAt) ?? (won.length > 0 && taken.length > won.length ? taken.at(-1) : undefined);
}

function firstOf(
  key: string,
  lines: readonly SettlementLine[],
  movement: Movement | undefined,
): SettledChargeback | undefined {
  const won = lines.find(({ isWonBack }) => isWonBack);
  const taken = takenBackOf(key, lines, movement);
  if (won === undefined) return movement?.wonBackAt !== undefined ? undefined : taken;
  const { at, amount, fee = 0 } = won;
  const lost = taken?.takenBack?.amount ?? movement?.takenBack;
  if (lost !== undefined && isSameAmount(lost, amount))
    return { told: undefined, takenBack: taken?.takenBack, wonBack: { key, at, amount, fee } };
  const booked = lost === undefined ? 'no chargeback of it is booked' : `the chargeback was ${formatAmount(lost)}`;
  const detail = `the rail gave ${formatAmount(amount)} of a chargeback back on ${dayText(at)}; not booked: ${booked}`;
  return { told: { at, there: amount, detail }, takenBack: taken?.takenBack, wonBack: undefined };
}

function takenBackOf(
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
  const takenBack = why === undefined ? { key, at, amount, fee } : undefined;
  return { told: { at, there: amount, detail }, takenBack, wonBack: undefined };
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
