import type { Clock } from '../../modem/index.ts';
import type { Rail } from '../../server/index.ts';
import { cardPurse } from './card-purse.ts';
import { POCKET_MONEY, type PurseName } from './cast.ts';
import { paypalPurse } from './paypal-purse.ts';
import type { PurseHost } from './purse-host.ts';
import type { Till } from './till.ts';

/** What the customer of a stage pays with. */
export interface Purse {
  /** The rails of the service, as its options take them. */
  readonly rails: readonly Rail[];
  /** The host that moves the money, when it is not the service itself. */
  readonly host?: PurseHost;
  /** Says who takes what the host sends by itself. Absent: it sends nothing. */
  deliver?(notice: (message: Uint8Array, headers: Readonly<Record<string, string>>) => Promise<void>): void;
  /** Puts in what the customer has for this run. @param office a till with the operator's key */
  fill(office: Till, customerId: number, run: number): Promise<void>;
  /** Minor units left to the customer. */
  left(office: Till, customerId: number): Promise<number>;
}

/** The purse of a stage. @param folder where the host keeps its book; absent: nowhere */
export function openPurse(name: PurseName, clock: Clock, folder: string | undefined): Purse {
  if (name === 'card') return cardPurse(clock, folder);
  return name === 'paypal' ? paypalPurse(clock, folder) : prepaidAccount();
}

function prepaidAccount(): Purse {
  return {
    rails: [],
    fill: (office, customerId, run) => office.deposit(customerId, POCKET_MONEY, `pocket-money-${run}`),
    left: (office, customerId) => office.balance(customerId),
  };
}
