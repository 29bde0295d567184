import { createLocalJWKSet, errors, type JWK, jwtVerify } from 'jose';
import {
  type AuthRequest,
  decodeDown,
  hexOf,
  octetsOf,
  type PayRequest,
  SafeMobileError,
  sameOctets,
} from '../../device/safe-mobile/index.ts';
import { signedHash } from './document.ts';
import { EVIDENCE_TYP, EvidenceClaims } from './evidence.ts';

/** It is no evidence of a service with these keys; the message says why. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
}

/** A key set (RFC 7517), whose keys may have an end: unix seconds. */
export interface KeySet {
  keys: (JWK & { exp?: number | undefined })[];
}

/** What evidence says, and what the phone showed. */
export interface VerifiedEvidence {
  readonly claims: EvidenceClaims;
  readonly shown: AuthRequest | PayRequest;
  /** The key that has signed it. */
  readonly kid: string;
}

/**
 * Checks evidence as anybody can who has the key set of the service: signature, use, the end of the key, and whether what it says of the
 * authentication is what the phone showed.
 * @throws EvidenceError
 */
export async function verifyEvidence(jws: string, keySet: KeySet): Promise<VerifiedEvidence> {
  const { payload, protectedHeader } = await verifySignature(jws, keySet);
  const parsed = EvidenceClaims.safeParse(payload);
  if (!parsed.success) throw new EvidenceError('it is signed, but not as evidence is written');
  const claims = parsed.data;
  const end = keySet.keys.find(({ kid }) => kid === protectedHeader.kid)?.exp;
  if (end !== undefined && claims.iat > end)
    throw new EvidenceError(`it says that it was made after the end of the key ${protectedHeader.kid}: it is forged`);
  return { claims, shown: readShown(claims), kid: protectedHeader.kid ?? '' };
}

async function verifySignature(jws: string, keySet: KeySet) {
  try {
    return await jwtVerify(jws, createLocalJWKSet(keySet), { typ: EVIDENCE_TYP, algorithms: ['RS256'] });
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed)
      throw new EvidenceError('the signature is not right: it was changed, or the key set is of another service');
    if (error instanceof errors.JWKSNoMatchingKey)
      throw new EvidenceError(
        'the key set does not have its key: is it of another service, or older than the evidence?',
      );
    if (error instanceof errors.JOSEError) throw new EvidenceError(`it is no evidence: ${error.message}`);
    throw error;
  }
}

function readShown(claims: EvidenceClaims): AuthRequest | PayRequest {
  const shown = decodeShown(new Uint8Array(Buffer.from(claims.shown, 'base64url')));
  const isRequest = shown.type === 'AUTH_REQUEST' || shown.type === 'PAY_REQUEST';
  if (isRequest && (shown.type === 'AUTH_REQUEST' ? asked(claims, shown) : paid(claims, shown))) return shown;
  throw new EvidenceError('it says something else than the phone showed: the service has contradicted itself');
}

function asked(claims: EvidenceClaims, shown: AuthRequest): boolean {
  const isSame = hexOf(shown.challenge) === claims.jti && shown.kind === claims.kind && shown.title === claims.title;
  return isSame && signsDocument(claims, shown);
}

function paid(claims: EvidenceClaims, { txn, payee, amount, reference }: PayRequest): boolean {
  if (claims.kind !== 'payment' || hexOf(txn) !== claims.jti || !reference.endsWith(`: ${claims.title}`)) return false;
  return payee === claims.payee && amount.minor === claims.minor && amount.currency === claims.currency;
}

function decodeShown(octets: Uint8Array) {
  try {
    return decodeDown(octets);
  } catch (error) {
    if (error instanceof SafeMobileError)
      throw new EvidenceError(`what the phone showed cannot be read: ${error.message}`);
    throw error;
  }
}

/** Of a signature: the document is the one whose hash the phone signed. */
function signsDocument(claims: EvidenceClaims, shown: AuthRequest): boolean {
  if (claims.kind !== 'sign') return true;
  if (shown.kind !== 'sign' || !/^[0-9a-f]{64}$/.test(claims.document_hash)) return false;
  const document = { fullTitle: claims.full_title, hash: octetsOf(claims.document_hash) };
  return sameOctets(signedHash(claims.name, document), shown.documentHash);
}
