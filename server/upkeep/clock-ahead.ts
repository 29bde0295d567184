import type { Clock } from '../../modem/index.ts';
import { LONGEST_KEPT_MS } from '../api-keys/client-keys.ts';
import type { Journal } from '../journal/journal.ts';
import { NAMED_FOR_MS } from '../merchants/cash-registers.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { NO_REF } from '../vocabulary/ids.ts';

const HOUR_MS = 60 * 60 * 1000;

/** The longest time that a question waits for its answer, ms: 2,550 s, and what an answer may be late. */
const QUESTION_MS = 2_560_000;

/** A moment in the database that is compared with now. */
interface Moment {
  readonly table: string;
  readonly column: string;
  /** How much later than now a service writes it whose clock is right, ms. */
  readonly most: number;
  /** Of which rows, as SQL. Default: of all. */
  readonly of?: string;
}

/**
 * In the order in which rows are locked. What is only shown, or only sorted by, is not here, nor what was written once for ever. Nor is what protects somebody:
 * blocks, wrong PINs, "not me", activations. From the database nobody can tell a clock that was ahead from one that is behind now, as that of a machine
 * without a battery after its start, and such a clock would end a block. A block of a clock that was ahead an operator ends with a new activation.
 * The API key that a merchant had before does not protect, it lets in. So it is here: nobody sees one that works for years, as after a theft; of one that ends too
 * early the till hears at once, and the merchant has the next one.
 */
export const MOMENTS: readonly Moment[] = [
  { table: 'device', column: 'unbidden_alarm_at', most: 0 },
  { table: 'device_order', column: 'sent_at', most: 0 },
  { table: 'key_told', column: 'at', most: 0 },
  { table: 'challenge', column: 'asked_at', most: 0, of: 'due IS NOT NULL' },
  { table: 'challenge', column: 'deadline', most: QUESTION_MS, of: 'due IS NOT NULL' },
  { table: 'challenge', column: 'due', most: QUESTION_MS, of: 'due IS NOT NULL' },
  { table: 'authentication', column: 'due', most: QUESTION_MS, of: 'due IS NOT NULL' },
  { table: 'ciba_request', column: 'polled_at', most: 0 },
  { table: 'ciba_request', column: 'due', most: QUESTION_MS, of: 'due IS NOT NULL' },
  { table: 'relying_party', column: 'old_key_until', most: LONGEST_KEPT_MS },
  { table: 'receipt', column: 'at', most: 0 },
  { table: 'merchant', column: 'old_key_until', most: LONGEST_KEPT_MS },
  { table: 'cash_register', column: 'customer_until', most: NAMED_FOR_MS },
  { table: 'cash_register', column: 'begun_at', most: 0 },
  { table: 'balance_answer', column: 'at', most: 0 },
  { table: 'vault', column: 'changed_at', most: 0 },
  { table: 'pin_change', column: 'changed_at', most: 0 },
  { table: 'timer', column: 'due', most: HOUR_MS, of: "kind IN ('outbox-retry', 'inbox-retry')" },
  { table: 'timer', column: 'due', most: DAY_MS, of: "kind <> 'device-unblock'" },
];

/** The clocks of processes may differ by so much, ms. */
const APART_MS = 5_000;

/**
 * The clock of the service was ahead and was put right, or it is behind. What it wrote meanwhile would count for as long as it was ahead: a pause, a time-out of
 * days or years. Each such moment becomes the latest that it could be. With an alarm, because other rows have wrong times for ever.
 */
export async function takeBackMoments(
  tx: Tx,
  { clock, journal }: { readonly clock: Clock; readonly journal: Journal },
): Promise<void> {
  const now = clock.now();
  let changed = 0;
  for (const { table, column, most, of = 'TRUE' } of MOMENTS) {
    const takeBack = `UPDATE ${table} SET ${column} = ? WHERE ${column} > ? AND ${of}`;
    changed += await tx.run(takeBack, now + most, now + most + APART_MS);
  }
  if (changed > 0) await journal.record(tx, { kind: 'alarm', alarm: 'clock-was-ahead', ref: NO_REF });
}
