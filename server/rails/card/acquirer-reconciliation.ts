import type { Currency } from '../../../device/safe-mobile/index.ts';
import type { Cancel, Clock } from '../../../modem/index.ts';
import { DAY_MS } from '../../time/days.ts';
import { messageOf } from '../../vocabulary/errors.ts';
import type { RailRuntime } from '../rail.ts';
import type { Exchange } from './connection.ts';
import type { IsoMessage } from './iso8583.ts';
import type { Acceptor } from './requests.ts';
import { type BusinessDay, differencesIn, doneOrders, openOrders, totalsOf, totalsRequest } from './totals.ts';

/** How long after the cut-off the totals go, and between two tries, ms: by then most answers that were lost are reversals. */
const PAUSE_MS = 600_000;

/** For so long orders without an answer, and the host's answer, are waited for: as long as reversals are repeated. */
const MOST_TURNS = 18;

/** An order that was begun so soon after the cut-off may be the reversal of a charge before it, ms. */
const REVERSED_WITHIN_MS = 60_000;

const ANSWER_LIMIT_MS = 15_000;

/** How an {@link AcquirerReconciliation} is made. */
export interface AcquirerReconciliationOptions extends Acceptor {
  readonly clock: Clock;
  /** DE 41 of the requests. */
  readonly terminal: string;
  readonly exchange: (request: IsoMessage, limitMs: number) => Promise<Exchange>;
  /** Hears in a sentence what came of it. */
  readonly told?: ((what: string) => void) | undefined;
}

/** A day that is being reconciled, and the currencies for which the host has answered. */
interface OpenDay extends BusinessDay {
  readonly answered: Set<Currency>;
}

/**
 * Acquirer reconciliation (0500, 0510): after the host's cut-off the totals of its business day are sent, by currency, and compared with
 * its own. Totals that differ, or that the host does not take, are an alarm. What is not sent when the process ends is not sent later.
 */
export class AcquirerReconciliation {
  readonly #options: AcquirerReconciliationOptions;
  #runtime: RailRuntime | undefined;
  #day: string | undefined;
  #trace = 0;
  #next: Cancel = () => {};

  constructor(options: AcquirerReconciliationOptions) {
    this.#options = options;
  }

  begin(runtime: RailRuntime): void {
    this.#runtime = runtime;
  }

  end(): void {
    this.#next();
    this.#runtime = undefined;
  }

  /** The business day of the host has ended; the same day may be said again. @param day DE 15; `undefined`: the host has not said which */
  cutOff(day: string | undefined): void {
    const { clock, told } = this.#options;
    if (day === undefined) told?.('the host has ended its business day without DE 15: no totals are sent');
    if (day === undefined || day === this.#day) return;
    this.#day = day;
    const now = clock.now();
    this.#later({ day, from: now - DAY_MS, to: now, answered: new Set() }, 1);
  }

  #later(day: OpenDay, turn: number): void {
    this.#next();
    this.#next = this.#options.clock.after(PAUSE_MS, () => void this.#turn(day, turn));
  }

  async #turn(day: OpenDay, turn: number): Promise<void> {
    const runtime = this.#runtime;
    if (runtime === undefined) return;
    const isLast = turn >= MOST_TURNS;
    const missing = await this.#reconciled(runtime, day, isLast).catch(messageOf);
    if (missing === undefined || this.#runtime === undefined) return;
    if (isLast) await runtime.totalsDiffer(day.day, missing);
    else this.#later(day, turn + 1);
  }

  /** @returns why it is not done yet */
  async #reconciled(runtime: RailRuntime, day: OpenDay, isLast: boolean): Promise<string | undefined> {
    const { clock, terminal, exchange, told } = this.#options;
    const open = await runtime.read((tx) => openOrders(tx, day.to + REVERSED_WITHIN_MS));
    if (open > 0 && !isLast) return `${open} orders are not answered yet`;
    const totals = totalsOf(await runtime.read((tx) => doneOrders(tx, day.from, clock.now() + 1)), day);
    for (const [currency, own] of totals) {
      if (day.answered.has(currency)) continue;
      this.#trace += 1;
      const numbers = { terminal: terminal.padEnd(8), trace: `${this.#trace}`.padStart(6, '0'), now: clock.now() };
      const request = totalsRequest(day, currency, own, this.#options, numbers);
      const answer = await exchange(request, ANSWER_LIMIT_MS);
      if (answer === 'not-sent' || answer === 'no-answer')
        return `${currency}: the host does not answer the totals (0500)`;
      const differences = differencesIn(request, answer);
      if (differences.length > 0) await runtime.totalsDiffer(day.day, `${currency}: ${differences.join('; ')}`);
      else told?.(`the totals of ${day.day} in ${currency} are those of the host`);
      day.answered.add(currency);
    }
    return undefined;
  }
}
