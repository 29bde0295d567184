import type { Amount, RailName } from '../../device/safe-mobile/index.ts';
import type { Account } from '../ledger/ledger.ts';

/** Names one attempt on a rail: the txn and the kind of attempt. Made and stored before its first use. */
export type RailKey = `${string}:charge` | `${string}:refund-${number}`;

/** Money that a rail is asked to move. */
export interface RailOrder {
  readonly key: RailKey;
  readonly amount: Amount;
  /** Whose money it is. */
  readonly from: Account;
  /** Who gets it. */
  readonly to: Account;
}

/** What a rail says. `unknown` is an answer of its own: nobody can say whether the money moved. */
export type RailAnswer =
  | { readonly kind: 'done'; readonly approvalCode: number }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a rail says about an earlier order. `absent`: it never saw the key, so the order may be given again. */
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
  /** What to do about an unknown charge: ask what became of it, or take it back. */
  readonly recovery: 'inquire' | 'reverse';
  charge(order: RailOrder): Promise<RailAnswer>;
  /** Takes a charge back, whether or not it happened; `done` means that no money moved. */
  reverse(key: RailKey): Promise<RailAnswer>;
  refund(order: RailOrder): Promise<RailAnswer>;
  inquire(key: RailKey): Promise<RailInquiry>;
  /** What the rail moved in `[from, to)`, ms since 1970. */
  settlement(from: number, to: number): Promise<readonly SettlementLine[]>;
}
