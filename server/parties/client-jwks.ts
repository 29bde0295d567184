import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { messageOf, ServiceError } from '../vocabulary/errors.ts';

/** The algorithms with which a client may sign that it is the client (RFC 7518, 3.1). */
export const CLIENT_ALGORITHMS = ['RS256', 'PS256', 'ES256'] as const;

/** Keys that a client may have at once: the present one, the next one, and those of some machines. */
const MOST_KEYS = 10;

/** Bits of an RSA modulus: fewer are weak, more cost the service its time. */
const RSA_BITS = { least: 2_048, most: 4_096 } as const;

/** A public key: of RSA, or of P-256. */
type PublicJwk = JWK & ({ readonly kty: 'RSA' } | { readonly kty: 'EC' });

const text = z.string().min(1).max(1_000);
const kid = z.string().min(1).max(200).exactOptional();
const use = z.literal('sig').exactOptional();

const PublicJwk: z.ZodType<PublicJwk> = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('RSA'), n: text, e: text, alg: z.enum(['RS256', 'PS256']).exactOptional(), kid, use }),
  z.object({
    ...{ kty: z.literal('EC'), crv: z.literal('P-256'), x: text, y: text },
    ...{ alg: z.literal('ES256').exactOptional(), kid, use },
  }),
]);

const JwkSet = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(MOST_KEYS),
});

/** The public keys of a client (RFC 7517), as they are kept: what is not needed to check a signature is left out. */
export interface ClientJwks {
  keys: PublicJwk[];
}

const ClientJwks: z.ZodType<ClientJwks> = z.object({ keys: z.array(PublicJwk) });

/**
 * The key set that an operator registers for a client.
 * @throws ServiceError `invalid-request`: no key set, a private or shared key, a weak one, or one that cannot be told from another
 */
export function readClientJwks(value: unknown): ClientJwks {
  const set = JwkSet.safeParse(value);
  if (!set.success) throw refused(`expected {"keys":[…]} with 1 to ${MOST_KEYS} keys (a JWK Set, RFC 7517)`);
  const keys = set.data.keys.map(readKey);
  const names = new Set(keys.map(({ kid }) => kid));
  if (keys.length > 1 && (names.has(undefined) || names.size < keys.length))
    throw refused('of several keys each needs a kid of its own');
  return { keys };
}

/** A key set as {@link readClientJwks} has made it. */
export function storedClientJwks(json: string): ClientJwks {
  return ClientJwks.parse(JSON.parse(json));
}

function readKey(value: { readonly kty: string }, place: number): PublicJwk {
  const where = `key ${place + 1}`;
  if ('d' in value || 'k' in value)
    throw refused(
      `${where} is a private or shared key, which is nobody's but the client's: give the public half alone`,
    );
  const read = PublicJwk.safeParse(value);
  if (!read.success) throw refused(`${where}: expected RSA or EC P-256, for ${CLIENT_ALGORITHMS.join(', ')}`);
  const key = importKey(read.data, where);
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && (modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most))
    throw refused(`${where}: expected RSA of ${RSA_BITS.least} to ${RSA_BITS.most} bits, got ${modulusLength}`);
  if (publicExponent !== undefined && publicExponent < 3n) throw refused(`${where}: its public exponent signs nothing`);
  return read.data;
}

function importKey(key: PublicJwk, where: string): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch (error) {
    throw refused(`${where} is no public key: ${messageOf(error)}`);
  }
}

function refused(why: string): ServiceError {
  return new ServiceError('invalid-request', `jwks: ${why}`);
}
