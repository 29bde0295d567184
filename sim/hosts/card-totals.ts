import type { CardEntry } from './card-book.ts';
import type { CardMessage } from './card-frames.ts';

/** The business day of a host ends at 22:00 UTC. */
const AFTER_CUT_OFF_MS = 2 * 3_600_000;

/** The business day of a moment, `MMDD`. */
export function businessDay(at: number): string {
  const text = new Date(at + AFTER_CUT_OFF_MS).toISOString();
  return `${text.slice(5, 7)}${text.slice(8, 10)}`;
}

/**
 * What the host answers to totals (0500), counted from its own book: purchases are debits, refunds credits, and what was reversed counts
 * on the day of its order and, as a reversal, on the day of its reversal. @param lie minor units of a purchase that it only says it has
 */
export function totalsAnswer(
  entries: readonly CardEntry[],
  { elements }: CardMessage,
  lie: number | undefined,
): Readonly<Record<number, string>> {
  const { 15: day = '', 50: currency = '' } = elements;
  const same = entries.filter((entry) => entry.currency === currency);
  const carriedOut = same.filter(
    ({ at, state, reversedAt }) => businessDay(at) === day && (state === 'moved' || reversedAt !== undefined),
  );
  const reversed = same.filter(({ reversedAt }) => reversedAt !== undefined && businessDay(reversedAt) === day);
  const of = (kind: CardEntry['kind']) => (entry: CardEntry) => entry.kind === kind;
  const debits = carriedOut.filter(of('purchase')).map(({ minor }) => minor);
  const sums = [
    carriedOut.filter(of('refund')).map(({ minor }) => minor),
    reversed.filter(of('refund')).map(({ minor }) => minor),
    lie === undefined ? debits : [...debits, lie],
    reversed.filter(of('purchase')).map(({ minor }) => minor),
  ];
  const own: Record<number, string> = {};
  let net = 0;
  for (const [index, minors] of sums.entries()) {
    const sum = minors.reduce((total, minor) => total + minor, 0);
    own[74 + index] = `${minors.length}`.padStart(10, '0');
    own[86 + index] = `${sum}`.padStart(16, '0');
    net += [-sum, sum, sum, -sum][index] ?? 0;
  }
  own[97] = (net < 0 ? 'C' : 'D') + `${Math.abs(net)}`.padStart(16, '0');
  const isSame = Object.entries(own).every(([field, value]) => elements[Number(field)] === value);
  return { ...own, 15: day, 50: currency, 66: isSame ? '1' : '2' };
}
