import type { Amount } from '../../device/safe-mobile/index.ts';

/** Seconds a customer has unless the merchant says otherwise. */
export const DEFAULT_TTL = 120;

/** A merchant's request as it comes from outside. */
export interface PaymentOrder {
  /** The merchant's key of this payment. */
  readonly mref: string;
  /** The customer's number, E.164, or alias. */
  readonly customer: string;
  readonly amount: Amount;
  /** What it is for; shown to the customer. Default: nothing. */
  readonly reference?: string;
  /** Seconds the customer has, 30 to 2550. Default {@link DEFAULT_TTL}. */
  readonly ttl?: number;
}
