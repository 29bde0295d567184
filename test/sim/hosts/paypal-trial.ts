import type { Clock } from '../../../modem/index.ts';
import { type AskOverHttp, paypalRail } from '../../../server/index.ts';
import { memoryPayPal, PayPalHost, type PayPalHostOptions } from '../../../sim/index.ts';

const ADDRESS = 'https://api.paypal.example';

/** What client and host have agreed on. */
export const AGREED = { clientId: 'client', secret: 'secret', webhookId: '4JH86294D6297924G' };

/** The payment token of the one customer. */
export const VAULT_ID = '8kk8451t';

/** The PayPal rail, and the double of its host in memory. @param between sees what goes from one to the other */
export function paypalUnderTrial(
  clock: Clock,
  options: Partial<PayPalHostOptions> = {},
  between: (http: AskOverHttp) => AskOverHttp = (http) => http,
) {
  const host = new PayPalHost({ clock, ...AGREED, vault: [VAULT_ID], address: ADDRESS, ...options });
  const rail = paypalRail({
    ...AGREED,
    url: ADDRESS,
    certificateOrigins: [ADDRESS],
    http: between(memoryPayPal(host, clock)),
    clock,
    vaultIdOf: () => VAULT_ID,
  });
  return { rail, host };
}
