import type { Clock } from '../../modem/index.ts';
import type { Act } from './audit.ts';

const HOUR_MS = 3_600_000;

/** So many requests of an operator to one route that are refused in the same way within an hour have rows of their own. */
const ROWS_AN_HOUR = 10;

/** How often an operator was refused in one way at one route, within an hour. */
interface Counted {
  readonly last: Pick<Act, 'by' | 'route'>;
  readonly outcome: string;
  readonly times: number;
  /** The hour is not waited for any more. */
  cancel(): void;
}

/** Writes a row about those that were only counted. @param act what the last one of them asked for */
type WriteMore = (act: Omit<Act, 'id'>, subject: string, outcome: string) => Promise<void>;

/**
 * Requests of operators that were refused. The audit log only grows, and whoever has a key can be refused without end: so the first
 * ones in an hour have rows of their own, and one row at the end of the hour says how many more there were. Each route counts apart: ten
 * harmless refusals hide none of another route.
 */
export class Refusals {
  readonly #clock: Clock;
  readonly #writeMore: WriteMore;
  /** By operator, route and outcome. */
  readonly #hours = new Map<string, Counted>();

  constructor(clock: Clock, writeMore: WriteMore) {
    this.#clock = clock;
    this.#writeMore = writeMore;
  }

  /** @param write writes the row of this one */
  async note(act: Act, outcome: string, write: () => Promise<void>): Promise<void> {
    const name = `${act.by.name} ${act.route} ${outcome}`;
    const { times, cancel } = this.#hours.get(name) ?? { times: 0, cancel: this.#endLater(name) };
    this.#hours.set(name, { last: act, outcome, times: times + 1, cancel });
    if (times < ROWS_AN_HOUR) await write();
  }

  /** Writes down what was only counted. */
  async close(): Promise<void> {
    for (const [name, { cancel }] of [...this.#hours]) {
      cancel();
      await this.#end(name);
    }
  }

  #endLater(name: string): () => void {
    return this.#clock.after(HOUR_MS, () => void this.#end(name));
  }

  /** Without a database the number is lost, the first rows are there. */
  async #end(name: string): Promise<void> {
    const counted = this.#hours.get(name);
    this.#hours.delete(name);
    if (counted === undefined || counted.times <= ROWS_AN_HOUR) return;
    const { by, route } = counted.last;
    const more = `${counted.times - ROWS_AN_HOUR} more within an hour`;
    await this.#writeMore({ by, route, bodyDigest: undefined }, more, counted.outcome).catch(() => {});
  }
}
