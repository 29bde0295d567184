import { type MidletContext, PushRegistry } from '../midp/index.ts';
import type { DeviceStore } from './device-record.ts';
import { nextPinQuery } from './pin-change.ts';
import type { ServiceTime } from './service-time.ts';
import { nextQuery } from './status-queries.ts';
import { awaitsCustomer, awaitsReceipt, deadlineOf, requestOf, type Transaction } from './transaction.ts';

/** After this time, ms, a request is shown again that its owner left with the red key. */
const REMINDER_MS = 30_000;

/**
 * The alarm that starts the application again (`PushRegistry.registerAlarm`). The alarm is set before a change is stored, so
 * that after a power cut at any moment the phone starts the application again and shows the open request.
 */
export class WakeUp {
  readonly #context: MidletContext;
  readonly #time: ServiceTime;
  readonly #device: DeviceStore;

  constructor(context: MidletContext, time: ServiceTime, device: DeviceStore) {
    this.#context = context;
    this.#time = time;
    this.#device = device;
  }

  /** Removes the alarm that was set before this run, and returns its time, ms since 1970. */
  taken(): number | undefined {
    return PushRegistry.registerAlarm(this.#context, undefined);
  }

  /** While the application runs: sets the alarm to now for an open request, so that it comes back at once after a power cut. */
  arrange(transactions: readonly Transaction[]): void {
    this.#set(transactions, ({ at }) => at);
  }

  /** When the application ends normally: sets the alarm to the next time at which it is needed. */
  leave(transactions: readonly Transaction[]): void {
    const now = this.#now();
    this.#set(transactions, (transaction) => {
      const request = requestOf(transaction);
      const left = request.type === 'PAY_INIT' ? 0 : deadlineOf(request) - this.#time.now();
      return now + Math.min(left, REMINDER_MS);
    });
  }

  #set(transactions: readonly Transaction[], openAgainAt: (transaction: Transaction) => number): void {
    const now = this.#now();
    const { pending } = this.#device;
    const pinQuery = pending === undefined ? undefined : nextPinQuery(pending, now);
    const queries = transactions.flatMap((transaction) => {
      if (awaitsCustomer(transaction)) return [openAgainAt(transaction)];
      const query = awaitsReceipt(transaction) ? nextQuery(transaction, now) : undefined;
      return query === undefined ? [] : [query];
    });
    const due = pinQuery === undefined ? queries : [...queries, pinQuery];
    PushRegistry.registerAlarm(this.#context, due.length === 0 ? undefined : Math.min(...due));
  }

  #now(): number {
    return this.#context.system.currentTimeMillis();
  }
}
