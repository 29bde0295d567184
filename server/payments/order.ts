import type { Amount } from '../../device/safe-mobile/index.ts';

/** A merchant's request as it comes from outside. */
export interface PaymentOrder {
  /** The merchant's key of this payment. */
  readonly mref: string;
  /** The customer's number, E.164. */
  readonly customer: string;
  readonly amount: Amount;
  /** What it is for; shown to the customer. Default: nothing. */
  readonly reference?: string;
  /** Seconds the customer has, 30 to 2550. Default 120. */
  readonly ttl?: number;
}
