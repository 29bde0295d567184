import { answer, type PayPalAnswer, refused, timeText, transactionBody } from './paypal-answers.ts';
import type { PayPalEntry } from './paypal-book.ts';
import { misreported, type SettlementFault } from './settlement-fault.ts';

/** The longest time that one report may be of, ms. */
const RANGE_MS = 31 * 24 * 3_600_000;

/** The most lines that one report may have, over all its pages. */
const LINES_LIMIT = 10_000;

/** RFC 3339, with seconds. */
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/**
 * The answer to GET /v1/reporting/transactions: the movements that began in the time asked for, its end included.
 * @param refreshedAt what came later is not in it yet, ms since 1970. @param faults what is wrong with it
 */
export function transactionsBody(
  entries: readonly PayPalEntry[],
  query: URLSearchParams,
  { faults, refreshedAt }: { readonly faults: readonly SettlementFault[]; readonly refreshedAt: number },
): PayPalAnswer {
  const [from, to] = ['start_date', 'end_date'].map((name) => {
    const text = query.get(name) ?? '';
    return TIME.test(text) ? Date.parse(text) : Number.NaN;
  });
  const size = Number(query.get('page_size') ?? 100);
  const page = Number(query.get('page') ?? 1);
  if (from === undefined || to === undefined || !(from <= to) || !(size >= 1 && size <= 500) || !(page >= 1)) {
    return refused(400, 'INVALID_PARAMETER_VALUE');
  }
  if (to - from > RANGE_MS) return refused(400, 'INVALID_DATE_RANGE');
  const known = entries.filter(({ status, at }) => status !== 'PAYER_ACTION_REQUIRED' && at <= refreshedAt);
  const lines = misreported(known.map(lineOf), faults, orphanOf)
    .map(({ entry, minor, at }) => ({ ...entry, minor, changedAt: at }))
    .filter(({ at }) => secondOf(at) >= from && secondOf(at) <= to);
  if (lines.length > LINES_LIMIT) return refused(400, 'RESULTSET_TOO_LARGE');
  return answer(200, {
    transaction_details: lines.slice((page - 1) * size, page * size).map(transactionBody),
    last_refreshed_datetime: timeText(refreshedAt),
    page,
    total_items: lines.length,
    total_pages: Math.max(1, Math.ceil(lines.length / size)),
    links: [],
  });
}

/** A movement as reports get it wrong: it is settled when its status has changed last. */
interface Line {
  readonly minor: number;
  readonly at: number;
  readonly entry: PayPalEntry;
}

function lineOf(entry: PayPalEntry): Line {
  return { minor: entry.minor, at: entry.changedAt, entry };
}

function orphanOf(first: Line): Line {
  return { ...first, entry: { ...first.entry, id: 'C999999999999999P', customId: undefined, invoiceId: 'somebody' } };
}

function secondOf(at: number): number {
  return Math.floor(at / 1000) * 1000;
}
