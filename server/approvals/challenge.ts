import { queueFrame, type Recipient, sealTo } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type DeviceId, deviceId, type Ref, ref, refOf } from '../vocabulary/ids.ts';

const PURPOSES = ['payment', 'enrolment'] as const;
type Purpose = (typeof PURPOSES)[number];

/** How much later than the phone's deadline an answer may arrive, ms: the clocks differ, and the SMS takes some time. */
const GRACE_SECONDS = 5;

/** When an unanswered request is sent again, ms after the first time. */
const RESENDS_MS: readonly number[] = [20_000, 45_000];

/** How often a request is sent again at most, including the times when the phone asked for it. */
const RESEND_LIMIT = 6;

const MESSAGE = { payment: 'PAY_REQUEST', enrolment: 'AUTH_REQUEST' } as const;

/** A question to a person that only their PIN answers: the request of a payment, or of an enrolment. */
export interface Challenge {
  /** The txn of the payment, or the challenge of the authentication. */
  readonly ref: Ref;
  readonly purpose: Purpose;
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

/**
 * Stores the request and puts it in the outbox; it is sent again until an answer comes.
 * @param time unix seconds in the request. @param ttl seconds.
 */
export async function ask(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  purpose: Purpose,
  request: { readonly ref: Ref; readonly plaintext: Uint8Array; readonly time: number; readonly ttl: number },
): Promise<void> {
  const frame = sealTo(context, recipient, request.plaintext);
  const askedAt = context.clock.now();
  const deadline = (request.time + request.ttl + GRACE_SECONDS) * 1000;
  await tx.run(
    'INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline) VALUES (?, ?, ?, ?, ?, ?, ?)',
    request.ref,
    purpose,
    recipient.id,
    request.plaintext,
    frame,
    askedAt,
    deadline,
  );
  await queueFrame(tx, context, recipient, MESSAGE[purpose], request.ref, frame, deadline);
  await setNextDue(tx, context, { ref: request.ref, purpose, askedAt, deadline });
}

/** No answer came: sends the request again, and sets the timer for the next time. */
export async function askAgain(tx: Tx, context: Context, recipient: Recipient, challenge: Challenge): Promise<void> {
  await repeatRequest(tx, context, recipient, challenge);
  await setNextDue(tx, context, challenge);
}

/** One timer a challenge: when the request is to be sent again or, after the last time, when it has expired. */
async function setNextDue(
  tx: Tx,
  context: Context,
  { ref, purpose, askedAt, deadline }: Pick<Challenge, 'ref' | 'purpose' | 'askedAt' | 'deadline'>,
): Promise<void> {
  const now = context.clock.now();
  const next = RESENDS_MS.map((after) => askedAt + after).find((due) => due > now && due < deadline);
  await context.timers.set(tx, `${purpose}-due`, ref, next ?? deadline + 1);
}

/** Whether no answer can be in time any more. */
export function hasExpired(context: Context, { deadline }: Challenge): boolean {
  return context.clock.now() > deadline;
}

/**
 * Sends the same frame of the request again. A phone that has answered the request repeats its answer.
 * @returns false when the request was sent as often as allowed
 */
export async function repeatRequest(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  challenge: Challenge,
): Promise<boolean> {
  const { ref, purpose, frame, deadline } = challenge;
  if (challenge.resends >= RESEND_LIMIT) return false;
  if (await context.outbox.isWaiting(tx, MESSAGE[purpose], ref)) return true;
  await tx.run('UPDATE challenge SET resends = resends + 1 WHERE ref = ?', ref);
  await queueFrame(tx, context, recipient, MESSAGE[purpose], ref, frame, deadline);
  return true;
}

/** The phone has answered, and may answer again: the request is not sent again, but still expires. */
export async function stopAsking(
  tx: Tx,
  context: Context,
  { ref, purpose, deadline }: Pick<Challenge, 'ref' | 'purpose' | 'deadline'>,
): Promise<void> {
  await context.timers.set(tx, `${purpose}-due`, ref, deadline + 1);
}

/** The question has its answer, has expired or was cancelled. */
export async function closeChallenge(
  tx: Tx,
  context: Context,
  challenge: Pick<Challenge, 'ref' | 'purpose' | 'deviceId'>,
): Promise<void> {
  await context.outbox.withdraw(tx, challenge.deviceId, MESSAGE[challenge.purpose], challenge.ref);
  await context.timers.cancel(tx, `${challenge.purpose}-due`, challenge.ref);
}

/** The challenge of this txn or authentication, or `undefined`. */
export async function challengeByRef(tx: ReadTx, ref: Ref): Promise<Challenge | undefined> {
  return tx.get('SELECT * FROM challenge WHERE ref = ?', readChallenge, ref);
}

/** 8 random octets that are not in use as a txn or challenge. */
export function newRef(context: Context): Ref {
  return refOf(context.random.bytes(8));
}

function readChallenge(row: Row): Challenge {
  return {
    ref: ref(row.text('ref')),
    purpose: row.oneOf('purpose', PURPOSES),
    deviceId: deviceId(row.integer('device_id')),
    request: row.octets('request'),
    frame: row.octets('frame'),
    askedAt: row.integer('asked_at'),
    deadline: row.integer('deadline'),
    resends: row.integer('resends'),
    wrongPins: row.integer('wrong_pins'),
  };
}
