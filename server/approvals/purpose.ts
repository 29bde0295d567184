import type { AuthRequest, PayRequest, Refusal, Status } from '../../device/safe-mobile/index.ts';
import type { Recipient } from '../outgoing/compose.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import type { Challenge, ChallengeState, PurposeName } from './challenge.ts';

/** A message that asks a person. */
export type Request = PayRequest | AuthRequest;

/** A question and the phone that was asked. */
export interface Asked {
  readonly challenge: Challenge;
  readonly device: Device;
  readonly recipient: Recipient;
}

/** Why a question was refused: by the person, or the phone for them; after too many wrong PINs; or because the phone is blocked. */
export interface Refused {
  readonly reason: Refusal | 'wrong-pin' | 'blocked';
  /** The phone is blocked, also since just now. */
  readonly blocked: boolean;
}

/** What a receipt says in each state of the question; "wrong PIN" besides. */
export type ReceiptStatuses = Readonly<Record<ChallengeState, Status>>;

/** Receipts that say more than the state of the question: whoever changes what it is about sends them. */
export interface OwnReceipts {
  /** The PIN was wrong, and the person may try again. */
  wrongPin(tx: Tx, asked: Asked, triesLeft: number): Promise<void>;
  /** The phone asks how it stands, and there is no receipt yet. */
  standing(tx: Tx, asked: Asked): Promise<void>;
}

/**
 * One purpose of a question: what is asked, what its ends lead to, and what the receipt says. Each end is called once, in the
 * transaction in which the question ends.
 */
export interface Purpose {
  /** The message that asks. */
  readonly asks: Request['type'];
  readonly receipts: ReceiptStatuses | OwnReceipts;
  /** The right PIN came in time. */
  approved(tx: Tx, asked: Asked): Promise<void>;
  refused(tx: Tx, asked: Asked, refused: Refused): Promise<void>;
  /** No answer came in time. @param said what a phone has answered too late or in place of its person; only a refusal says why */
  expired(tx: Tx, asked: Asked, said: Refusal | undefined): Promise<void>;
}

/** The table of purposes; the floors above fill it in. */
export type Purposes = Readonly<Record<PurposeName, Purpose>>;
