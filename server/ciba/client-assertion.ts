import { createHash } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, errors, type JWTVerifyOptions, jwtVerify } from 'jose';
import { sameOctets } from '../../device/safe-mobile/index.ts';
import { CLIENT_ALGORITHMS, type ClientJwks } from '../parties/client-jwks.ts';
import type { RelyingParty } from '../parties/relying-parties.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { Parameters } from './backchannel-request.ts';

/** The one type of client assertions (RFC 7523, 2.2). */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** How long a client assertion may live from now on, seconds: its jti is known for longer. */
const LONGEST_LIFE_SECONDS = 600;

/** The clock of the client may be off by so much, seconds. */
const APART_SECONDS = 10;

/** Characters of a jti: it is a nonce. */
const JTI_CHARACTERS = 256;

/** What a client says to be itself: a JWT under its own key (`private_key_jwt`, OpenID Connect Core 1.0, 9), not looked at yet. */
export interface ClientAssertion {
  readonly jwt: string;
  /** `sub`: who it says that it is. */
  readonly clientId: string;
}

/** The client assertion of a request, or `undefined` when it has none. @throws ServiceError `unauthorized` */
export function readAssertion(parameters: Parameters): ClientAssertion | undefined {
  const { client_assertion: jwt, client_assertion_type: type, client_id: named } = parameters;
  if (jwt === undefined && type === undefined) return undefined;
  if (jwt === undefined || type !== ASSERTION_TYPE)
    throw refused(`expected client_assertion, and client_assertion_type ${ASSERTION_TYPE}`);
  const clientId = subjectOf(jwt);
  if (named !== undefined && named !== clientId) throw refused('client_id is another one than sub of client_assertion');
  return { jwt, clientId };
}

function subjectOf(jwt: string): string {
  try {
    const { sub }: { readonly sub?: unknown } = decodeJwt(jwt);
    return typeof sub === 'string' ? sub : '';
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused('client_assertion is no JWT');
    throw error;
  }
}

/**
 * Checks that the client has signed it, for this service and for now.
 * @param now ms since 1970 @returns its jti, which may have been used
 * @throws ServiceError `unauthorized`: what a client says of itself that is not so is told once its signature is right
 */
export async function verifyAssertion(
  { jwt, clientId }: ClientAssertion,
  keys: ClientJwks,
  issuer: string,
  now: number,
): Promise<string> {
  const {
    aud,
    exp = 0,
    iat = 0,
    jti,
  } = await claimsOf(jwt, keys, {
    ...{ issuer: clientId, subject: clientId, audience: issuer, algorithms: [...CLIENT_ALGORITHMS] },
    ...{ requiredClaims: ['exp', 'jti'], clockTolerance: APART_SECONDS, currentDate: new Date(now) },
  });
  // The endpoints' own URLs would do by CIBA Core 1.0, 7. Clients then sign for whoever describes such an endpoint as its own (RFC 7523bis).
  if (typeof aud !== 'string') throw refused('aud of client_assertion: expected the issuer alone, as a text');
  if (exp > now / 1000 + LONGEST_LIFE_SECONDS + APART_SECONDS)
    throw refused(`client_assertion lives too long: expected at most ${LONGEST_LIFE_SECONDS} s`);
  if (iat > now / 1000 + APART_SECONDS) throw refused('iat of client_assertion is in the future: look at the clock');
  if (typeof jti === 'string' && jti !== '' && jti.length <= JTI_CHARACTERS) return jti;
  throw refused(`jti of client_assertion: expected 1 to ${JTI_CHARACTERS} characters`);
}

async function claimsOf(jwt: string, keys: ClientJwks, options: JWTVerifyOptions) {
  try {
    return (await jwtVerify(jwt, createLocalJWKSet(keys), options)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused(sentenceOf(error));
    throw error;
  }
}

function sentenceOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'client_assertion has expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    return 'client_assertion is not good yet: nbf is in the future, or no number';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `${error.claim} of client_assertion is missing or not right: iss and sub are the number of the client, aud is the issuer`;
  if (error instanceof errors.JOSEAlgNotAllowed)
    return `client_assertion: expected alg ${CLIENT_ALGORITHMS.join(', ')}`;
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'client_assertion: name the key, kid';
  if (error instanceof errors.JWKSNoMatchingKey) return 'client_assertion: the client has no such key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'client_assertion: the signature is not right';
  return `client_assertion: ${error.message}`;
}

/**
 * Takes a jti, which nobody can use again as long as its assertion lives. @param use drawn for this request: by it a transaction finds what an earlier run of
 * its own has done. @param now ms since 1970 @throws ServiceError `unauthorized` when it was used
 */
export async function takeJti(tx: Tx, { id }: RelyingParty, jti: string, use: Uint8Array, now: number): Promise<void> {
  const hash = new Uint8Array(createHash('sha256').update(`${id}:${jti}`).digest());
  await tx.run(
    'INSERT INTO client_assertion (jti_hash, use, used_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ...[hash, use, now],
  );
  const first = await tx.get('SELECT use FROM client_assertion WHERE jti_hash = ?', (row) => row.octets('use'), hash);
  if (first === undefined || !sameOctets(first, use))
    throw refused('client_assertion was used before: make one a request');
}

function refused(why: string): ServiceError {
  return new ServiceError('unauthorized', why);
}
