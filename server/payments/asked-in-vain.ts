import { type Allowance, take } from '../limits/allowance.ts';
import { type Merchant, merchantById } from '../merchants/merchants.ts';
import type { Context } from '../outgoing/context.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { MerchantId, PersonId } from '../vocabulary/ids.ts';

// Requests that end without a payment cost the service SMS and the customer patience, so a merchant has an allowance of them.

/** Why a merchant that may ask may not ask this customer now. */
export type ImpatienceAtCustomer = 'customer-said-not-me' | 'too-many-requests';

interface AskedInVain {
  readonly fullAt: number;
  readonly notMe: number;
  readonly notMeAt: number;
}

const NEVER: AskedInVain = { fullAt: 0, notMe: 0, notMeAt: 0 };

/** How a merchant stands with all of its customers. */
export interface Standing {
  /** Requests that wait for their customers. */
  readonly open: number;
  /** It may ask nobody until the operator has looked. */
  readonly suspended: boolean;
  /** Of its allowance of requests that nobody paid: see `take`. */
  readonly fullAt: number;
}

/** What is written of a merchant at this moment: many of its requests may come at once. */
export async function standingOf(tx: ReadTx, merchant: MerchantId): Promise<Standing> {
  const standing = await tx.get(STANDING, readStanding, merchant, merchant);
  if (standing === undefined) throw new Error(`merchant ${merchant} is gone`);
  return standing;
}

// As in the index: PostgreSQL would use an index without a condition of its own for those of a customer, too.
const STANDING = `SELECT suspended_at, in_vain_full_at,
  (SELECT count(*) FROM payment WHERE merchant_id = ? AND state = 'REQUESTED' AND merchant_id > 0) AS open
  FROM merchant WHERE id = ?`;

function readStanding(row: Row): Standing {
  return {
    open: row.integer('open'),
    suspended: row.optionalInteger('suspended_at') !== undefined,
    fullAt: row.integer('in_vain_full_at'),
  };
}

/** Whether this merchant may ask this customer now, or why not. */
export async function impatienceOf(
  tx: ReadTx,
  { clock, limits }: Context,
  merchant: Merchant,
  customer: PersonId,
): Promise<ImpatienceAtCustomer | undefined> {
  const now = clock.now();
  const before = (await askedInVain(tx, merchant.id, customer)) ?? NEVER;
  if (before.notMe > 0) {
    const pause = limits.notMePausesMs[before.notMe - 1];
    if (pause === undefined || now < before.notMeAt + pause) return 'customer-said-not-me';
  }
  return take(limits.inVainAtCustomer, before.fullAt, now) === undefined ? 'too-many-requests' : undefined;
}

/** A request ended without a payment. @param notMe the customer said "not me"; of too many customers it suspends the merchant */
export async function noteInVain(
  tx: Tx,
  context: Context,
  merchant: MerchantId,
  customer: PersonId,
  notMe: boolean,
): Promise<void> {
  const { clock, limits } = context;
  const now = clock.now();
  const before = (await lockAskedInVain(tx, merchant, customer)) ?? NEVER;
  await tx.run(
    `INSERT INTO asked_in_vain (merchant_id, person_id, full_at, not_me, not_me_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (merchant_id, person_id) DO UPDATE SET
       full_at = excluded.full_at, not_me = excluded.not_me, not_me_at = excluded.not_me_at`,
    merchant,
    customer,
    taken(limits.inVainAtCustomer, before.fullAt, now),
    before.notMe + (notMe ? 1 : 0),
    notMe ? now : before.notMeAt,
  );
  await keepInVain(tx, merchant, taken(limits.inVain, await lockInVain(tx, merchant), now));
  if (notMe) await suspendAfterMany(tx, context, merchant);
}

/**
 * A merchant named a number that cannot be asked: of those it has as few as of requests that end without a payment, so that it cannot
 * try which numbers are of customers. @param open its requests that wait
 * @returns false when others that came at the same time have used the allowance up
 */
export async function noteUnreachable(
  tx: Tx,
  { clock, limits }: Context,
  merchant: MerchantId,
  open: number,
): Promise<boolean> {
  const fullAt = take(limits.inVain, await lockInVain(tx, merchant), clock.now(), open);
  if (fullAt === undefined) return false;
  await keepInVain(tx, merchant, fullAt);
  return true;
}

async function keepInVain(tx: Tx, merchant: MerchantId, fullAt: number): Promise<void> {
  await tx.run('UPDATE merchant SET in_vain_full_at = ? WHERE id = ?', fullAt, merchant);
}

/**
 * An operator has looked: the merchant may ask again, also the customers who said "not me" to it.
 * @param reason kept in the journal. @throws ServiceError `not-found`
 */
export async function resumeMerchant(tx: Tx, { journal }: Context, id: number, reason: string): Promise<Merchant> {
  const merchant = await merchantById(tx, id);
  await tx.run('UPDATE asked_in_vain SET not_me = 0, not_me_at = 0 WHERE merchant_id = ?', merchant.id);
  await tx.run('UPDATE merchant SET suspended_at = NULL WHERE id = ?', merchant.id);
  await journal.record(tx, { kind: 'merchant-resumed', merchantId: merchant.id, reason });
  return { ...merchant, suspendedAt: undefined };
}

/** It counts also when the allowance is used up meanwhile, up to the whole allowance. */
function taken(allowance: Allowance, fullAt: number, now: number): number {
  return take(allowance, fullAt, now) ?? fullAt;
}

async function suspendAfterMany(tx: Tx, context: Context, merchant: MerchantId): Promise<void> {
  const { clock, journal, limits } = context;
  const now = clock.now();
  const customers = await tx.get(
    'SELECT count(*) AS n FROM asked_in_vain WHERE merchant_id = ? AND not_me_at > ?',
    (row) => row.integer('n'),
    merchant,
    now - limits.notMeWithinMs,
  );
  if ((customers ?? 0) < limits.notMeCustomers) return;
  const suspended = await tx.run(
    'UPDATE merchant SET suspended_at = ? WHERE id = ? AND suspended_at IS NULL',
    now,
    merchant,
  );
  if (suspended > 0) await journal.record(tx, { kind: 'alarm', alarm: 'merchant-suspended', ref: String(merchant) });
}

async function askedInVain(tx: ReadTx, merchant: MerchantId, customer: PersonId): Promise<AskedInVain | undefined> {
  return tx.get(ASKED_IN_VAIN, readAskedInVain, merchant, customer);
}

async function lockAskedInVain(tx: Tx, merchant: MerchantId, customer: PersonId): Promise<AskedInVain | undefined> {
  return tx.get(`${ASKED_IN_VAIN} FOR UPDATE`, readAskedInVain, merchant, customer);
}

const ASKED_IN_VAIN = 'SELECT full_at, not_me, not_me_at FROM asked_in_vain WHERE merchant_id = ? AND person_id = ?';

function readAskedInVain(row: Row): AskedInVain {
  return { fullAt: row.integer('full_at'), notMe: row.integer('not_me'), notMeAt: row.integer('not_me_at') };
}

/** The moment that is kept of a merchant's allowance. */
async function lockInVain(tx: Tx, merchant: MerchantId): Promise<number> {
  const fullAt = await tx.get(
    'SELECT in_vain_full_at FROM merchant WHERE id = ? FOR UPDATE',
    (row) => row.integer('in_vain_full_at'),
    merchant,
  );
  return fullAt ?? 0;
}
