import { type Allowance, take } from '../limits/allowance.ts';
import type { Context } from '../outgoing/context.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { Alarm } from '../vocabulary/alarms.ts';
import type { MerchantId, PartyId, PersonId } from '../vocabulary/ids.ts';

// Requests that end without a payment or a confirmation cost the service SMS and people patience, so whoever asks has an allowance of them.

/** Who has people asked. */
export type Asker =
  | { readonly kind: 'merchant'; readonly id: MerchantId }
  | { readonly kind: 'party'; readonly id: PartyId };

/** Where it is written of each kind of asker. */
interface AskerTables {
  readonly asker: string;
  /** An asker and a person. */
  readonly inVain: string;
  readonly id: string;
  /** Counts the requests of one asker that wait. As in the index: PostgreSQL would use an index without a condition of its own for those of a person, too. */
  readonly open: string;
  readonly suspended: Alarm;
}

const TABLES: Readonly<Record<Asker['kind'], AskerTables>> = {
  merchant: {
    asker: 'merchant',
    inVain: 'asked_in_vain',
    id: 'merchant_id',
    open: "SELECT count(*) FROM payment WHERE merchant_id = ? AND state = 'REQUESTED' AND merchant_id > 0",
    suspended: 'merchant-suspended',
  },
  party: {
    asker: 'relying_party',
    inVain: 'party_in_vain',
    id: 'party_id',
    open: "SELECT count(*) FROM authentication WHERE party_id = ? AND state = 'asked' AND party_id > 0",
    suspended: 'party-suspended',
  },
};

/** Why somebody who may ask may not ask this person now. */
export type Impatience = 'customer-said-not-me' | 'too-many-requests';

interface AskedInVain {
  readonly fullAt: number;
  readonly notMe: number;
  readonly notMeAt: number;
}

const NEVER: AskedInVain = { fullAt: 0, notMe: 0, notMeAt: 0 };

/** How an asker stands with all people. */
export interface Standing {
  /** Requests that wait for people. */
  readonly open: number;
  /** It may ask nobody until the operator has looked. */
  readonly suspended: boolean;
  /** Of its allowance of requests in vain: see `take`. */
  readonly fullAt: number;
}

/** What is written of an asker at this moment: many of its requests may come at once. */
export async function standingOf(tx: ReadTx, { kind, id }: Asker): Promise<Standing> {
  const { asker, open } = TABLES[kind];
  const sql = `SELECT suspended_at, in_vain_full_at, (${open}) AS open FROM ${asker} WHERE id = ?`;
  const standing = await tx.get(sql, readStanding, id, id);
  if (standing === undefined) throw new Error(`${kind} ${id} is gone`);
  return standing;
}

function readStanding(row: Row): Standing {
  return {
    open: row.integer('open'),
    suspended: row.optionalInteger('suspended_at') !== undefined,
    fullAt: row.integer('in_vain_full_at'),
  };
}

/** Whether this asker may have this person asked now, or why not. */
export async function impatienceOf(
  tx: ReadTx,
  { clock, limits }: Context,
  asker: Asker,
  person: PersonId,
): Promise<Impatience | undefined> {
  const now = clock.now();
  const before = (await askedInVain(tx, asker, person)) ?? NEVER;
  if (before.notMe > 0) {
    const pause = limits.notMePausesMs[before.notMe - 1];
    if (pause === undefined || now < before.notMeAt + pause) return 'customer-said-not-me';
  }
  return take(limits.inVainAtCustomer, before.fullAt, now) === undefined ? 'too-many-requests' : undefined;
}

/** A request ended in vain. @param notMe the person said "not me"; of too many people it suspends the asker */
export async function noteInVain(
  tx: Tx,
  context: Context,
  asker: Asker,
  person: PersonId,
  notMe: boolean,
): Promise<void> {
  await noteUnwilling(tx, context, asker, person, notMe);
  await noteNobodyAsked(tx, context, asker);
}

/** Of a request in vain only what it means between asker and person: of the asker's own allowance nothing is taken yet. */
export async function noteUnwilling(
  tx: Tx,
  context: Context,
  asker: Asker,
  person: PersonId,
  notMe: boolean,
): Promise<void> {
  const { clock, limits } = context;
  const { inVain, id } = TABLES[asker.kind];
  const now = clock.now();
  const before = (await lockAskedInVain(tx, asker, person)) ?? NEVER;
  await tx.run(
    `INSERT INTO ${inVain} (${id}, person_id, full_at, not_me, not_me_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (${id}, person_id) DO UPDATE SET
       full_at = excluded.full_at, not_me = excluded.not_me, not_me_at = excluded.not_me_at`,
    asker.id,
    person,
    taken(limits.inVainAtCustomer, before.fullAt, now),
    before.notMe + (notMe ? 1 : 0),
    notMe ? now : before.notMeAt,
  );
  if (notMe) await suspendAfterMany(tx, context, asker);
}

