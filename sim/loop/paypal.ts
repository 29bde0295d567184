import type { Clock } from '../../modem/index.ts';
import { type AskOverHttp, paypalRail, type RemoteRail } from '../../server/index.ts';
import type { HostOrder } from '../hosts/example-host.ts';
import type { PayPalEntry } from '../hosts/paypal-book.ts';
import { PayPalHost } from '../hosts/paypal-host.ts';
import { memoryPayPal } from '../hosts/paypal-link.ts';
import type { Lifeline } from './lifeline.ts';
import { hasMoved, type LostRefund, type PaymentHost } from './payment-host.ts';

const AGREED = { clientId: 'town', secret: 'town', webhookId: '4JH86294D6297924G' } as const;
const ADDRESS = 'https://api.paypal.example';
const VAULT_ID = '8kk8451t';
const LATENCY_MS = 300;

/** PayPal, and the rail to it: everybody in town has an account in the vault. */
export class PayPal implements PaymentHost {
  readonly double: PayPalHost;
  readonly #clock: Clock;

  /** @param notice gets each webhook */
  constructor(clock: Clock, notice: PayPalHost['onNotice']) {
    this.#clock = clock;
    this.double = new PayPalHost({ clock, ...AGREED, vault: [VAULT_ID], address: ADDRESS });
    this.double.onNotice = notice;
  }

  rail(lifeline: Lifeline, clock: Clock): RemoteRail {
    return paypalRail({
      ...AGREED,
      url: ADDRESS,
      certificateOrigins: [ADDRESS],
      http: tied(memoryPayPal(this.double, this.#clock, LATENCY_MS), lifeline),
      clock: lifeline.clock(clock),
      vaultIdOf: () => VAULT_ID,
    });
  }

  get orders(): readonly HostOrder[] {
    return this.double.entries.map(orderOf);
  }

  hasCharged(txn: string): boolean {
    return hasMoved(this.orders, `${txn}:charge`);
  }

  hasGivenBack({ key }: LostRefund): boolean {
    return hasMoved(this.orders, key);
  }
}

/** An entry of PayPal's book as that of any host. PayPal keeps our key as `custom_id`, with a full stop for the colon. */
export function orderOf({ kind, customId = '', minor, currency, at, status }: PayPalEntry): HostOrder {
  const key = customId.replace('.', ':');
  const of = `${key.split(':')[0]}:charge`;
  const state = status === 'COMPLETED' ? 'moved' : status === 'PENDING' ? 'pending' : 'declined';
  return { key, kind: kind === 'capture' ? 'charge' : 'refund', of, minor, currency, at, state };
}

/** What a process asks and hears while it lives; what comes while it is stopped waits. */
function tied(ask: AskOverHttp, lifeline: Lifeline): AskOverHttp {
  return (request) =>
    new Promise((resolve, reject) => {
      lifeline.send(
        () =>
          void ask(request).then(
            (answer) => lifeline.run(() => resolve(answer)),
            (error) => lifeline.run(() => reject(error)),
          ),
      );
    });
}
