import { z } from 'zod';
import type { Amount } from '../../../device/safe-mobile/index.ts';
import type { RailKey, SettlementLine } from '../rail.ts';
import type { PayPalClient } from './client.ts';
import { amountOf, type Money } from './money.ts';
import { keyOf } from './note.ts';

const DAY_MS = 24 * 3_600_000;

/** The longest time that one report may be of, ms. */
const RANGE_MS = 31 * DAY_MS;

/** How far back PayPal gives reports, ms. */
const HISTORY_MS = 3 * 365 * DAY_MS;

/** How long a movement may be pending, ms: reports have it by when it began, the books by when it was decided. */
const PENDING_MS = 30 * DAY_MS;

/** The issue of a report with more than 10,000 movements. */
const TOO_LARGE = 'RESULTSET_TOO_LARGE';

/** What reports say of money that came from a payer (T00), was given back or was taken back (T11, T12); fees, withdrawals and holds are others. */
const MOVEMENTS = /^T(?:00|11|12)[0-9]{2}$/;

const time = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: 'custom', message: 'expected a time' });
  return z.NEVER;
});

/** PayPal or the payer's bank has given money of a capture back against the merchant's will: payment reversal, chargeback. */
const TAKEN_BACK = /^T(?:1106|1201)$/;

/** Transaction Search v1. */
const Page = z.object({
  transaction_details: z
    .array(
      z.object({
        transaction_info: z.object({
          transaction_id: z.string(),
          transaction_event_code: z.string(),
          transaction_updated_date: time,
          transaction_amount: z.object({ currency_code: z.string(), value: z.string() }),
          fee_amount: z.object({ currency_code: z.string(), value: z.string() }).optional(),
          transaction_status: z.enum(['D', 'P', 'S', 'V']),
          custom_field: z.string().optional(),
        }),
      }),
    )
    .default([]),
  last_refreshed_datetime: time.optional(),
  total_pages: z.int().default(1),
});

/** A movement in PayPal's report. */
export interface Transaction {
  readonly id: string;
  /** The order that it carries out; `undefined`: none from here. */
  readonly key: RailKey | undefined;
  /** Denied, pending, settled, or settled and reversed afterwards. */
  readonly status: 'D' | 'P' | 'S' | 'V';
  readonly line: SettlementLine;
}

/** What a report has, and until when it is complete, ms since 1970; `undefined`: PayPal does not say. */
export interface Report {
  readonly transactions: readonly Transaction[];
  readonly refreshedAt: number | undefined;
}

/** The movements that began in `[from, to]`, ms since 1970. @throws Error when PayPal does not give them, or one cannot be read */
export async function reportOf(client: PayPalClient, from: number, to: number): Promise<Report> {
  const transactions: Transaction[] = [];
  let refreshedAt: number | undefined;
  for (let start = from; start <= to; start += RANGE_MS) {
    const part = await partOf(client, start, Math.min(start + RANGE_MS - 1_000, to));
    transactions.push(...part.transactions);
    refreshedAt = part.refreshedAt;
  }
  return { transactions, refreshedAt };
}

/** The settled movements of `[from, to)`. A movement that PayPal names otherwise than this service has PayPal's id as its key. */
export async function settlementOf(
  client: PayPalClient,
  from: number,
  to: number,
  now: number,
): Promise<readonly SettlementLine[]> {
  const start = Math.max(from - PENDING_MS, now - HISTORY_MS);
  const { transactions } = await reportOf(client, start, Math.min(to, now));
  const settled = transactions.filter(({ status }) => status === 'S' || status === 'V').map(({ line }) => line);
  return settled.filter(({ at }) => at >= from && at < to);
}

/** A part of at most {@link RANGE_MS}; one of too many movements comes in halves. */
async function partOf(client: PayPalClient, from: number, to: number): Promise<Report> {
  const transactions: Transaction[] = [];
  let refreshedAt: number | undefined;
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const query = new URLSearchParams({
      start_date: secondText(from),
      end_date: secondText(to),
      fields: 'transaction_info',
      page_size: '500',
      page: `${page}`,
    });
    const { status, body } = await client.ask({ method: 'GET', path: `/v1/reporting/transactions?${query}` });
    if (status === 400 && to - from >= 2_000 && JSON.stringify(body).includes(TOO_LARGE)) {
      return halvesOf(client, from, to);
    }
    if (status !== 200) throw new Error(`PayPal gave no report: it answered ${status} ${nameIn(body)}`.trimEnd());
    const read = Page.safeParse(body);
    if (!read.success) throw new Error(`PayPal's report cannot be read: ${z.prettifyError(read.error).slice(0, 200)}`);
    pages = read.data.total_pages;
    refreshedAt = read.data.last_refreshed_datetime;
    for (const { transaction_info: info } of read.data.transaction_details) {
      if (MOVEMENTS.test(info.transaction_event_code)) transactions.push(transactionOf(info));
    }
  }
  return { transactions, refreshedAt };
}

async function halvesOf(client: PayPalClient, from: number, to: number): Promise<Report> {
  const middle = Math.floor((from + to) / 2_000) * 1_000;
  const first = await partOf(client, from, middle);
  const { transactions, refreshedAt } = await partOf(client, middle + 1_000, to);
  return { transactions: [...first.transactions, ...transactions], refreshedAt };
}

type Info = z.infer<typeof Page>['transaction_details'][number]['transaction_info'];

function transactionOf(info: Info): Transaction {
  const { transaction_id: id, transaction_amount: money, transaction_status: status, custom_field: custom } = info;
  const amount = amountIn(money);
  const named = keyOf(custom);
  const isCharge = named?.endsWith(':charge') === true;
  const isBack = money.value.startsWith('-');
  const isChargeback = isBack && TAKEN_BACK.test(info.transaction_event_code);
  // PayPal may write the name of the charge on money that went back without this service.
  const key = isCharge !== isBack ? named : undefined;
  const at = info.transaction_updated_date;
  if (isChargeback) return { id, key, status, line: { key: isCharge ? named : id, amount, at, isChargeback } };
  return { id, key, status, line: { key: key ?? id, amount, at, fee: info.fee_amount && keptOf(info.fee_amount) } };
}

/** What PayPal keeps: a fee is below zero, as all that a merchant's account loses. */
function keptOf(fee: Money): number {
  const { minor } = amountIn(fee);
  return fee.value.startsWith('-') ? minor : 0 - minor;
}

/** @throws Error for an amount that is not known here */
function amountIn(money: Money): Amount {
  const amount = amountOf(money);
  if (amount !== undefined) return amount;
  throw new Error(`PayPal's report has an amount that is not known here: ${money.value} ${money.currency_code}`);
}

/** RFC 3339 without fractions of a second. */
function secondText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

function nameIn(body: unknown): string {
  return z.object({ name: z.string() }).safeParse(body).data?.name ?? '';
}
