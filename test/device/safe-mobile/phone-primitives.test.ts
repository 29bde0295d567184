import { createPrivateKey, createPublicKey, diffieHellman, sign, verify } from 'node:crypto';
import { Point } from '@noble/ed25519';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { hexOf, octetsOf, phonePrimitives as phone, verifySignature } from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { tweetnaclPrimitives as tweetnacl } from '../../../server/keys/tweetnacl.ts';
import { inFull } from '../../in-full.ts';

/** Inputs of each property. */
const numRuns = inFull(1_000, 50);
/** A thousand of them on a busy machine. */
const LONG_MS = 240_000;

const native = servicePrimitives();
const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const message = fc.uint8Array({ maxLength: 300 });

/** 2^255 - 19 + `by`, in 32 octets, least significant first. */
function prime(by: number): Uint8Array {
  return octetsOf((2n ** 255n - 19n + BigInt(by)).toString(16).padStart(64, '0')).reverse();
}

const withTopBit = (value: Uint8Array) => value.with(31, (value[31] ?? 0) | 0x80);

/** A key of node:crypto. @param d the secret half */
function jwk(crv: 'Ed25519' | 'X25519', x: Uint8Array, d?: Uint8Array) {
  const text = (part: Uint8Array) => Buffer.from(part).toString('base64url');
  return { kty: 'OKP', crv, x: text(x), ...(d === undefined ? {} : { d: text(d) }) };
}
const privateKey = (key: ReturnType<typeof jwk>) => createPrivateKey({ key, format: 'jwk' });
const publicKey = (key: ReturnType<typeof jwk>) => createPublicKey({ key, format: 'jwk' });

