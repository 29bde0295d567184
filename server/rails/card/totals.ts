import { CURRENCIES, type Currency } from '../../../device/safe-mobile/index.ts';
import { readAmount } from '../../store/amount.ts';
import type { ReadTx } from '../../store/store.ts';
import { ATTEMPT_KINDS, type RailOrder } from '../rail.ts';
import { isoTime } from './iso-time.ts';
import type { IsoMessage } from './iso8583.ts';
import type { Acceptor } from './requests.ts';
import { readTrace, type Trace } from './trace.ts';

/** A business day of the host that has ended. */
export interface BusinessDay {
  /** DE 15, `MMDD`. */
  readonly day: string;
  /** The 24 hours before its cut-off, `[from, to)`, ms since 1970: of what the host has named no day. */
  readonly from: number;
  readonly to: number;
}

/** An order that the host has carried out. */
export interface DoneOrder extends Pick<RailOrder, 'kind' | 'amount'> {
  readonly trace: Trace;
}

/** Purchases are debits of the customers, refunds are credits. The data elements of each: number and amount. */
const ELEMENTS = {
  credits: [74, 86],
  'credit reversals': [75, 87],
  debits: [76, 88],
  'debit reversals': [77, 89],
} as const;

type TotalName = keyof typeof ELEMENTS;
const NAMES = ['credits', 'credit reversals', 'debits', 'debit reversals'] as const satisfies readonly TotalName[];

/** How many movements a business day has in one currency, and their sum, minor units. */
export type Totals = Readonly<Record<TotalName, { readonly count: number; readonly minor: number }>>;

const NOTHING = { count: 0, minor: 0 } as const;
const NO_TOTALS: Totals = {
  credits: NOTHING,
  'credit reversals': NOTHING,
  debits: NOTHING,
  'debit reversals': NOTHING,
};

/** What the card host has carried out in `[from, to)`, ms since 1970, as the attempts have it. */
export function doneOrders(tx: ReadTx, from: number, to: number): Promise<DoneOrder[]> {
  return tx.all(
    `SELECT kind, minor, currency, note FROM attempt
     WHERE state = 'done' AND changed_at >= ? AND changed_at < ? AND rail = 'card' ORDER BY changed_at, rail_key`,
    (row) => ({
      kind: row.oneOf('kind', ATTEMPT_KINDS),
      amount: readAmount(row),
      trace: readTrace({ note: row.text('note') }),
    }),
    ...[from, to],
  );
}

/** How many orders from before a moment, ms since 1970, the card host has not answered yet. */
export async function openOrders(tx: ReadTx, before: number): Promise<number> {
  const open = await tx.get(
    `SELECT count(*) AS open FROM timer t JOIN attempt a ON a.rail_key = t.subject
     WHERE t.kind = 'attempt' AND a.rail = 'card' AND a.created_at < ?`,
    (row) => row.integer('open'),
    before,
  );
  return open ?? 0;
}

/** The totals of a business day by currency; a currency without a movement is not there. */
export function totalsOf(orders: readonly DoneOrder[], day: BusinessDay): ReadonlyMap<Currency, Totals> {
  const all = new Map<Currency, Totals>();
  for (const order of orders) {
    const { minor, currency } = order.amount;
    for (const name of namesOf(order, day)) {
      const totals = all.get(currency) ?? NO_TOTALS;
      const { count, minor: sum } = totals[name];
      all.set(currency, { ...totals, [name]: { count: count + 1, minor: sum + minor } });
    }
  }
  return all;
}

/** A charge whose answer was lost is known by its reversal alone: it was carried out when the host had it to reverse. */
function namesOf({ kind, trace }: DoneOrder, { day, from, to }: BusinessDay): readonly TotalName[] {
  const wasSent = trace.at >= from && trace.at < to;
  const isOfDay = trace.settled === undefined ? wasSent : trace.settled === day;
  if (kind === 'charge') return isOfDay ? ['debits'] : [];
  if (kind === 'refund') return isOfDay ? ['credits'] : [];
  if (trace.unknownThere === true) return [];
  return [...(wasSent ? (['debits'] as const) : []), ...(isOfDay ? (['debit reversals'] as const) : [])];
}

/**
 * The acquirer reconciliation request, 0500. DE 97 is debits without their reversals, less credits without theirs: `D` when money goes to
 * the merchant. @param terminal DE 41. @param trace DE 11. @param now ms since 1970
 */
export function totalsRequest(
  { day }: BusinessDay,
  currency: Currency,
  totals: Totals,
  { acquirer, merchant }: Acceptor,
  { terminal, trace, now }: { readonly terminal: string; readonly trace: string; readonly now: number },
): IsoMessage {
  const sums = NAMES.flatMap((name) => {
    const [number, amount] = ELEMENTS[name];
    const { count, minor } = totals[name];
    return [
      [number, `${count}`.padStart(10, '0')],
      [amount, `${minor}`.padStart(16, '0')],
    ] as const;
  });
  const net =
    totals.debits.minor - totals['debit reversals'].minor - totals.credits.minor + totals['credit reversals'].minor;
  const fields: readonly (readonly [number, string])[] = [
    [7, isoTime(now).transmission],
    [11, trace],
    [15, day],
    [32, acquirer],
    [41, terminal],
    [42, merchant.padEnd(15)],
    [50, `${CURRENCIES[currency].number}`.padStart(3, '0')],
    ...sums,
    [97, `${net < 0 ? 'C' : 'D'}${`${Math.abs(net)}`.padStart(16, '0')}`],
  ];
  return { mti: '0500', fields: new Map(fields) };
}

/** DE 66 of the answer: the totals of the host are the same. */
const IN_BALANCE = '1';

/** What is other in the totals of the host, in words; empty when it says that they are the same and names no other ones. */
export function differencesIn({ fields: own }: IsoMessage, { fields: theirs }: IsoMessage): readonly string[] {
  const differences = NAMES.flatMap((name) => {
    const wanted = ELEMENTS[name].map((field) => Number(own.get(field)));
    const said = ELEMENTS[name].map((field) => Number(theirs.get(field) ?? own.get(field)));
    if (wanted.join() === said.join()) return [];
    return [`${name}: ${wanted.join(' of ')} here, ${said.join(' of ')} there (number and minor units)`];
  });
  const code = theirs.get(66);
  if (differences.length > 0 || code === IN_BALANCE) return differences;
  return [`the host says that they are not the same (DE 66: ${code ?? 'missing'}), and not what is other`];
}
