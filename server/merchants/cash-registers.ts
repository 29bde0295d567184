import { z } from 'zod';
import { type Amount, type Currency, isCurrency } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type MerchantId, merchantId } from '../vocabulary/ids.ts';
import { namesSomebody } from '../vocabulary/person-fields.ts';
import { type Merchant, merchantById } from './merchants.ts';

/** How long a customer who was named for a register is kept, ms. */
export const NAMED_FOR_MS = 120_000;

const LAST_STAN = 999_999;

/** How a payment or a reversal ended, as the register hears it. */
export interface EcrResult {
  /** Number of the operation, 1 to 999999; 0 where there is none. */
  readonly stan: number;
  /** ms since 1970. */
  readonly at: number;
  readonly outcome:
    | {
        readonly ok: true;
        readonly approvalCode: string;
        readonly amount: Amount;
        /** At most 24 characters of ASCII; results of earlier versions have none. */
        readonly paidBy?: string | undefined;
      }
    /** `why`: at most 24 characters of ASCII. */
    | { readonly ok: false; readonly why: string };
}

/** A cash register of a shop, for which the service is the payment terminal. */
export interface CashRegister {
  /** 8 digits. */
  readonly terminal: string;
  readonly merchantId: MerchantId;
  /** Payments and reversals so far. */
  readonly operations: number;
  readonly last: Operation | undefined;
  /** The payment that a reversal takes back, as the number of its operation. */
  readonly paid: number | undefined;
  /** Paid and not reversed since the totals began, minor units. */
  readonly total: number;
}

/** The last payment or reversal of a register. */
export interface Operation {
  readonly number: number;
  readonly kind: 'payment' | 'reversal';
  /** ms since 1970. */
  readonly begunAt: number;
  /** `undefined`: it is under way. */
  readonly result: EcrResult | undefined;
}

/** The number that the register knows an operation by, 1 to 999999. */
export function stanOf(operation: number): number {
  return ((operation - 1) % LAST_STAN) + 1;
}

