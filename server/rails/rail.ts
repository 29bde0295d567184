import type { Amount, RailName } from '../../device/safe-mobile/index.ts';
import type { Account } from '../ledger/ledger.ts';

/** Names one attempt on a rail: the txn and the kind of attempt. Made and stored before its first use. */
export type RailKey = `${string}:charge` | `${string}:refund-${number}`;

/** Money that a rail is asked to move. */
export interface RailOrder {
  readonly key: RailKey;
  readonly amount: Amount;
  /** The account that pays. */
  readonly from: Account;
  /** The account that receives. */
  readonly to: Account;
}

/** The answer of a rail. `unknown`: the rail's answer was lost, and the money has moved or not. */
export type RailAnswer =
  | { readonly kind: 'done'; readonly approvalCode: number }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The answer of a rail about an earlier charge. `absent`: the rail does not know the key, so the charge may be tried again. */
export type RailInquiry = RailAnswer | { readonly kind: 'absent' };

/** One line of a rail's settlement report. */
export interface SettlementLine {
  readonly key: string;
  readonly amount: Amount;
  /** ms since 1970. */
  readonly at: number;
}

/**
 * A way to move money. Every method may be called again with the same key: the rail moves the money once and answers
 * the same. A method never throws for the network's sake; it answers `unknown`.
 */
export interface Rail {
  readonly name: RailName;
  /** What to do about an unknown charge: ask for its outcome, or reverse it. */
  readonly recovery: 'inquire' | 'reverse';
  charge(order: RailOrder): Promise<RailAnswer>;
  /** Reverses a charge, whether or not it happened; `done` means that no money has moved in the end. */
  reverse(key: RailKey): Promise<RailAnswer>;
  refund(order: RailOrder): Promise<RailAnswer>;
  inquire(key: RailKey): Promise<RailInquiry>;
  /** The movements of the rail in `[from, to)`, ms since 1970. */
  settlement(from: number, to: number): Promise<readonly SettlementLine[]>;
}
