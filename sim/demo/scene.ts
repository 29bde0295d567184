import type { PaymentState } from '../../server/index.ts';
import { CUSTOMER } from './cast.ts';
import type { Stage } from './stage.ts';
import type { PaymentView } from './till.ts';

/** One payment of the play, and how it has to end. */
export interface Scene {
  readonly name: string;
  /** What happens, for people. */
  readonly plot: string;
  readonly outcome: PaymentState;
  /** SMS that the network takes for it, repeats included. Absent: as many as the latency makes of it. */
  readonly sms?: number;
  /** Minor units that the customer has less at its end. */
  readonly paid: number;
  /** Plays it to the end. @returns the txn of the payment */
  play(stage: Stage): Promise<string>;
}

/** The merchant asks the customer for `minor` cents at the till. @param ttl how long the request lasts, s */
export async function ask(
  stage: Stage,
  mref: string,
  minor: number,
  reference: string,
  ttl?: number,
): Promise<PaymentView> {
  return stage.till.requestPayment({
    mref: `${mref}-of-run-${stage.run}`,
    customer: CUSTOMER.number,
    amount: { minor, currency: 'EUR' },
    reference,
    ...(ttl === undefined ? {} : { ttl }),
  });
}
