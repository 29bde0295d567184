import type { JWK } from 'jose';
import { PUBLIC_EXPONENT_TEXT } from './rsa-key.ts';
import type { JwsKey } from './stored-key.ts';

/** A public key as others get it (RFC 7517). */
export interface PublicJwk extends JWK {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
  /** Of a key that another one has followed: what names a later time was not signed by it, unix seconds. As in OpenID Federation 1.0, 8.7. */
  readonly exp?: number | undefined;
}

/** The public half of a key, as a JWK. */
export function publicJwk({ kid, modulus, endsAt }: JwsKey): PublicJwk {
  const n = Buffer.from(modulus).toString('base64url');
  const end = endsAt === undefined ? {} : { exp: Math.floor(endsAt / 1_000) };
  return { kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e: PUBLIC_EXPONENT_TEXT, ...end };
}