describe('X25519', () => {
  it.each([
    [
      'RFC 7748, 5.2, the first',
      'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    ],
    [
      'RFC 7748, 5.2, the second',
      '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    ],
  ])('%s', (_name, secret, point, shared) => {
    expect(hexOf(phone.x25519(octetsOf(secret), octetsOf(point)))).toBe(shared);
  });

  it(
    'gives what RFC 7748, 5.2, says after 1 and after 1,000 turns',
    () => {
      let [k, u] = [octetsOf('09'.padEnd(64, '0')), octetsOf('09'.padEnd(64, '0'))];
      for (let turn = 1; turn <= 1_000; turn += 1) {
        [k, u] = [phone.x25519(k, u), k];
        if (turn === 1) expect(hexOf(k)).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
      }
      expect(hexOf(k)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
    },
    LONG_MS,
  );

  // Of random octets half are on the twist, and half have the bit that is to be ignored.
  it(
    'agrees with libsodium, tweetnacl and node:crypto on any secret and any point',
    () => {
      fc.assert(
        fc.property(octets(32), octets(32), (secret, point) => {
          const shared = phone.x25519(secret, point);
          const mine = phone.x25519PublicKey(secret);
          expect(native.x25519(secret, point)).toEqual(shared);
          expect(tweetnacl.x25519(secret, point)).toEqual(shared);
          expect(native.x25519PublicKey(secret)).toEqual(mine);
          const keys = {
            privateKey: privateKey(jwk('X25519', mine, secret)),
            publicKey: publicKey(jwk('X25519', point)),
          };
          expect(new Uint8Array(diffieHellman(keys))).toEqual(shared);
        }),
        { numRuns },
      );
    },
    LONG_MS,
  );

  const SMALL = [
    prime(0),
    new Uint8Array(32),
    prime(1),
    Uint8Array.of(1, ...new Uint8Array(31)),
    prime(-1),
    octetsOf('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
    octetsOf('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
  ];
  it.each(SMALL.flatMap((point) => [[hexOf(point)], [hexOf(withTopBit(point))]]))(
    'gives zeros for the point of small order %s, as libsodium does',
    (point) => {
      const secret = new Uint8Array(32).fill(9);
      expect(phone.x25519(secret, octetsOf(point))).toEqual(new Uint8Array(32));
      expect(native.x25519(secret, octetsOf(point))).toEqual(new Uint8Array(32));
    },
  );

  it.each(Array.from({ length: 17 }, (_, at) => at + 2))(
    'takes the point P + %d as a smaller one, as they do',
    (above) => {
      const secret = new Uint8Array(32).fill(9);
      const shared = phone.x25519(secret, Uint8Array.of(above, ...new Uint8Array(31)));
      expect(phone.x25519(secret, prime(above))).toEqual(shared);
      expect(native.x25519(secret, prime(above))).toEqual(shared);
      expect(tweetnacl.x25519(secret, prime(above))).toEqual(shared);
    },
  );

  it.each([31, 33])('refuses a secret and a point of %d octets', (length) => {
    expect(() => phone.x25519(new Uint8Array(length), new Uint8Array(32).fill(9))).toThrow(RangeError);
    expect(() => phone.x25519(new Uint8Array(32), new Uint8Array(length).fill(9))).toThrow(RangeError);
  });
});

describe('Ed25519', () => {
  it.each([
    [
      '1',
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '2',
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      '3',
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('RFC 8032, 7.1, test %s', (_name, seed, key, text, signature) => {
    expect(hexOf(phone.ed25519PublicKey(octetsOf(seed)))).toBe(key);
    expect(hexOf(phone.ed25519Sign(octetsOf(seed), octetsOf(text)))).toBe(signature);
    expect(phone.ed25519Verify(octetsOf(key), octetsOf(text), octetsOf(signature))).toBe(true);
  });

  it(
    'agrees with libsodium and node:crypto on any seed and message',
    () => {
      fc.assert(
        fc.property(octets(32), message, fc.nat(511), (seed, text, bit) => {
          const key = phone.ed25519PublicKey(seed);
          const signature = phone.ed25519Sign(seed, text);
          expect(native.ed25519PublicKey(seed)).toEqual(key);
          expect(native.ed25519Sign(seed, text)).toEqual(signature);
          expect(phone.ed25519Sign(seed, text, key)).toEqual(signature);
          expect(new Uint8Array(sign(null, text, privateKey(jwk('Ed25519', key, seed))))).toEqual(signature);
          expect(phone.ed25519Verify(key, text, signature)).toBe(true);
          const spoilt = signature.with(bit >> 3, (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
          expect(phone.ed25519Verify(key, text, spoilt)).toBe(false);
          expect(verify(null, text, publicKey(jwk('Ed25519', key)), spoilt)).toBe(false);
        }),
        { numRuns },
      );
    },
    LONG_MS,
  );

  it(
    'agrees with tweetnacl on any seed and message',
    () => {
      fc.assert(
        fc.property(octets(32), message, (seed, text) => {
          const key = tweetnacl.ed25519PublicKey(seed);
          const signature = tweetnacl.ed25519Sign(seed, text, key);
          expect(phone.ed25519PublicKey(seed)).toEqual(key);
          expect(phone.ed25519Sign(seed, text)).toEqual(signature);
        }),
        { numRuns },
      );
    },
    LONG_MS,
  );

  // A point of order 8 added to the key or to R: whether such a signature holds depends on the equation that is checked.
  it(
    'agrees with libsodium, tweetnacl and node:crypto on keys and signatures with a part of small order',
    () => {
      const order8 = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
      const ORDER = Point.CURVE().n;
      const number = (bytes: Uint8Array) => BigInt(`0x${hexOf(bytes.slice().reverse())}`);
      const seen = new Set<boolean>();
      fc.assert(
        fc.property(
          fc.bigInt(1n, ORDER - 1n),
          fc.bigInt(1n, ORDER - 1n),
          fc.nat(7),
          fc.nat(7),
          message,
          (a, r, i, j, text) => {
            const torsion = (times: number) => order8.multiply(BigInt(times), false);
            const key = Point.BASE.multiply(a).add(torsion(i)).toBytes();
            const R = Point.BASE.multiply(r).add(torsion(j)).toBytes();
            const k = number(native.sha512(Uint8Array.of(...R, ...key, ...text))) % ORDER;
            const S = octetsOf(((r + k * a) % ORDER).toString(16).padStart(64, '0')).reverse();
            const signature = Uint8Array.of(...R, ...S);
            const holds = phone.ed25519Verify(key, text, signature);
            seen.add(holds);
            expect(native.ed25519Verify(key, text, signature)).toBe(holds);
            expect(tweetnacl.ed25519Verify(key, text, signature)).toBe(holds);
            expect(verify(null, text, publicKey(jwk('Ed25519', key)), signature)).toBe(holds);
          },
        ),
        {
          numRuns,
          examples: [
            [1n, 1n, 0, 0, Uint8Array.of()],
            [1n, 1n, 0, 1, Uint8Array.of()],
          ],
        },
      );
      expect(seen.size).toBe(2);
    },
    LONG_MS,
  );

  const seed = new Uint8Array(32).fill(7);
  const key = phone.ed25519PublicKey(seed);
  const text = Uint8Array.of(1, 2, 3);
  const signature = phone.ed25519Sign(seed, text);
  const plusOrder = (times: bigint) => {
    const S = BigInt(`0x${hexOf(signature.slice(32).reverse())}`) + times * Point.CURVE().n;
    return Uint8Array.of(...signature.subarray(0, 32), ...octetsOf(S.toString(16).padStart(64, '0')).reverse());
  };

  it.each([
    ['S and the order once more', key, plusOrder(1n)],
    ['S and the order three times more', key, plusOrder(3n)],
    ['S as large as it can be', key, Uint8Array.of(...signature.subarray(0, 32), ...new Uint8Array(32).fill(255))],
    ['a key that is on no curve', Uint8Array.of(2, ...new Uint8Array(31)), signature],
    ['a key of y = P + 3, which is 3', prime(3), signature],
    ['a key whose x is 0, with the sign of another', withTopBit(Uint8Array.of(1, ...new Uint8Array(31))), signature],
    ['R of y = P + 3', key, Uint8Array.of(...prime(3), ...signature.subarray(32))],
  ])('refuses %s, as libsodium does', (_name, publicKeyOfIt, spoilt) => {
    expect(phone.ed25519Verify(publicKeyOfIt, text, spoilt)).toBe(false);
    expect(native.ed25519Verify(publicKeyOfIt, text, spoilt)).toBe(false);
  });

  // R the neutral point and S 0 make a signature of the neutral point as a key for every text: that is why such keys are refused before.
  it.each(['01'.padEnd(64, '0'), `${'ee'.padEnd(62, 'f')}7f`])(
    'no signature by the key of small order %s counts',
    (hex) => {
      const forged = Uint8Array.of(1, ...new Uint8Array(63));
      expect(verifySignature(phone, octetsOf(hex), text, forged)).toBe(false);
    },
  );

  it('S of 0 is a number as any other', () => {
    const forged = Uint8Array.of(1, ...new Uint8Array(63));
    expect(phone.ed25519Verify(Uint8Array.of(1, ...new Uint8Array(31)), text, forged)).toBe(true);
    expect(phone.ed25519Verify(key, text, forged)).toBe(false);
  });
});

describe('The hashes and boxes', () => {
  it('agree with those of libsodium and node:crypto', () => {
    fc.assert(
      fc.property(octets(32), octets(24), message, (secret, nonce, text) => {
        const box = phone.secretboxSeal(secret, nonce, text);
        expect(native.secretboxSeal(secret, nonce, text)).toEqual(box);
        expect(phone.secretboxOpen(secret, nonce, box)).toEqual(text);
        expect(native.sha512(text)).toEqual(phone.sha512(text));
        expect(native.sha256(text)).toEqual(phone.sha256(text));
      }),
      { numRuns },
    );
  });

  it('refuse a box with any one bit changed, and what is too short for one', () => {
    const [secret, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(24)];
    const box = phone.secretboxSeal(secret, nonce, Uint8Array.of(1, 2, 3));
    for (let bit = 0; bit < 8 * box.length; bit += 1) {
      const changed = box.with(bit >> 3, (box[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      expect(phone.secretboxOpen(secret, nonce, changed)).toBeUndefined();
    }
    for (const length of [0, 15, 18])
      expect(phone.secretboxOpen(secret, nonce, box.subarray(0, length))).toBeUndefined();
  });

  it('give an error, not a refusal, for a key of another length', () => {
    expect(() => phone.secretboxOpen(new Uint8Array(31), new Uint8Array(24), new Uint8Array(19))).toThrow(/key/);
  });
});

describe('scrypt', () => {
  // The first 32 of the 64 octets that stand there: PBKDF2 makes each block of 32 by itself.
  it.each([
    ['', '', { N: 16, r: 1, p: 1 }, '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442'],
    ['password', 'NaCl', { N: 1024, r: 8, p: 16 }, 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162'],
    [
      'pleaseletmein',
      'SodiumChloride',
      { N: 16_384, r: 8, p: 1 },
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
    ],
  ])('of %j and %j is that of RFC 7914, 12', (password, salt, cost, expected) => {
    expect(hexOf(phone.scrypt(Buffer.from(password), Buffer.from(salt), cost))).toBe(expected);
  });

  it('agrees with node:crypto at any cost', () => {
    const cost = fc.record({
      N: fc.constantFrom(2, 16, 64),
      r: fc.integer({ min: 1, max: 9 }),
      p: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(message, message, cost, (password, salt, of) => {
        expect(phone.scrypt(password, salt, of)).toEqual(native.scrypt(password, salt, of));
      }),
      { numRuns },
    );
  });

  it('wipes its memory: the blocks, the states of all turns, and what is mixed', () => {
    const made: Int32Array[] = [];
    const fill = Int32Array.prototype.fill;
    const spy = vi.spyOn(Int32Array.prototype, 'fill').mockImplementation(function (this: Int32Array, ...given) {
      expect(this.some((word) => word !== 0)).toBe(true);
      made.push(this);
      return fill.apply(this, given);
    });
    try {
      phone.scrypt(Buffer.from('48213'), new Uint8Array(16), { N: 16, r: 2, p: 1 });
    } finally {
      spy.mockRestore();
    }
    expect(made.map(({ length }) => length)).toEqual([64, 1_024, 64]);
    for (const words of made) expect(words.every((word) => word === 0)).toBe(true);
  });

  it('wipes what PBKDF2 is made of: each numbered salt, and each block', () => {
    const wiped: number[] = [];
    const fill = Uint8Array.prototype.fill;
    const spy = vi.spyOn(Uint8Array.prototype, 'fill').mockImplementation(function (this: Uint8Array, ...given) {
      wiped.push(this.length);
      return fill.apply(this, given);
    });
    try {
      phone.scrypt(Buffer.from('48213'), new Uint8Array(16), { N: 2, r: 2, p: 1 });
    } finally {
      spy.mockRestore();
    }
    // 256 octets in 8 blocks of 32 over the salt of 16 octets and 4 of a number; then one over the 256 octets and a number.
    const times = (length: number) => wiped.filter((one) => one === length).length;
    expect([times(32), times(16 + 4), times(256 + 4)]).toEqual([9, 8, 1]);
  });
});
