import type { Clock } from '../../modem/index.ts';
import type { RemoteRail } from '../../server/index.ts';
import type { HostFault, HostOrder } from '../hosts/example-host.ts';
import type { Lifeline } from './lifeline.ts';

/** A refund that the service gave up: nobody knows whether its host carried it out. */
export interface LostRefund {
  /** Under which the rail asked. */
  readonly key: string;
  readonly txn: string;
  readonly minor: number;
  /** How many refunds of this payment and as large the service knows to be done. */
  readonly done: number;
}

/** What every double of a host can be told. */
interface HostDouble {
  /** Nothing that is sent reaches the host. */
  down: boolean;
  /** What the host does wrong with the next order. */
  misbehave(fault: HostFault): void;
  /** Decides about all that is pending. */
  decide(state: 'moved' | 'declined'): void;
}

/** The host that moves the money of a town: what the loop does with it, and reads of its book. */
export interface PaymentHost {
  readonly double: HostDouble;
  /** The rail to it, of one life of the service. @param clock of the service's machine */
  rail(lifeline: Lifeline, clock: Clock): RemoteRail;
  /** Its book: the latest entry of each order, whose key begins with the txn. */
  readonly orders: readonly HostOrder[];
  /** Whether the book has the charge of a payment as moved. */
  hasCharged(txn: string): boolean;
  /** Whether the book has a refund as moved that the service gave up. */
  hasGivenBack(refund: LostRefund): boolean;
}

/** Whether a book has the order with this key as moved. */
export function hasMoved(orders: readonly HostOrder[], key: string): boolean {
  return orders.some((order) => order.key === key && order.state === 'moved');
}
