import { type Approve, encodeDown, type Refusal, type Refuse, type Status } from '../../device/safe-mobile/index.ts';
import type { Arrival } from '../intake/arrival.ts';
import { mayAnswerUnbidden } from '../intake/unbidden.ts';
import { hasUndealtFrames } from '../intake/undealt.ts';
import { announceAgain, announceKeys } from '../outgoing/announce.ts';
import { queueFrame, type Recipient, recipientOf, sealTo, sendNak } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { issueReceipt, type ReceiptContent, repeatReceipt, sendPassingReceipt } from '../outgoing/receipts.ts';
import { isUnsent, isUntouched } from '../outgoing/unsent.ts';
import { type Device, deviceById } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { type Ref, refOf } from '../vocabulary/ids.ts';
import {
  type Challenge,
  type ChallengeEnd,
  type ChallengeState,
  countResend,
  endChallenge,
  endOpenChallenge,
  insertChallenge,
  lockChallenge,
  type PurposeName,
  setDue,
} from './challenge.ts';
import { judge } from './judge.ts';
import type { Asked, OwnReceipts, Purpose, Purposes, ReceiptStatuses, Refused, Request } from './purpose.ts';

/** How much later than the phone's deadline an answer may arrive, seconds: the clocks differ, and the SMS takes some time. */
const GRACE_SECONDS = 5;

/** When an unanswered request is sent again, ms after the first time. */
const RESENDS_MS: readonly number[] = [20_000, 45_000];

/** How often a request is sent again at most, including the times when the phone asked for it. */
const RESEND_LIMIT = 6;

/** How long an expiry waits for frames that are not dealt with yet, ms: one of them may be an answer in time. */
export const FRAMES_WAIT_MS = 1_000;

/** Until when an answer to a request counts, ms since 1970. */
export function deadlineOf({ time, ttl }: Pick<Request, 'time' | 'ttl'>): number {
  return (time + ttl + GRACE_SECONDS) * 1000;
}

type EndedChallenge = Pick<Challenge, 'ref' | 'purpose' | 'deviceId'>;

/** A message that answers a question, and the phone that sent it. */
export interface Answer {
  readonly device: Device;
  readonly recipient: Recipient;
  readonly message: Approve | Refuse;
}

/**
 * Questions to people that only their PIN answers: asked, sent again, answered or expired here, for every purpose alike. What an
 * answer leads to is in the table of purposes.
 */
export class Approvals {
  readonly #context: Context;
  #purposes: Purposes | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Says what the purposes are; called once, before the first question. */
  fill(purposes: Purposes): void {
    this.#purposes = purposes;
  }

