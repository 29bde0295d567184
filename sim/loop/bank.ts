import type { Clock } from '../../modem/index.ts';
import type { RemoteRail } from '../../server/index.ts';
import { ExampleHost, type HostOrder } from '../hosts/example-host.ts';
import { exampleRail } from '../hosts/example-rail.ts';
import { type HostLink, memoryLink } from '../hosts/host-link.ts';
import type { Lifeline } from './lifeline.ts';
import { hasMoved, type LostRefund, type PaymentHost } from './payment-host.ts';

const SECRET = 'between rail and host';
const KEY_LIFE_MS = 48 * 3_600_000;
const LATENCY_MS = 300;

/** The example host, and its rail; lost answers are dealt with in one of three ways. */
export class Bank implements PaymentHost {
  readonly double: ExampleHost;
  readonly #clock: Clock;
  readonly #onUnknown: 'inquire' | 'repeat' | 'reverse';

  /** @param notice gets what the bank sends by itself */
  constructor(clock: Clock, onUnknown: 'inquire' | 'repeat' | 'reverse', notice: (message: Uint8Array) => void) {
    this.#clock = clock;
    this.#onUnknown = onUnknown;
    this.double = new ExampleHost({ clock, secret: SECRET, keyLifeMs: KEY_LIFE_MS });
    this.double.onNotice = notice;
  }

  rail(lifeline: Lifeline, clock: Clock): RemoteRail {
    const near = memoryLink(this.double.serve, this.#clock, LATENCY_MS);
    const link: HostLink = (line, heard) => {
      let close = () => {};
      lifeline.send(() => {
        close = near(line, (answer) => lifeline.run(() => heard(answer))).close;
      });
      return { close: () => close() };
    };
    return exampleRail({
      link,
      clock: lifeline.clock(clock),
      secret: SECRET,
      capabilities: {
        onUnknown: this.#onUnknown,
        keyLifeMs: { charge: KEY_LIFE_MS, refund: KEY_LIFE_MS, reversal: KEY_LIFE_MS },
      },
      inquiry: this.#onUnknown !== 'repeat',
    });
  }

  get orders(): readonly HostOrder[] {
    return this.double.orders;
  }

  hasCharged(txn: string): boolean {
    return hasMoved(this.orders, `${txn}:charge`);
  }

  hasGivenBack({ key }: LostRefund): boolean {
    return hasMoved(this.orders, key);
  }
}