/** A request ended in vain of which no person knows. */
export async function noteNobodyAsked(tx: Tx, { clock, limits }: Context, asker: Asker): Promise<void> {
  await keepInVain(tx, asker, taken(limits.inVain, await lockInVain(tx, asker), clock.now()));
}

/**
 * An asker named a number that cannot be asked: of those it has as few as of requests in vain, so that it cannot
 * try which numbers are of customers. @param open its requests that wait
 * @returns false when others that came at the same time have used the allowance up
 */
export async function noteUnreachable(
  tx: Tx,
  { clock, limits }: Context,
  asker: Asker,
  open: number,
): Promise<boolean> {
  const fullAt = take(limits.inVain, await lockInVain(tx, asker), clock.now(), open);
  if (fullAt === undefined) return false;
  await keepInVain(tx, asker, fullAt);
  return true;
}

async function keepInVain(tx: Tx, { kind, id }: Asker, fullAt: number): Promise<void> {
  await tx.run(`UPDATE ${TABLES[kind].asker} SET in_vain_full_at = ? WHERE id = ?`, fullAt, id);
}

/** An operator has looked: the asker may ask again, also the people who said "not me" to it. @param reason kept in the journal */
export async function resume(tx: Tx, { journal }: Context, asker: Asker, reason: string): Promise<void> {
  const { asker: table, inVain, id } = TABLES[asker.kind];
  await tx.run(`UPDATE ${inVain} SET not_me = 0, not_me_at = 0 WHERE ${id} = ?`, asker.id);
  await tx.run(`UPDATE ${table} SET suspended_at = NULL WHERE id = ?`, asker.id);
  const event =
    asker.kind === 'merchant'
      ? ({ kind: 'merchant-resumed', merchantId: asker.id, reason } as const)
      : ({ kind: 'party-resumed', partyId: asker.id, reason } as const);
  await journal.record(tx, event);
}

/** It counts also when the allowance is used up meanwhile, up to the whole allowance. */
function taken(allowance: Allowance, fullAt: number, now: number): number {
  return take(allowance, fullAt, now) ?? fullAt;
}

async function suspendAfterMany(tx: Tx, context: Context, { kind, id: asker }: Asker): Promise<void> {
  const { clock, journal, limits } = context;
  const { asker: table, inVain, id, suspended: alarm } = TABLES[kind];
  const now = clock.now();
  const people = await tx.get(
    `SELECT count(*) AS n FROM ${inVain} WHERE ${id} = ? AND not_me_at > ?`,
    (row) => row.integer('n'),
    asker,
    now - limits.notMeWithinMs,
  );
  if ((people ?? 0) < limits.notMeCustomers) return;
  const suspended = await tx.run(
    `UPDATE ${table} SET suspended_at = ? WHERE id = ? AND suspended_at IS NULL`,
    now,
    asker,
  );
  if (suspended > 0) await journal.record(tx, { kind: 'alarm', alarm, ref: String(asker) });
}

async function askedInVain(tx: ReadTx, { kind, id }: Asker, person: PersonId): Promise<AskedInVain | undefined> {
  return tx.get(selectInVain(kind), readAskedInVain, id, person);
}

async function lockAskedInVain(tx: Tx, { kind, id }: Asker, person: PersonId): Promise<AskedInVain | undefined> {
  return tx.get(`${selectInVain(kind)} FOR UPDATE`, readAskedInVain, id, person);
}

function selectInVain(kind: Asker['kind']): string {
  const { inVain, id } = TABLES[kind];
  return `SELECT full_at, not_me, not_me_at FROM ${inVain} WHERE ${id} = ? AND person_id = ?`;
}

function readAskedInVain(row: Row): AskedInVain {
  return { fullAt: row.integer('full_at'), notMe: row.integer('not_me'), notMeAt: row.integer('not_me_at') };
}

/** The moment that is kept of an asker's allowance. */
async function lockInVain(tx: Tx, { kind, id }: Asker): Promise<number> {
  const fullAt = await tx.get(
    `SELECT in_vain_full_at FROM ${TABLES[kind].asker} WHERE id = ? FOR UPDATE`,
    (row) => row.integer('in_vain_full_at'),
    id,
  );
  return fullAt ?? 0;
}