/** The registers of all shops, and what each of them did last. */
export class CashRegisters {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Registers a register, once. @throws ServiceError `not-found`; `conflict` when it belongs to another merchant */
  async add(terminal: string, merchant: number): Promise<void> {
    await this.#store.transaction('register', async (tx) => {
      const { id } = await merchantById(tx, merchant);
      await tx.run(
        'INSERT INTO cash_register (terminal, merchant_id) VALUES (?, ?) ON CONFLICT (terminal) DO NOTHING',
        terminal,
        id,
      );
      const known = await findRegister(tx, terminal);
      if (known?.merchantId === id) return;
      throw new ServiceError('conflict', `terminal ${terminal} belongs to merchant ${known?.merchantId}`);
    });
  }

  /** The terminals of a merchant's registers. */
  of(merchant: MerchantId): Promise<string[]> {
    return this.#store.read((tx) =>
      tx.all(
        'SELECT terminal FROM cash_register WHERE merchant_id = ? ORDER BY terminal',
        (row) => row.text('terminal'),
        merchant,
      ),
    );
  }

  find(terminal: string): Promise<CashRegister | undefined> {
    return this.#store.read((tx) => findRegister(tx, terminal));
  }

  merchant(register: Pick<CashRegister, 'merchantId'>): Promise<Merchant> {
    return this.#store.read((tx) => merchantById(tx, register.merchantId));
  }

  /** Names the customer of the next payment of a register. @param customer E.164 or an alias. @returns until when it counts, ms since 1970. @throws ServiceError `invalid-request`, `not-found` */
  async name(merchant: MerchantId, terminal: string, customer: string): Promise<number> {
    if (!namesSomebody(customer)) {
      throw new ServiceError('invalid-request', `expected + and 7 to 15 digits, or an alias, got ${customer}`);
    }
    const until = this.#clock.now() + NAMED_FOR_MS;
    await this.#store.transaction('register', async (tx) => {
      const changed = await tx.run(
        'UPDATE cash_register SET customer = ?, customer_until = ? WHERE terminal = ? AND merchant_id = ?',
        customer,
        until,
        terminal,
        merchant,
      );
      if (changed === 0) throw new ServiceError('not-found', `there is no register ${terminal} of yours`);
    });
    return until;
  }

  /**
   * Begins a payment or reversal, unless the one before is under way.
   * @returns its number, and the customer who was named, who is asked for this payment only
   */
  begin(terminal: string, kind: Operation['kind']): Promise<Begun | 'under-way'> {
    const now = this.#clock.now();
    let earlier: Begun | undefined;
    return this.#store.transaction('register', async (tx) => {
      const { operations, last } = await lockRegister(tx, terminal);
      if (last !== undefined && last.result === undefined)
        return last.number === earlier?.number && last.begunAt === now ? earlier : 'under-way';
      const customer = await tx.get(
        'SELECT customer FROM cash_register WHERE terminal = ? AND customer_until > ?',
        (row) => row.optionalText('customer'),
        terminal,
        now,
      );
      const number = operations + 1;
      await tx.run(
        `UPDATE cash_register SET operations = ?, operation = ?, begun_at = ?, result = NULL,
           customer_until = CASE WHEN ? = 'payment' THEN 0 ELSE customer_until END WHERE terminal = ?`,
        number,
        kind,
        now,
        kind,
        terminal,
      );
      earlier = { number, customer };
      return earlier;
    });
  }

  /** Writes down how an operation ended, once. @returns the result that counts */
  end(terminal: string, { number, kind }: Pick<Operation, 'number' | 'kind'>, result: EcrResult): Promise<EcrResult> {
    return this.#store.transaction('register', async (tx) => {
      const register = await lockRegister(tx, terminal);
      if (register.last?.number !== number) return result;
      if (register.last.result !== undefined) return register.last.result;
      const { outcome } = result;
      const moved = outcome.ok ? outcome.amount.minor : 0;
      await tx.run(
        'UPDATE cash_register SET result = ?, total = total + ?, paid = CASE WHEN ? = 1 THEN ? ELSE paid END WHERE terminal = ?',
        JSON.stringify(result),
        kind === 'payment' ? moved : -moved,
        outcome.ok ? 1 : 0,
        kind === 'payment' ? number : 0,
        terminal,
      );
      return result;
    });
  }

  /** The totals begin anew. @returns what they were, minor units */
  async closeTotals(terminal: string): Promise<number> {
    let earlier: number | undefined;
    return this.#store.transaction('register', async (tx) => {
      const { total } = await lockRegister(tx, terminal);
      await tx.run('UPDATE cash_register SET total = 0 WHERE terminal = ?', terminal);
      earlier ??= total;
      return earlier;
    });
  }
}

/** An operation that may be done now. */
interface Begun {
  readonly number: number;
  readonly customer: string | undefined;
}

async function findRegister(tx: ReadTx, terminal: string): Promise<CashRegister | undefined> {
  return tx.get('SELECT * FROM cash_register WHERE terminal = ?', readRegister, terminal);
}

/** @throws ServiceError `not-found` */
async function lockRegister(tx: Tx, terminal: string): Promise<CashRegister> {
  const register = await tx.get('SELECT * FROM cash_register WHERE terminal = ? FOR UPDATE', readRegister, terminal);
  if (register === undefined) throw new ServiceError('not-found', `there is no register ${terminal}`);
  return register;
}

function readRegister(row: Row): CashRegister {
  const operations = row.integer('operations');
  const kind = row.text('operation');
  const result = row.optionalText('result');
  const paid = row.integer('paid');
  return {
    terminal: row.text('terminal'),
    merchantId: merchantId(row.integer('merchant_id')),
    operations,
    last:
      kind === 'payment' || kind === 'reversal'
        ? {
            number: operations,
            kind,
            begunAt: row.integer('begun_at'),
            result: result === undefined ? undefined : StoredResult.parse(JSON.parse(result)),
          }
        : undefined,
    paid: paid === 0 ? undefined : paid,
    total: row.integer('total'),
  };
}

const StoredResult: z.ZodType<EcrResult> = z.object({
  stan: z.int(),
  at: z.number(),
  outcome: z.discriminatedUnion('ok', [
    z.object({
      ok: z.literal(true),
      approvalCode: z.string(),
      paidBy: z.string().optional(),
      amount: z.object({
        minor: z.int(),
        currency: z.custom<Currency>((value) => typeof value === 'string' && isCurrency(value)),
      }),
    }),
    z.object({ ok: z.literal(false), why: z.string() }),
  ]),
});
