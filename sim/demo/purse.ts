import { join } from 'node:path';
import type { Clock } from '../../modem/index.ts';
import { cardRail, type Rail } from '../../server/index.ts';
import { CardHost } from '../hosts/card-host.ts';
import { memoryCardLine } from '../hosts/card-link.ts';
import { CUSTOMER, POCKET_MONEY, type PurseName } from './cast.ts';
import type { Till } from './till.ts';

/** What the customer of a stage pays with. */
export interface Purse {
  /** The rails of the service, as its options take them. */
  readonly rails: readonly Rail[];
  /** The host that answers for the card. */
  readonly host?: CardHost;
  /** Puts in what the customer has for this run. @param office a till with the operator's key */
  fill(office: Till, customerId: number, run: number): Promise<void>;
  /** Minor units left to the customer. */
  left(office: Till, customerId: number): Promise<number>;
}

const ACQUIRER = '12345';
const SHOP = 'EDICOLA DUOMO';
const TOKEN = '9000000000000000017';

/** What the issuer allows the customer, minor units. */
const CARD_LIMIT = 1_000_000;

/** The purse of a stage. @param folder where the card host keeps its book; absent: nowhere */
export function openPurse(name: PurseName, clock: Clock, folder: string | undefined): Purse {
  return name === 'ledger' ? prepaidAccount() : card(clock, folder);
}

function prepaidAccount(): Purse {
  return {
    rails: [],
    fill: (office, customerId, run) => office.deposit(customerId, POCKET_MONEY, `pocket-money-${run}`),
    left: (office, customerId) => office.balance(customerId),
  };
}

function card(clock: Clock, folder: string | undefined): Purse {
  const host = new CardHost({
    clock,
    merchant: SHOP,
    speech: { variant: 'ascii', lengthCountsItself: false, tpdu: false },
    ...(folder !== undefined && { bookFile: join(folder, 'card-host.jsonl') }),
  });
  const rail = cardRail({
    open: memoryCardLine(host, clock),
    clock,
    dialect: { variant: 'ascii', framing: { lengthCountsItself: false } },
    acquirer: ACQUIRER,
    merchant: SHOP,
    terminals: ['SMS00001'],
    reversals: 'request',
    cardOf: (number) => (number === CUSTOMER.number ? TOKEN : undefined),
    statements: async (from, to) => [{ name: 'card-host', text: host.statement(from, to) }],
  });
  return {
    rails: [rail],
    host,
    async fill() {},
    left: async () => CARD_LIMIT - host.moved(),
  };
}
