import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readClientJwks } from '../../../server/parties/client-jwks.ts';

const ec = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent });
const EC = ec().publicKey.export({ format: 'jwk' });
const RSA = rsa(2_048);
const RSA_PUBLIC = RSA.publicKey.export({ format: 'jwk' });

describe('the public keys of a client', () => {
  it.each([
    ['EC P-256', [EC]],
    ['RSA', [RSA_PUBLIC]],
    [
      'both, each with a kid',
      [
        { ...EC, kid: 'a' },
        { ...RSA_PUBLIC, kid: 'b' },
      ],
    ],
    ['with their algorithm and use', [{ ...RSA_PUBLIC, alg: 'PS256', use: 'sig', kid: 'a' }]],
  ])('%s', (_what, keys) => {
    expect(readClientJwks({ keys })).toEqual({ keys });
  });

  it('are kept without what is not needed', () => {
    expect(readClientJwks({ keys: [{ ...EC, x5c: ['x'], key_ops: ['verify'] }], other: 1 })).toEqual({ keys: [EC] });
  });

  it.each<[what: string, keys: readonly object[], why: RegExp]>([
    ['none', [], /1 to 10 keys/],
    ['eleven', Array.from({ length: 11 }, (_, kid) => ({ ...EC, kid: `${kid}` })), /1 to 10 keys/],
    ['a private RSA key', [RSA.privateKey.export({ format: 'jwk' })], /^jwks: key 1 is a private or shared key/],
    ['a private EC key', [EC, ec().privateKey.export({ format: 'jwk' })], /^jwks: key 2 is a private or shared key/],
    ['a shared key', [createSecretKey(Buffer.alloc(32)).export({ format: 'jwk' })], /private or shared/],
    ['another curve', [ec('P-384').publicKey.export({ format: 'jwk' })], /expected RSA or EC P-256/],
    ['another algorithm', [{ ...RSA_PUBLIC, alg: 'RS512' }], /for RS256, PS256, ES256/],
    ['an algorithm of other keys', [{ ...EC, alg: 'RS256' }], /expected RSA or EC P-256/],
    ['a key for encryption', [{ ...EC, use: 'enc' }], /expected RSA or EC P-256/],
    ['a point that is not on the curve', [{ ...EC, x: EC.y }], /^jwks: key 1 is no public key/],
    ['RSA of 1024 bits', [rsa(1_024).publicKey.export({ format: 'jwk' })], /2048 to 4096 bits, got 1024/],
    ['RSA of 4104 bits', [{ ...RSA_PUBLIC, n: Buffer.alloc(513, 0xff).toString('base64url') }], /got 4104/],
    ['RSA with the exponent 1', [{ ...RSA_PUBLIC, e: 'AQ' }], /exponent/],
    ['two, one without kid', [{ ...EC, kid: 'a' }, RSA_PUBLIC], /each needs a kid/],
    [
      'two of one kid',
      [
        { ...EC, kid: 'a' },
        { ...RSA_PUBLIC, kid: 'a' },
      ],
      /each needs a kid/,
    ],
  ])('are refused: %s', (_what, keys, why) => {
    expect(() => readClientJwks({ keys })).toThrow(why);
  });

  it.each([[undefined], [[]], ['x'], [EC], [{ keys: 'x' }], [{ keys: [{}] }]])('are no key set: %j', (value) => {
    expect(() => readClientJwks(value)).toThrow(/^jwks: expected \{"keys":\[…\]\}/);
  });
});
