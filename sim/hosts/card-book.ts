import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { misreported, type SettlementFault } from './settlement-fault.ts';

/** A purchase or a refund as the card host has it in its book. */
export interface CardEntry {
  readonly terminal: string;
  /** System trace audit number. */
  readonly trace: string;
  /** Retrieval reference: a refund has that of its purchase. */
  readonly reference: string;
  readonly kind: 'purchase' | 'refund';
  readonly minor: number;
  /** ISO 4217 number, three digits. */
  readonly currency: string;
  /** ms since 1970. */
  readonly at: number;
  /** `reversed`: also when the reversal came before what it reverses. */
  readonly state: 'moved' | 'declined' | 'pending' | 'reversed';
  /** When it was reversed, ms since 1970, after it had been carried out. */
  readonly reversedAt?: number;
  /** The response code that it got. */
  readonly code: string;
}

/** The book of a card host: entries by terminal, trace number and reference; the latest one of each counts. */
export class CardBook {
  readonly #entries = new Map<string, CardEntry>();
  readonly #file: string | undefined;

  /** @param file where it is kept, a line an entry; a host on the same file goes on with it. `undefined`: nowhere */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== ''))
      this.#keep(JSON.parse(line));
  }

  get entries(): readonly CardEntry[] {
    return [...this.#entries.values()];
  }

  /** Purchases less refunds, minor units. */
  moved(): number {
    return this.entries.reduce(
      (sum, { kind, state, minor }) => sum + (state !== 'moved' ? 0 : kind === 'purchase' ? minor : -minor),
      0,
    );
  }

  find(terminal: string, trace: string, reference: string): CardEntry | undefined {
    return this.#entries.get(`${terminal} ${trace} ${reference}`);
  }

  write(entry: CardEntry): CardEntry {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    return this.#keep(entry);
  }

  /** Whether as much may be given back of the purchase with this reference. */
  mayRefund(reference: string, minor: number, currency: string): boolean {
    const same = this.entries.filter((entry) => entry.reference === reference && entry.currency === currency);
    const sum = (kind: CardEntry['kind'], states: readonly CardEntry['state'][]) =>
      same.reduce((total, entry) => total + (entry.kind === kind && states.includes(entry.state) ? entry.minor : 0), 0);
    return sum('refund', ['moved', 'pending']) + minor <= sum('purchase', ['moved']);
  }

  /**
   * The settlement of a time, `[from, to)`, ms since 1970: a line a movement, with its terminal, trace number, reference, kind, amount in
   * minor units, currency and time. @param faults what is wrong with it
   */
  statement(from: number, to: number, faults: readonly SettlementFault[]): string {
    const honest = this.entries.filter(({ state, at }) => state === 'moved' && at >= from && at < to);
    const lines = misreported(honest, faults, orphanOf).map(
      ({ terminal, trace, reference, kind, minor, currency, at }) =>
        [terminal, trace, reference, kind, minor, currency, new Date(at).toISOString()].join(','),
    );
    return ['terminal,trace,reference,kind,minor,currency,time', ...lines, ''].join('\n');
  }

  #keep(entry: CardEntry): CardEntry {
    this.#entries.set(`${entry.terminal} ${entry.trace} ${entry.reference}`, entry);
    return entry;
  }
}

function orphanOf(first: CardEntry): CardEntry {
  return { ...first, trace: '000000', reference: '000000000000' };
}
