import { join } from 'node:path';
import type { Clock } from '../../modem/index.ts';
import { cardRail } from '../../server/index.ts';
import { CardHost } from '../hosts/card-host.ts';
import { memoryCardLine } from '../hosts/card-link.ts';
import { CUSTOMER } from './cast.ts';
import type { Purse } from './purse.ts';
import { inUnits } from './purse-host.ts';

const ACQUIRER = '12345';
const SHOP = 'EDICOLA DUOMO';
const CARD = { token: '9000000000000000017', lastDigits: '4242' } as const;

/** What the issuer allows the customer, minor units. */
const CARD_LIMIT = 1_000_000;

/** A card at a card host. @param folder where the host keeps its book; absent: nowhere */
export function cardPurse(clock: Clock, folder: string | undefined): Purse {
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
    cardOf: (number) => (number === CUSTOMER.number ? CARD : undefined),
    statements: async (from, to) => [{ name: 'card-host', text: host.statement(from, to) }],
  });
  return {
    rails: [rail],
    host: {
      name: 'card',
      title: 'card host',
      misbehave: (fault) => host.misbehave(fault),
      listen: (listener) =>
        host.listen(({ kind, trace, minor, state, code }) =>
          listener({
            data: { kind, trace, minor, state, code },
            text: `${kind} ${trace} of ${inUnits(minor)}: ${state}, code ${code}`,
            brief: `${inUnits(minor)} ${state}`,
          }),
        ),
    },
    async fill() {},
    left: async () => CARD_LIMIT - host.moved(),
  };
}
