import type { Context } from '../context.ts';
import { type DeviceId, deviceId, type Ref, ref, refOf } from '../ids.ts';
import { queueFrame, type Recipient, sealTo } from '../messaging/compose.ts';
import type { Row } from '../store/row.ts';

const PURPOSES = ['payment', 'enrolment'] as const;
type Purpose = (typeof PURPOSES)[number];

/** Two clocks and a network lie between the phone's deadline and the service's: an arrival this much later still counts. */
const GRACE_SECONDS = 5;

/** When an unanswered request goes out again, ms after the first time. */
const RESENDS_MS: readonly number[] = [20_000, 45_000];

/** How often a request goes out again at all, a phone's own repetitions included. */
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
  /** The same, sealed; sent again as it is. */
  readonly frame: Uint8Array;
  /** ms since 1970. */
  readonly askedAt: number;
  /** An answer that arrives after this is late, ms since 1970. */
  readonly deadline: number;
  readonly resends: number;
  readonly wrongPins: number;
}

/**
 * Asks: stores the request and puts it in the outbox, to be repeated until something comes back.
 * @param time unix seconds in the request. @param ttl seconds.
 */
export function ask(
  context: Context,
  recipient: Recipient,
  purpose: Purpose,
  request: { readonly ref: Ref; readonly plaintext: Uint8Array; readonly time: number; readonly ttl: number },
): void {
  const frame = sealTo(context, recipient, request.plaintext);
  const askedAt = context.clock.now();
  const deadline = (request.time + request.ttl + GRACE_SECONDS) * 1000;
  context.store.run(
    'INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline) VALUES (?, ?, ?, ?, ?, ?, ?)',
    request.ref,
    purpose,
    recipient.id,
    request.plaintext,
    frame,
    askedAt,
    deadline,
  );
  queueFrame(context, recipient, MESSAGE[purpose], request.ref, frame, deadline);
  context.timers.set(`${purpose}-resend`, request.ref, askedAt + (RESENDS_MS[0] ?? 0));
  context.timers.set(`${purpose}-expiry`, request.ref, deadline + 1);
}

/** Nothing came back: sends the request again, and arranges the next time. */
export function askAgain(context: Context, recipient: Recipient, challenge: Challenge): void {
  if (!repeatRequest(context, recipient, challenge)) return;
  const { ref, purpose, askedAt, deadline } = challenge;
  const now = context.clock.now();
  const next = RESENDS_MS.map((after) => askedAt + after).find((due) => due > now && due < deadline);
  if (next !== undefined) context.timers.set(`${purpose}-resend`, ref, next);
}

/**
 * Sends the request again, frame and all. A phone that has answered it repeats its answer.
 * @returns false when it went out as often as it may
 */
export function repeatRequest(context: Context, recipient: Recipient, challenge: Challenge): boolean {
  const { ref, purpose, frame, deadline } = challenge;
  if (challenge.resends >= RESEND_LIMIT) return false;
  if (context.outbox.isWaiting(MESSAGE[purpose], ref)) return true;
  context.store.run('UPDATE challenge SET resends = resends + 1 WHERE ref = ?', ref);
  queueFrame(context, recipient, MESSAGE[purpose], ref, frame, deadline);
  return true;
}

/** The phone has answered: the request need not go out again. */
export function stopAsking(context: Context, challenge: Pick<Challenge, 'ref' | 'purpose'>): void {
  context.timers.cancel(`${challenge.purpose}-resend`, challenge.ref);
}

/** The question is settled, one way or another. */
export function closeChallenge(context: Context, challenge: Pick<Challenge, 'ref' | 'purpose' | 'deviceId'>): void {
  stopAsking(context, challenge);
  context.outbox.withdraw(challenge.deviceId, MESSAGE[challenge.purpose], challenge.ref);
  context.timers.cancel(`${challenge.purpose}-expiry`, challenge.ref);
}

/** The challenge of this txn or authentication, or `undefined`. */
export function challengeByRef(context: Context, ref: Ref): Challenge | undefined {
  return context.store.get('SELECT * FROM challenge WHERE ref = ?', readChallenge, ref);
}

/** 8 random octets that name nothing yet. */
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
