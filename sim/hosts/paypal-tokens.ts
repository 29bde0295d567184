import type { Clock } from '../../modem/index.ts';
import { answer, type PayPalAnswer, refused } from './paypal-answers.ts';

/** How long an access token lives, ms: nine hours. */
const TOKEN_LIFE_MS = 9 * 3_600_000;

/** The access tokens of one client (OAuth 2.0, client credentials, RFC 6749 section 4.4). */
export class PayPalTokens {
  readonly #clock: Clock;
  readonly #basic: string;
  readonly #ends = new Map<string, number>();
  #granted = 0;

  constructor({
    clock,
    clientId,
    secret,
  }: { readonly clock: Clock; readonly clientId: string; readonly secret: string }) {
    this.#clock = clock;
    this.#basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  }

  /** The answer to POST /v1/oauth2/token. */
  grant({ method, headers, body }: TokenRequest): PayPalAnswer {
    if (method !== 'POST' || body !== 'grant_type=client_credentials') return refused(400);
    if (headers['authorization'] !== this.#basic) {
      return answer(401, { error: 'invalid_client', error_description: 'Client Authentication failed' });
    }
    this.#granted += 1;
    const token = `A21AA-${this.#granted}`;
    this.#ends.set(token, this.#clock.now() + TOKEN_LIFE_MS);
    return answer(200, { scope: '', access_token: token, token_type: 'Bearer', expires_in: TOKEN_LIFE_MS / 1000 });
  }

  /** Whether a request has a token that has not ended. */
  admits({ headers }: Pick<TokenRequest, 'headers'>): boolean {
    const token = headers['authorization']?.replace(/^Bearer /, '') ?? '';
    return (this.#ends.get(token) ?? 0) > this.#clock.now();
  }

  /** All tokens end now. */
  endAll(): void {
    this.#ends.clear();
  }
}

interface TokenRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}
