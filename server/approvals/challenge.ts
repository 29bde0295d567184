import type { Clock, Random } from '../../modem/index.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { DueRows } from '../time/timers.ts';
import { type DeviceId, deviceId, type Ref, ref, refOf } from '../vocabulary/ids.ts';

/** What people are asked for. What is sent and what an answer leads to is in the row of the purpose: `service/purposes.ts`. */
export const PURPOSES = ['payment', 'enrolment', 'authentication', 'party-payment', 'consent'] as const;
export type PurposeName = (typeof PURPOSES)[number];

/**
 * The states of a question. It begins as `asked`, also after a wrong PIN with tries left; every other state is an end.
 * `withdrawn`: the service takes it back, because whoever asked cancelled or the phone enrols anew.
 */
const CHALLENGE_STATES = ['asked', 'approved', 'refused', 'expired', 'withdrawn'] as const;
export type ChallengeState = (typeof CHALLENGE_STATES)[number];
export type ChallengeEnd = Exclude<ChallengeState, 'asked'>;

/** A question to a person that only their PIN answers: the request of a payment, or of an enrolment. */
export interface Challenge {
  /** The txn of the payment, or the challenge of the authentication. */
  readonly ref: Ref;
  readonly purpose: PurposeName;
  readonly state: ChallengeState;
  readonly deviceId: DeviceId;
  /** The 83 octets as displayed: what an approval signs. */
  readonly request: Uint8Array;
  /** The sealed frame of the request, sent again unchanged. */
  readonly frame: Uint8Array;
  /** ms since 1970. */
  readonly askedAt: number;
  /** An answer that arrives after this is late, ms since 1970. */
  readonly deadline: number;
  readonly resends: number;
  readonly wrongPins: number;
}

/** When an open question is to be sent again or, after the last time, expires: the column `due`, NULL in an ended one. */
export const DUE_CHALLENGES: DueRows = { kind: 'challenge', table: 'challenge', key: 'ref' };

/** Writes a new question down. @param due ms since 1970 */
export async function insertChallenge(
  tx: Tx,
  challenge: Omit<Challenge, 'state' | 'resends' | 'wrongPins'>,
  due: number,
): Promise<void> {
  tx.later(
    `INSERT INTO challenge (ref, purpose, state, device_id, request, frame, asked_at, deadline, due)
     VALUES (?, ?, 'asked', ?, ?, ?, ?, ?, ?)`,
    challenge.ref,
    challenge.purpose,
    challenge.deviceId,
    challenge.request,
    challenge.frame,
    challenge.askedAt,
    challenge.deadline,
    due,
  );
}

/** The one place where the state of a question changes. @returns false when the question had ended before */
export async function endChallenge(tx: Tx, ref: Ref, end: ChallengeEnd): Promise<boolean> {
  return (await tx.run(END_CHALLENGE, end, ref)) > 0;
}

/** As {@link endChallenge}, of a question that is open. @throws Error, at the latest with the commit, when another transaction has ended it */
export function endOpenChallenge(tx: Tx, ref: Ref, end: ChallengeEnd): void {
  const otherwise = () => new Error(`challenge ${ref} was ended by another transaction`);
  tx.mustChange(otherwise, END_CHALLENGE, end, ref);
}

const END_CHALLENGE = "UPDATE challenge SET state = ?, due = NULL WHERE ref = ? AND state = 'asked'";

/** Sets when an open question is due next, ms since 1970. */
export async function setDue(tx: Tx, ref: Ref, due: number): Promise<void> {
  await tx.run("UPDATE challenge SET due = ? WHERE ref = ? AND state = 'asked'", due, ref);
}

/** The request is sent once more. */
export async function countResend(tx: Tx, ref: Ref): Promise<void> {
  await tx.run('UPDATE challenge SET resends = resends + 1 WHERE ref = ?', ref);
}

/** The challenge of this txn or authentication, or `undefined`. */
export async function challengeByRef(tx: ReadTx, ref: Ref): Promise<Challenge | undefined> {
  return tx.get('SELECT * FROM challenge WHERE ref = ?', readChallenge, ref);
}

/** The challenge of this txn or authentication, locked: whoever has it may end it. `undefined` when there is none. */
export async function lockChallenge(tx: Tx, ref: Ref): Promise<Challenge | undefined> {
  return tx.get('SELECT * FROM challenge WHERE ref = ? FOR UPDATE', readChallenge, ref);
}

/** How many questions of all purposes wait at a phone. */
export async function openChallengesOf(tx: ReadTx, device: DeviceId): Promise<number> {
  const open = await tx.get(
    "SELECT count(*) AS n FROM challenge WHERE due IS NOT NULL AND state = 'asked' AND device_id = ?",
    (row) => row.integer('n'),
    device,
  );
  return open ?? 0;
}

/** The open questions of this purpose to a phone, locked, in the order in which they were asked. */
export async function lockOpenChallenges(tx: Tx, device: DeviceId, purpose: PurposeName): Promise<Challenge[]> {
  return tx.all(
    `SELECT * FROM challenge WHERE due IS NOT NULL AND state = 'asked' AND device_id = ? AND purpose = ?
     ORDER BY asked_at, ref FOR UPDATE`,
    readChallenge,
    device,
    purpose,
  );
}

/**
 * A new txn or challenge: 4 octets of unix time, then 4 random octets. Rows about new payments so stand beside each other in
 * every index, and a commit writes few pages however long the history is.
 * @throws a fault of the database when the same was drawn within this second, which the caller's client tries again
 */
export function newRef({ random, clock }: { readonly random: Random; readonly clock: Clock }): Ref {
  const octets = random.bytes(8);
  new DataView(octets.buffer, octets.byteOffset).setUint32(0, Math.floor(clock.now() / 1000));
  return refOf(octets);
}

function readChallenge(row: Row): Challenge {
  return {
    ref: ref(row.text('ref')),
    purpose: row.oneOf('purpose', PURPOSES),
    state: row.oneOf('state', CHALLENGE_STATES),
    deviceId: deviceId(row.integer('device_id')),
    request: row.octets('request'),
    frame: row.octets('frame'),
    askedAt: row.integer('asked_at'),
    deadline: row.integer('deadline'),
    resends: row.integer('resends'),
    wrongPins: row.integer('wrong_pins'),
  };
}
