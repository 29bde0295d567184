import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** A capture or a refund as PayPal has it in its book. */
export interface PayPalEntry {
  readonly kind: 'capture' | 'refund';
  /** 17 letters and digits. */
  readonly id: string;
  /** The order of the capture; of a refund that of its capture. */
  readonly order: string;
  /** The capture that a refund gives back from; of a capture its own id. */
  readonly capture: string;
  /** PayPal-Request-Id. */
  readonly requestId: string;
  readonly invoiceId: string | undefined;
  readonly customId: string | undefined;
  /** Smallest unit that PayPal knows of the currency: cents, or whole yen. */
  readonly minor: number;
  readonly currency: string;
  /** ms since 1970. */
  readonly at: number;
  /** When the status has changed last, ms since 1970. */
  readonly changedAt: number;
  /** `PAYER_ACTION_REQUIRED`: the order waits for its payer, and has no capture. */
  readonly status: 'COMPLETED' | 'PENDING' | 'DECLINED' | 'FAILED' | 'PAYER_ACTION_REQUIRED';
}

/** How long a PayPal-Request-Id is remembered, ms: 6 hours for an order, 45 days for a refund. */
const KEY_LIFE_MS = { capture: 6 * 3_600_000, refund: 45 * 24 * 3_600_000 } as const;

/** The book of PayPal: entries by id; the latest one of each counts. */
export class PayPalBook {
  readonly #entries = new Map<string, PayPalEntry>();
  readonly #file: string | undefined;

  /**
   * @param file where it is kept, a line an entry; a host on the same file goes on with it. `undefined`: nowhere
   * @throws Error that names the line which is no entry
   */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const [index, line] of lines.entries()) if (line !== '') this.#keep(entryIn(line, index + 1));
  }

  get entries(): readonly PayPalEntry[] {
    return [...this.#entries.values()];
  }

  /** Captures less refunds, smallest units. */
  moved(): number {
    return this.entries.reduce(
      (sum, { kind, status, minor }) => sum + (status !== 'COMPLETED' ? 0 : kind === 'capture' ? minor : -minor),
      0,
    );
  }

  byId(kind: PayPalEntry['kind'], id: string): PayPalEntry | undefined {
    const entry = this.#entries.get(id);
    return entry?.kind === kind ? entry : undefined;
  }

  byOrder(order: string): PayPalEntry | undefined {
    return this.entries.find((entry) => entry.kind === 'capture' && entry.order === order);
  }

  /** What this PayPal-Request-Id has led to, as long as it is remembered. */
  byRequest(kind: PayPalEntry['kind'], requestId: string, now: number): PayPalEntry | undefined {
    return this.entries.find(
      (entry) => entry.kind === kind && entry.requestId === requestId && now - entry.at < KEY_LIFE_MS[kind],
    );
  }

  hasInvoice(invoiceId: string): boolean {
    return this.entries.some((entry) => entry.kind === 'capture' && entry.invoiceId === invoiceId);
  }

  /** What was given back of a capture, or may still be: smallest units. */
  refunded(capture: string): number {
    return this.entries.reduce((sum, entry) => {
      const counts = entry.kind === 'refund' && entry.capture === capture && entry.status !== 'FAILED';
      return counts ? sum + entry.minor : sum;
    }, 0);
  }

  /** An id that no entry has: 17 characters, as PayPal's. @param letter of captures, refunds and orders */
  newId(letter: 'C' | 'R' | 'O'): string {
    return `${letter}${`${this.#entries.size + 1}`.padStart(15, '0')}P`;
  }

  write(entry: PayPalEntry): PayPalEntry {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    return this.#keep(entry);
  }

  #keep(entry: PayPalEntry): PayPalEntry {
    this.#entries.set(entry.id, entry);
    return entry;
  }
}

function entryIn(line: string, number: number): PayPalEntry {
  try {
    const entry = JSON.parse(line);
    if (typeof entry?.id === 'string') return entry;
  } catch {
    // Told below.
  }
  throw new Error(`line ${number} is no entry of a book: ${line.slice(0, 40)}`);
}