  /** Asks: the request is in the outbox, and is sent again until an answer comes. */
  async ask(tx: Tx, recipient: Recipient, purpose: PurposeName, request: Request): Promise<void> {
    const { clock, timers } = this.#context;
    const ref = refOf(request.type === 'PAY_REQUEST' ? request.txn : request.challenge);
    const plaintext = encodeDown(request);
    await announceKeys(tx, this.#context, recipient);
    const frame = await sealTo(tx, this.#context, recipient, plaintext);
    const deadline = deadlineOf(request);
    const times = { askedAt: clock.now(), deadline };
    const due = this.#nextDue(times);
    await insertChallenge(tx, { ref, purpose, deviceId: recipient.id, request: plaintext, frame, ...times }, due);
    await queueFrame(tx, this.#context, recipient, request.type, ref, frame, deadline);
    timers.dueAt(tx, due);
  }

  /** Takes a question back. Nobody is told. @returns whether its request had left by then; `undefined` when the question had ended before */
  async withdraw(tx: Tx, ended: EndedChallenge): Promise<'sent' | 'unsent' | undefined> {
    const challenge = await lockChallenge(tx, ended.ref);
    if (challenge === undefined || !(await endChallenge(tx, ended.ref, 'withdrawn'))) return undefined;
    const { asks } = this.#purposeOf(ended);
    const unsent = challenge.resends === 0 && (await isUntouched(tx, asks, ended.ref));
    await this.#dropRequest(tx, ended);
    return unsent ? 'unsent' : 'sent';
  }

  /** Sends the request again now, and plans the next time. */
  async askAgain(tx: Tx, recipient: Recipient, challenge: Challenge): Promise<void> {
    await this.repeat(tx, recipient, challenge);
    await this.#plan(tx, challenge, this.#nextDue(challenge));
  }

  /**
   * Sends the same frame of the request again. A phone that has answered the request repeats its answer.
   * @returns false when the question has ended, or when the request was sent as often as allowed
   */
  async repeat(tx: Tx, recipient: Recipient, challenge: Challenge): Promise<boolean> {
    const { ref, purpose, state, frame, deadline, resends } = challenge;
    if (state !== 'asked' || resends >= RESEND_LIMIT) return false;
    const { asks } = this.#purposeOf({ purpose });
    if (await isUnsent(tx, asks, ref)) return true;
    await countResend(tx, ref);
    await queueFrame(tx, this.#context, recipient, asks, ref, frame, deadline);
    return true;
  }

  /**
   * APPROVE and REFUSE. Only an answer in time to an open question counts, and its PIN is judged. Any other answer gets the
   * stored receipt: if its PIN were judged, a thief could try PINs that are not counted.
   */
  async answer(tx: Tx, { device, recipient, message }: Answer, arrival: Arrival): Promise<void> {
    const ref = refOf(message.txn);
    const challenge = await lockChallenge(tx, ref);
    if (challenge === undefined || challenge.deviceId !== device.id) {
      if (!(await mayAnswerUnbidden(tx, this.#context, device))) return;
      if (!arrival.repeated) await this.#alarm(tx, device, 'unknown-transaction', ref);
      await sendNak(tx, this.#context, recipient, ref, 'unknown-reference');
      return;
    }
    const asked: Asked = { challenge, device, recipient };
    if (challenge.state !== 'asked' || (message.type === 'APPROVE' && arrival.repeated)) {
      await this.#answerAgain(tx, asked, message, arrival);
    } else if (message.type === 'REFUSE') {
      await this.#refusedByPerson(tx, asked, message.reason, arrival.at > challenge.deadline);
    } else if (arrival.at > challenge.deadline) {
      await this.#expire(tx, asked, undefined);
      await this.#tell(tx, asked, 'expired', 0);
    } else if (device.state === 'blocked') {
      await this.#refuse(tx, asked, { reason: 'blocked', blocked: true });
    } else {
      await this.#judge(tx, asked, message);
    }
  }

  /** The phone asks how its question stands, and has no receipt: it is told, in a receipt that is not stored. */
  async tellStanding(tx: Tx, asked: Asked): Promise<void> {
    const { challenge, recipient } = asked;
    const { receipts } = this.#purposeOf(challenge);
    if (isOwn(receipts)) return receipts.standing(tx, asked);
    const content = receiptOf(receipts[challenge.state], 0);
    await sendPassingReceipt(tx, this.#context, recipient, challenge.ref, challenge.request, content);
  }

  /** The handler of the timer `challenge`: no answer came, so the request is sent again; or it has expired. */
  async due(tx: Tx, ref: Ref): Promise<void> {
    const challenge = await lockChallenge(tx, ref);
    const device = challenge && (await deviceById(tx, challenge.deviceId));
    const recipient = device && recipientOf(device);
    if (challenge?.state !== 'asked' || device === undefined || recipient === undefined) return;
    const now = this.#context.clock.now();
    if (now <= challenge.deadline) await this.askAgain(tx, recipient, challenge);
    else if (await hasUndealtFrames(tx)) await this.#plan(tx, challenge, now + FRAMES_WAIT_MS);
    else {
      await this.#expire(tx, { challenge, device, recipient }, undefined);
      if (device.state !== 'revoked') await announceAgain(tx, this.#context, recipient);
    }
  }

  async #judge(tx: Tx, asked: Asked, approval: Approve): Promise<void> {
    const { challenge, device } = asked;
    const purpose = this.#purposeOf(challenge);
    const verdict = await judge(tx, this.#context, device, challenge, approval);
    if (verdict.kind === 'right') {
      await this.#end(tx, challenge, 'approved');
      await purpose.approved(tx, asked);
      await this.#tell(tx, asked, 'approved', verdict.triesLeft);
    } else if (verdict.consequence === 'try-again') {
      // The phone has answered, and may answer again: the request is not sent again, but still expires.
      await this.#plan(tx, challenge, challenge.deadline + 1);
      if (isOwn(purpose.receipts)) await purpose.receipts.wrongPin(tx, asked, verdict.triesLeft);
      else await this.#tell(tx, asked, 'wrong-pin', verdict.triesLeft);
    } else {
      await this.#refuse(tx, asked, { reason: 'wrong-pin', blocked: verdict.consequence !== 'refuse' });
    }
  }

  /** A phone that says "expired" will not approve any more: for everybody the time has run out. */
  async #refusedByPerson(tx: Tx, asked: Asked, reason: Refusal, late: boolean): Promise<void> {
    if (reason === 'not-me') await this.#alarm(tx, asked.device, 'refused-as-not-mine', asked.challenge.ref);
    if (late || reason === 'expired') {
      await this.#expire(tx, asked, reason);
      await this.#tell(tx, asked, 'refused', 0);
      return;
    }
    await this.#refuse(tx, asked, { reason, blocked: false });
  }

  async #refuse(tx: Tx, asked: Asked, refused: Refused): Promise<void> {
    await this.#end(tx, asked.challenge, 'refused');
    await this.#purposeOf(asked.challenge).refused(tx, asked, refused);
    await this.#tell(tx, asked, refused.reason === 'wrong-pin' ? 'wrong-pin' : 'refused', 0);
  }

  async #expire(tx: Tx, asked: Asked, said: Refusal | undefined): Promise<void> {
    await this.#end(tx, asked.challenge, 'expired');
    await this.#purposeOf(asked.challenge).expired(tx, asked, said);
  }

  async #answerAgain(tx: Tx, asked: Asked, { type }: Answer['message'], { repeated }: Arrival): Promise<void> {
    const { challenge, device, recipient } = asked;
    if (!(await mayAnswerUnbidden(tx, this.#context, device))) return;
    if (await repeatReceipt(tx, this.#context, recipient, challenge.ref)) return;
    if (type === 'APPROVE' && !repeated) await this.#tell(tx, asked, challenge.state, 0);
  }

  /** The receipt, where the purpose leaves it to this class. A phone that was revoked gets none: it is somebody else's. */
  async #tell(tx: Tx, asked: Asked, outcome: ChallengeState | 'wrong-pin', triesLeft: number): Promise<void> {
    const { challenge, recipient } = asked;
    const { receipts } = this.#purposeOf(challenge);
    if (isOwn(receipts) || (await deviceById(tx, recipient.id))?.state === 'revoked') return;
    const content = receiptOf(outcome === 'wrong-pin' ? outcome : receipts[outcome], triesLeft);
    await issueReceipt(tx, this.#context, recipient, challenge.ref, challenge.request, content);
  }

  async #end(tx: Tx, challenge: EndedChallenge, end: Exclude<ChallengeEnd, 'withdrawn'>): Promise<void> {
    endOpenChallenge(tx, challenge.ref, end);
    await this.#dropRequest(tx, challenge);
  }

  async #dropRequest(tx: Tx, challenge: EndedChallenge): Promise<void> {
    const { asks } = this.#purposeOf(challenge);
    await this.#context.outbox.withdraw(tx, challenge.deviceId, asks, challenge.ref);
  }

  async #plan(tx: Tx, { ref }: Challenge, due: number): Promise<void> {
    await setDue(tx, ref, due);
    this.#context.timers.dueAt(tx, due);
  }

  /** When the request is to be sent again or, after the last time, when it has expired. */
  #nextDue({ askedAt, deadline }: Pick<Challenge, 'askedAt' | 'deadline'>): number {
    const now = this.#context.clock.now();
    return RESENDS_MS.map((after) => askedAt + after).find((due) => due > now && due < deadline) ?? deadline + 1;
  }

  async #alarm(tx: Tx, device: Device, alarm: 'unknown-transaction' | 'refused-as-not-mine', ref: Ref): Promise<void> {
    await this.#context.journal.record(tx, { kind: 'alarm', alarm, deviceId: device.id, ref });
  }

  #purposeOf({ purpose }: Pick<Challenge, 'purpose'>): Purpose {
    if (this.#purposes === undefined) throw new Error('the table of purposes is not filled in');
    return this.#purposes[purpose];
  }
}

function isOwn(receipts: ReceiptStatuses | OwnReceipts): receipts is OwnReceipts {
  return 'wrongPin' in receipts;
}

function receiptOf(status: Status, triesLeft: number): ReceiptContent {
  return { status, triesLeft, approvalCode: 0, rail: 'none' };
}
