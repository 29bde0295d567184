import type { Amount } from '../../device/safe-mobile/index.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { DAY_MS, dayOf } from '../time/days.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { PersonId } from '../vocabulary/ids.ts';
import { depositedBefore } from './deposit.ts';

// One rule: what operators deposit without a second one is counted in minor units a day (UTC), for the person who gets it and for the pair
// of eyes that gives it. All currencies count together, a cent as much as a yen: else each more currency would be a limit more.

/** The pair of eyes that deposits, and what it may give one person within a day. */
export interface Alone {
  /** The last hand of the operator, see `handsOf`: all who count as one have one sum. */
  readonly hand: string;
  /** Minor units. */
  readonly limit: number;
}

/** What would have been deposited within a day by one pair of eyes, minor units of all currencies. */
interface DaySums {
  /** For the person, by all operators. */
  readonly ofPerson: number;
  /** By the pair of eyes, for all people. */
  readonly ofHand: number;
}

/** A limit of what is deposited within a day without a second operator, and of whom it is, in words. */
export interface OverLimit {
  /** Minor units. */
  readonly limit: number;
  readonly of: string;
}

/** One operator alone gives all people of a day as much as so many people: whoever splits a sum over many people does not get far. */
const PEOPLE_A_DAY = 10;

/** Why a deposit needs a second operator, in the words of a sentence; or `undefined`. @param limit of one person, minor units */
export function overLimit({ ofPerson, ofHand }: DaySums, limit: number): OverLimit | undefined {
  if (ofPerson > limit) return { limit, of: 'for a person within a day' };
  if (ofHand > limit * PEOPLE_A_DAY) return { limit: limit * PEOPLE_A_DAY, of: 'by one operator within a day' };
  return undefined;
}

/**
 * The sums of the day of `at`, with this deposit; 0 for one that was booked before. What two operators know of does not count, nor what a
 * program deposits. @throws ServiceError `conflict` when the reference was used for another amount
 */
export async function sumsWith(
  tx: ReadTx,
  person: { readonly id: PersonId },
  amount: Amount,
  reference: string,
  hand: string,
  at: number,
): Promise<DaySums> {
  if (await depositedBefore(tx, person, amount, reference)) return { ofPerson: 0, ofHand: 0 };
  const sum = async (whose: string) => (await sumOf(tx, whose, dayOf(at))) + amount.minor;
  return { ofPerson: await sum(nameOf(person)), ofHand: await sum(nameOfHand(hand)) };
}

/**
 * Counts a deposit that no second operator confirms; the caller has locked the person.
 * @param at ms since 1970. @throws ServiceError `conflict` when it needs a second operator by now
 */
export async function countAlone(
  tx: Tx,
  person: { readonly id: PersonId },
  { minor }: Amount,
  { hand, limit }: Alone,
  at: number,
): Promise<void> {
  for (const [whose, most] of [
    [nameOf(person), limit],
    [nameOfHand(hand), limit * PEOPLE_A_DAY],
  ] as const) {
    const counted = await tx.run(
      `INSERT INTO deposited_alone (whose, day, minor) SELECT ?1, CAST(?2 AS BIGINT), CAST(?3 AS BIGINT) WHERE ?3 <= ?4
       ON CONFLICT (whose, day) DO UPDATE SET minor = deposited_alone.minor + ?3 WHERE deposited_alone.minor + ?3 <= ?4`,
      whose,
      dayOf(at),
      minor,
      most,
    );
    if (counted === 0) throw new ServiceError('conflict', 'another deposit came at the same time: send this one again');
    tx.later('DELETE FROM deposited_alone WHERE whose = ? AND day < ?', whose, dayOf(at) - DAY_MS);
  }
}

async function sumOf(tx: ReadTx, whose: string, day: number): Promise<number> {
  const sql = 'SELECT minor FROM deposited_alone WHERE whose = ? AND day = ?';
  return (await tx.get(sql, (row) => row.integer('minor'), whose, day)) ?? 0;
}

function nameOf({ id }: { readonly id: PersonId }): string {
  return `person:${id}`;
}

function nameOfHand(hand: string): string {
  return `operator:${hand}`;
}
