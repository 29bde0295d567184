import type { AskingContext } from '../approvals/context.ts';
import type { Authentication } from '../authentications/authentication.ts';
import { requestAuthentication } from '../authentications/request.ts';
import { type Parameters, readBackchannelRequest, readNotificationToken } from '../ciba/backchannel-request.ts';
import { fetchable, INTERVAL_SECONDS, insertCibaRequest, lifeOf, poll, sha256 } from '../ciba/ciba-request.ts';
import { GOOD_FOR_SECONDS, idTokenClaims } from '../ciba/id-token.ts';
import { OAuthError, type OAuthErrorCode } from '../ciba/oauth-error.ts';
import { sealPing } from '../ciba/ping.ts';
import type { JwsKeys } from '../jws-keys/jws-keys.ts';
import type { PairwiseNames } from '../parties/pairwise.ts';
import type { RelyingParty } from '../parties/relying-parties.ts';
import type { Store } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';

/** The grant type of the token endpoint (CIBA Core 1.0, 4). */
export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

/** Random octets of an auth_req_id and of an access token: 160 bits at least are recommended (7.3), these are 256. */
const SECRET_OCTETS = 32;

/** A ping leaves so long after the time of the person is over, seconds, when nothing was heard of the end before. */
const PING_LATE_SECONDS = 10;

/** The answer to a backchannel authentication request (7.3). */
export interface Acknowledgement {
  readonly auth_req_id: string;
  readonly expires_in: number;
  readonly interval: number;
  /** Four digits for the client's screen, of which the phone asks for the last two; not of the standard. */
  readonly match_code: string;
}

/** The answer with the tokens (10.1.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly id_token: string;
}

interface CibaContext extends AskingContext {
  readonly store: Store;
  readonly jwsKeys: JwsKeys;
  readonly pairwise: PairwiseNames;
  /** The URL by which clients know the service: `iss`. */
  readonly issuer: () => string;
}

/** OpenID Connect CIBA Core 1.0 for relying parties: a login, asked for and fetched in the words of the standard. */
export class Ciba {
  readonly #context: CibaContext;

  constructor(context: CibaContext) {
    this.#context = context;
  }

  /** The URL by which clients know the service. */
  get issuer(): string {
    return this.#context.issuer();
  }

  /** Asks a person to log in. Of one who cannot be asked the answer is the same. @throws OAuthError */
  async authorize(party: RelyingParty, parameters: Parameters): Promise<Acknowledgement> {
    const { store, clock, vault, timers } = this.#context;
    const notificationToken = party.notificationEndpoint && readNotificationToken(parameters);
    const { who, title, ttl, matchCode } = readBackchannelRequest(parameters);
    const authReqId = this.#secret();
    const order = { kind: 'login', key: `ciba-${this.#secret()}`, who, title, ttl, matchCode } as const;
    const work = async () =>
      store.transaction(
        'ciba request',
        async (tx) => {
          const { authentication } = await requestAuthentication(tx, this.#context, party, order);
          const { id, createdAt } = authentication;
          const due = createdAt + (authentication.ttl + PING_LATE_SECONDS) * 1000;
          const ping =
            notificationToken === undefined
              ? undefined
              : { sealed: sealPing(vault, id, { authReqId, notificationToken }), due };
          await insertCibaRequest(tx, authReqId, id, clock.now(), ping);
          if (ping !== undefined) timers.dueAt(tx, due);
          return authentication;
        },
        'fail',
      );
    const one = await work().catch((error: unknown) => {
      throw error instanceof ServiceError ? oauthErrorOf(error) : error;
    });
    return {
      auth_req_id: authReqId,
      expires_in: lifeOf(one.ttl),
      interval: INTERVAL_SECONDS,
      match_code: String(one.matchCode).padStart(4, '0'),
    };
  }

  /** Gives the tokens of a login, once, when the person has confirmed. @throws OAuthError */
  async token(party: RelyingParty, parameters: Parameters): Promise<TokenResponse> {
    const { store, clock } = this.#context;
    const { grant_type: grantType, auth_req_id: authReqId } = parameters;
    if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing');
    if (grantType !== CIBA_GRANT) throw new OAuthError('unsupported_grant_type', `expected ${CIBA_GRANT}`);
    if (authReqId === undefined) throw new OAuthError('invalid_request', 'auth_req_id is missing');
    const now = clock.now();
    const confirmed = await store.read((tx) => fetchable(tx, party, authReqId, now));
    // Signed before the auth_req_id is used up: without a signature the client asks once more.
    const tokens = confirmed && (await this.#tokensOf(party, confirmed, now));
    const tokenHash = tokens && sha256(tokens.access_token);
    const polled = await store.transaction('ciba token', (tx) => poll(tx, party, authReqId, tokenHash, now), 'fail');
    if (polled.said === 'tokens' && tokens !== undefined) return tokens;
    if (polled.said === 'tokens') throw new Error('tokens were given that are not there');
    // Here each refusal has the status 400 (RFC 6749, 5.2).
    throw new OAuthError(polled.said, SENTENCES[polled.said], 400);
  }

  async #tokensOf(party: RelyingParty, one: Authentication, now: number): Promise<TokenResponse> {
    const { jwsKeys, pairwise } = this.#context;
    if (one.personId === undefined) throw new Error('a person who is nobody has confirmed');
    const accessToken = this.#secret();
    const sub = await pairwise.of(party.id, one.personId);
    const claims = idTokenClaims(one, { issuer: this.issuer, clientId: String(party.id), sub, accessToken, now });
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: GOOD_FOR_SECONDS,
      id_token: await jwsKeys.sign('JWT', claims),
    };
  }

  #secret(): string {
    return Buffer.from(this.#context.random.bytes(SECRET_OCTETS)).toString('base64url');
  }
}

const SENTENCES = {
  authorization_pending: 'the person has not answered yet',
  slow_down: 'asked too early: wait 5 s longer each time',
  access_denied: 'the person did not confirm',
  expired_token: 'the auth_req_id has expired',
  invalid_grant: 'the auth_req_id is unknown, of another client, or was used',
} as const;

/** What the service says of a request, in the words of section 13. The number and the time are right by then: what is not valid is the title. */
function oauthErrorOf({ code, message }: ServiceError): OAuthError {
  const codes: Partial<Record<ServiceError['code'], OAuthErrorCode>> = {
    'invalid-request': 'invalid_binding_message',
    forbidden: 'unauthorized_client',
  };
  return new OAuthError(codes[code] ?? 'access_denied', message.replace(/^title: /, 'binding_message: '));
}
