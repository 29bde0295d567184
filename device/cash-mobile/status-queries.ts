import type { QueryKind } from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import type { DeviceRecord } from './device-record.ts';
import { awaitsReceipt, requestOf, type Said, type Transaction } from './transaction.ts';

/** When the phone asks about a missing receipt, ms after the answer was sent. After the last query only the customer asks. */
const QUERY_TIMES_MS: readonly number[] = [60_000, 180_000, 480_000];
/** Answers that the phone gave without its user: no query is made for their receipts. */
const AUTOMATIC: readonly Said[] = ['expired', 'muted', 'unreadable'];

/** Asks the service about missing receipts. */
export class StatusQueries {
  readonly #app: AppContext;
  readonly #gaveUp: (transaction: Transaction) => void;

  /** @param gaveUp is told when the last query brought no final receipt either. */
  constructor(app: AppContext, gaveUp: (transaction: Transaction) => void) {
    this.#app = app;
    this.#gaveUp = gaveUp;
  }

  /**
   * Sets the timers of the queries about the last answer of a transaction: once for each answer, and once after a start.
   * A query that was missed is made now.
   * @param missedSince since when queries may have been missed because the application did not run, ms since 1970
   */
  watch(device: DeviceRecord, { ref, role, sent }: Transaction, missedSince: number = Number.POSITIVE_INFINITY): void {
    if (sent === undefined || AUTOMATIC.includes(sent.said)) return;
    const { system } = this.#app;
    const now = system.currentTimeMillis();
    const times = QUERY_TIMES_MS.map((after) => sent.at + after);
    const ask = (time: number) => this.#due(device, { ref, role, sent }, time === times.at(-1));
    for (const time of times.filter((at) => at > now)) system.schedule(time - now, () => ask(time));
    const missed = times.find((at) => at <= now && at >= missedSince);
    if (missed !== undefined) ask(missed);
  }

  /** Asks now. */
  ask(device: DeviceRecord, transaction: Transaction): void {
    const { link } = this.#app;
    const kind = kindOf(transaction);
    link.send(link.seal(device.phone, (ctr) => ({ type: 'STATUS_QUERY', ctr, ref: transaction.ref, kind })));
  }

  #due(device: DeviceRecord, { ref, role, sent }: Pick<Transaction, 'ref' | 'role' | 'sent'>, isLast: boolean): void {
    const transaction = this.#app.transactions.find(role, ref);
    if (transaction === undefined || transaction.sent?.at !== sent?.at || !awaitsReceipt(transaction)) return;
    const { wakeUp, transactions } = this.#app;
    wakeUp.arrange(transactions.all);
    this.ask(device, transaction);
    if (isLast) this.#gaveUp(transaction);
  }
}

/** When the next query about a transaction is due, ms since 1970; `undefined` after the last. */
export function nextQuery({ sent }: Transaction, now: number): number | undefined {
  if (sent === undefined || AUTOMATIC.includes(sent.said)) return undefined;
  return QUERY_TIMES_MS.map((after) => sent.at + after).find((due) => due > now);
}

function kindOf(transaction: Transaction): QueryKind {
  const { type } = requestOf(transaction);
  if (type === 'PAY_INIT') return 'request';
  return type === 'PAY_REQUEST' ? 'payment' : 'authentication';
}
