import type { Clock } from '../../modem/index.ts';
import type { PayPalHost } from './paypal-host.ts';

/** PayPal sends a webhook up to 25 times within three days, until its receiver answers with a status of 2xx. */
const TRIES = 25;
const PAUSE_MS = (3 * 24 * 3_600_000) / (TRIES - 1);

/** How long the receiver may take for its answer, ms. */
const ANSWER_MS = 30_000;

/** Sends the webhooks of a host to an address, each until it is taken. */
export function deliverWebhooks(host: PayPalHost, address: string, clock: Clock): void {
  host.onNotice = (body, headers = {}) => {
    let tries = 0;
    const send = async () => {
      tries += 1;
      const taken = await isTaken(address, body, headers);
      if (!taken && tries < TRIES) clock.after(PAUSE_MS, () => void send());
    };
    void send();
  };
}

async function isTaken(address: string, body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(address, {
      method: 'POST',
      headers,
      body: Buffer.from(body),
      redirect: 'error',
      signal,
    });
    return answer.ok;
  } catch {
    return false;
  }
}
