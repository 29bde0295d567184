import { join } from 'node:path';
import type { Clock } from '../../modem/index.ts';
import { paypalRail } from '../../server/index.ts';
import { PayPalHost } from '../hosts/paypal-host.ts';
import { memoryPayPal } from '../hosts/paypal-link.ts';
import { CUSTOMER } from './cast.ts';
import type { Purse } from './purse.ts';
import { inUnits } from './purse-host.ts';

/** What the service and this PayPal have agreed on. */
const AGREED = { clientId: 'edicola', secret: 'edicola', webhookId: '4JH86294D6297924G' } as const;
const ADDRESS = 'https://api.paypal.example';
const VAULT_ID = '8kk8451t';

/** What the customer has at PayPal, minor units. */
const BALANCE = 1_000_000;

/** How long a webhook travels, ms. */
const WEBHOOK_MS = 200;

/** An account in the vault of PayPal. @param folder where PayPal keeps its book; absent: nowhere */
export function paypalPurse(clock: Clock, folder: string | undefined): Purse {
  const host = new PayPalHost({
    ...{ clock, ...AGREED, vault: [VAULT_ID], address: ADDRESS },
    ...(folder !== undefined && { bookFile: join(folder, 'paypal-host.jsonl') }),
  });
  const rail = paypalRail({
    ...AGREED,
    url: ADDRESS,
    certificateOrigins: [ADDRESS],
    http: memoryPayPal(host, clock),
    clock,
    vaultIdOf: (number) => (number === CUSTOMER.number ? VAULT_ID : undefined),
  });
  return {
    rails: [rail],
    host: {
      name: 'paypal',
      title: 'PayPal',
      misbehave: (fault) => host.misbehave(fault),
      listen: (listener) =>
        host.listen(({ kind, id, minor, status }) =>
          listener({
            data: { kind, id, minor, status },
            text: `${kind} ${id} of ${inUnits(minor)}: ${status}`,
            brief: `${inUnits(minor)} ${status}`,
          }),
        ),
    },
    deliver(notice) {
      host.onNotice = (body, headers = {}) => void clock.after(WEBHOOK_MS, () => void notice(body, headers));
    },
    async fill() {},
    left: async () => BALANCE - host.moved(),
  };
}
