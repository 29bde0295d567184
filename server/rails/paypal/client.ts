import { z } from 'zod';
import type { Clock } from '../../../modem/index.ts';
import { type AskOverHttp, NotSent } from './http.ts';

/** Who the service is at PayPal. */
export interface Credentials {
  /** `https://api-m.paypal.com`, or that of the sandbox; without a path. */
  readonly url: string;
  readonly clientId: string;
  readonly secret: string;
}

/** An answer of PayPal; `body` is its JSON, `undefined` when it has none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request to PayPal's API. */
export interface Question {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  /** PayPal-Request-Id, at most 108 characters. */
  readonly requestId?: string;
  readonly body?: object;
}

/** RFC 6749, section 5.1; `expires_in` in seconds. */
const Grant = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** How long before its end an access token is not used any more, ms. */
const SPARE_MS = 60_000;

/** Requests with an access token (OAuth 2.0, client credentials), which is kept until its end, and renewed once when PayPal refuses it. */
export class PayPalClient {
  readonly #credentials: Credentials;
  readonly #http: AskOverHttp;
  readonly #clock: Clock;
  #token: { readonly text: string; readonly endsAt: number } | undefined;

  constructor(credentials: Credentials, http: AskOverHttp, clock: Clock) {
    this.#credentials = credentials;
    this.#http = http;
    this.#clock = clock;
  }

  /** @throws NotSent when there is no connection, or no access token; Error when there is no whole answer in time */
  async ask(question: Question): Promise<Answer> {
    const token = await this.#accessToken().catch((error: unknown) => {
      throw new NotSent(error instanceof Error ? error.message : String(error));
    });
    const answer = await this.#send(question, token);
    if (answer.status !== 401) return answer;
    if (this.#token?.text === token) this.#token = undefined;
    return this.#send(question, await this.#accessToken());
  }

  async #send({ method, path, requestId, body }: Question, token: string): Promise<Answer> {
    const answer = await this.#http({
      method,
      url: this.#credentials.url + path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json', prefer: 'return=representation' }),
        ...(requestId !== undefined && { 'paypal-request-id': requestId }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: jsonIn(answer.body) };
  }

  async #accessToken(): Promise<string> {
    const now = this.#clock.now();
    if (this.#token !== undefined && now < this.#token.endsAt) return this.#token.text;
    const { url, clientId, secret } = this.#credentials;
    const { status, body } = await this.#http({
      method: 'POST',
      url: `${url}/v1/oauth2/token`,
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    const grant = Grant.safeParse(jsonIn(body));
    if (status !== 200 || !grant.success) throw new Error(`PayPal gives no access token (${status}): check the secret`);
    const { access_token: text, expires_in: seconds } = grant.data;
    this.#token = { text, endsAt: now + seconds * 1000 - SPARE_MS };
    return text;
  }
}

/** The JSON of a text; `undefined` when it is none. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
