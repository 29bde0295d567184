import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Authentication } from '../authentications/authentication.ts';
import { AMR } from '../vocabulary/amr.ts';

/** How long an ID token is good, seconds: the client looks at it at once. The access token opens nothing, and lives as long. */
export const GOOD_FOR_SECONDS = 300;

/** The one way in which people authenticate here: with the PIN that a key on their own phone needs. */
export const ACR = 'urn:cash-mobile:acr:phone-pin';

/** Who is told of whom, and when. */
interface IdTokenOf {
  readonly issuer: string;
  /** The relying party. */
  readonly clientId: string;
  /** The pairwise name of the person. */
  readonly sub: string;
  readonly accessToken: string;
  /** ms since 1970. */
  readonly now: number;
}

/** The claims of an ID token (OpenID Connect Core 1.0, 2 and 3.1.3.6). */
export function idTokenClaims({ changedAt }: Authentication, of: IdTokenOf): JWTPayload {
  const iat = Math.floor(of.now / 1000);
  return {
    iss: of.issuer,
    aud: of.clientId,
    sub: of.sub,
    iat,
    exp: iat + GOOD_FOR_SECONDS,
    auth_time: Math.floor(changedAt / 1000),
    acr: ACR,
    amr: AMR,
    at_hash: halfHash(of.accessToken),
  };
}

/** The left half of the SHA-256, as RS256 wants it. */
function halfHash(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
}
