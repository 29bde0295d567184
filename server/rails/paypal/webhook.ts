import { verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { Clock } from '../../../modem/index.ts';
import type { Notice, NoticeHeaders } from '../rail.ts';
import { Capture, captured, type Found, Refund, refunded } from './answers.ts';
import type { AskOverHttp } from './http.ts';
import { keyOf } from './note.ts';

/** What a receiver of webhooks knows of the sender. */
export interface WebhookTrust {
  /** The id that PayPal gave to the address of the webhooks. */
  readonly webhookId: string;
  /** Where certificates are taken from, as `https://api.paypal.com`; nobody else is asked. */
  readonly certificateOrigins: readonly string[];
}

/** The most certificates that are kept. PayPal has one at a time. */
const CERTIFICATES_LIMIT = 8;

const CERTIFICATE_PATH = /^\/v1\/notifications\/certs\/[0-9A-Za-z-]{1,100}$/;

const Headers = z.object({
  'paypal-auth-algo': z.literal('SHA256withRSA'),
  'paypal-cert-url': z.string(),
  'paypal-transmission-id': z.string(),
  'paypal-transmission-time': z.string(),
  'paypal-transmission-sig': z.base64(),
});

const Event = z.object({ event_type: z.string(), resource: z.looseObject({ custom_id: z.string().optional() }) });

/** The webhooks of PayPal: whose they are, and what they say. */
export class Webhooks {
  readonly #trust: WebhookTrust;
  readonly #http: AskOverHttp;
  readonly #clock: Clock;
  readonly #certificates = new Map<string, X509Certificate>();

  constructor(trust: WebhookTrust, http: AskOverHttp, clock: Clock) {
    this.#trust = trust;
    this.#http = http;
    this.#clock = clock;
  }

  /**
   * What a webhook says of orders from here; nothing when it is about something else. Its age does not matter: PayPal sends one for three
   * days. @throws Error when PayPal has not signed it, or its certificate cannot be had
   */
  async read(body: Uint8Array, headers: NoticeHeaders): Promise<readonly Notice[]> {
    const signed = Headers.safeParse(headers);
    if (!signed.success) throw new Error('the headers that sign it are missing');
    const {
      'paypal-cert-url': url,
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': signature,
    } = signed.data;
    const certificate = await this.#certificate(url);
    const text = `${id}|${time}|${this.#trust.webhookId}|${crc32(body)}`;
    if (!verify('sha256', Buffer.from(text), certificate.publicKey, Buffer.from(signature, 'base64'))) {
      throw new Error('PayPal has not signed it');
    }
    return noticesOf(JSON.parse(Buffer.from(body).toString('utf8')));
  }

  async #certificate(text: string): Promise<X509Certificate> {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const { certificateOrigins } = this.#trust;
    if (url === undefined || !certificateOrigins.includes(url.origin) || !CERTIFICATE_PATH.test(url.pathname)) {
      throw new Error(`its certificate is not at ${certificateOrigins.join(' or ')}`);
    }
    const address = `${url.origin}${url.pathname}`;
    const certificate = this.#certificates.get(address) ?? (await this.#fetched(address));
    const now = this.#clock.now();
    if (now < certificate.validFromDate.getTime() || now > certificate.validToDate.getTime()) {
      throw new Error(`its certificate is of another time: ${certificate.validFrom} to ${certificate.validTo}`);
    }
    return certificate;
  }

  async #fetched(address: string): Promise<X509Certificate> {
    const { status, body } = await this.#http({ method: 'GET', url: address, headers: {} });
    if (status !== 200) throw new Error(`its certificate is not there (${status})`);
    const certificate = new X509Certificate(body);
    const [oldest] = this.#certificates.keys();
    if (oldest !== undefined && this.#certificates.size >= CERTIFICATES_LIMIT) this.#certificates.delete(oldest);
    this.#certificates.set(address, certificate);
    return certificate;
  }
}

/** Events about captures, and about refunds; a refund that is complete is an event of its capture. */
const OF_CAPTURES = ['COMPLETED', 'PENDING', 'DENIED', 'DECLINED'].map((end) => `PAYMENT.CAPTURE.${end}`);
const OF_REFUNDS = ['PAYMENT.CAPTURE.REFUNDED', 'PAYMENT.REFUND.PENDING', 'PAYMENT.REFUND.FAILED'];

/** PayPal has given the money of a capture back to the payer, against the merchant's will. */
const REVERSED = 'PAYMENT.CAPTURE.REVERSED';

function noticesOf(json: unknown): readonly Notice[] {
  const { event_type: type, resource } = Event.parse(json);
  const key = keyOf(resource.custom_id);
  if (key === undefined) return [];
  const isRefund = key.includes(':refund-');
  if (OF_REFUNDS.includes(type) && isRefund) return [{ key, outcome: noted(refunded(Refund.parse(resource))) }];
  if (isRefund) return [];
  if (type === REVERSED) return [{ key, outcome: { kind: 'declined', reason: 'reversed' } }];
  return OF_CAPTURES.includes(type) ? [{ key, outcome: noted(captured(Capture.parse(resource))) }] : [];
}

/** The note has PayPal's id, so that a refund finds its capture when the answer to the charge was lost, and what PayPal keeps. */
function noted({ id, fee, ...outcome }: Found): Notice['outcome'] {
  return { ...outcome, note: JSON.stringify({ id, fee }) };
}
