import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { timeText } from './paypal-answers.ts';
import { certificateOf, type Identity } from './paypal-certificate.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/** A webhook as it leaves: the body, and the headers in which it is signed. */
export interface Webhook {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

let made: Identity | undefined;

/** The key of PayPal's: one for all hosts of this process, because it takes long to make. */
function identity(): Identity {
  if (made !== undefined) return made;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  made = {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  };
  return made;
}

/** The signer of webhooks. */
export class WebhookSigner {
  readonly certificate: string;
  /** Where the certificate is, behind the address of the host: another key has another path, as at PayPal. */
  readonly certificatePath: string;
  readonly #identity: Identity = identity();
  readonly #webhookId: string;
  readonly #certificateUrl: string;
  #sent = 0;

  /** @param webhookId which PayPal has given to the receiver. @param address of the host. @param now ms since 1970 */
  constructor(webhookId: string, address: string, now: number) {
    this.#webhookId = webhookId;
    const name = createHash('sha256').update(this.#identity.publicKey).digest('hex');
    this.certificatePath = `/v1/notifications/certs/CERT-${name.slice(0, 8)}-${name.slice(8, 16)}-${name.slice(16, 24)}`;
    this.#certificateUrl = address + this.certificatePath;
    this.certificate = certificateOf(
      this.#identity,
      'messageverificationcerts.paypal.com',
      now - YEAR_MS,
      now + YEAR_MS,
    );
  }

  /** Signs an event: SHA256withRSA over transmission id, time, webhook id and the CRC-32 of the body in decimal, with bars between. */
  signed(event: object, now: number): Webhook {
    this.#sent += 1;
    const body = Buffer.from(JSON.stringify(event));
    const id = `00000000-0000-11f0-8000-${`${this.#sent}`.padStart(12, '0')}`;
    const time = timeText(now);
    const text = [id, time, this.#webhookId, crc32Of(body)].join('|');
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'paypal-auth-algo': 'SHA256withRSA',
        'paypal-cert-url': this.#certificateUrl,
        'paypal-transmission-id': id,
        'paypal-transmission-time': time,
        'paypal-transmission-sig': sign('sha256', Buffer.from(text), this.#identity.privateKey).toString('base64'),
      },
    };
  }
}

/** CRC-32 (ISO 3309), bit by bit: another way than the one that is tried with it. */
export function crc32Of(octets: Uint8Array): number {
  let sum = 0xffffffff;
  for (const octet of octets) {
    sum ^= octet;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
