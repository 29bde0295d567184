import { describe, expect, it, vi } from 'vitest';
import {
  adminText,
  announcementText,
  approvalText,
  checkApprovalKey,
  createPinKey,
  decodeAnnouncement,
  decodeDown,
  decodeUp,
  encodeAnnouncement,
  hexOf,
  octetsOf,
  pinChangeText,
  phonePrimitives as primitives,
  receiptText,
  SafeMobileError,
  signWithPin,
  timeText,
  verifySignature,
} from '../../../device/safe-mobile/index.ts';
import { frameVector, vectors } from './vectors.ts';

const { keys, camouflage } = vectors;
const pin = Uint8Array.from(camouflage.pin, (digit) => digit.charCodeAt(0));
const payRequest = frameVector('PAY_REQUEST').plaintext;

function signatureIn(name: string): Uint8Array {
  const vector = frameVector(name);
  const message = vector.direction === 'down' ? decodeDown(vector.plaintext) : decodeUp(vector.plaintext);
  if (!('signature' in message)) throw new Error(`${name} has no signature`);
  return message.signature;
}

const CASES = [
  ['APPROVE', keys.A, () => approvalText(0x01020304, 0x4b3d3b05, 0, payRequest)],
  [
    'RECEIPT to the customer',
    keys.R,
    () => receiptText(primitives, 0x01020304, payRequest, frameVector('RECEIPT to the customer').plaintext),
  ],
  [
    'RECEIPT to the merchant phone',
    keys.R,
    () =>
      receiptText(
        primitives,
        0x0a0b0c0d,
        frameVector('PAY_INIT').plaintext,
        frameVector('RECEIPT to the merchant phone').plaintext,
      ),
  ],
  [
    'RECEIPT of a PIN change',
    keys.R,
    () => receiptText(primitives, 0x01020304, undefined, frameVector('RECEIPT of a PIN change').plaintext),
  ],
  ['PIN_PROOF', keys.A, () => pinChangeText(0x01020304, 0x4b3d3b05, octetsOf('31f6069d79fd2b53'), keys.newA)],
  ['ADMIN lock', keys.R, () => adminText(0x01020304, frameVector('ADMIN lock').plaintext)],
  ['TIME_RESPONSE', keys.R, () => timeText(0x01020304, frameVector('TIME_RESPONSE').plaintext)],
] as const;

describe('signed texts of the vectors', () => {
  it.each(CASES)('%s: the text is the same', (name, _key, text) => {
    expect(hexOf(text())).toBe(hexOf(frameVector(name).signedText ?? new Uint8Array()));
  });

  it.each(CASES)('%s: the signature holds, and for nothing else', (name, key, text) => {
    const signature = signatureIn(name);
    expect(verifySignature(primitives, key, text(), signature)).toBe(true);
    const other = text();
    other[20] = (other[20] ?? 0) ^ 1;
    expect(verifySignature(primitives, key, other, signature)).toBe(false);
  });

  it('a signature malleated by the group order is refused', () => {
    const signature = signatureIn('APPROVE').slice();
    const order = octetsOf('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
    let carry = 0;
    order.forEach((octet, index) => {
      carry += octet + (signature[32 + index] ?? 0);
      signature[32 + index] = carry & 0xff;
      carry >>= 8;
    });
    const text = approvalText(0x01020304, 0x4b3d3b05, 0, payRequest);
    expect(primitives.ed25519Verify(keys.A, text, signature)).toBe(false);
    expect(verifySignature({ ...primitives, ed25519Verify: () => true }, keys.A, text, signature)).toBe(false);
  });

  it('S of a signature lies below the group order: the order itself is refused', () => {
    const accepts: typeof primitives = { ...primitives, ed25519Verify: () => true };
    const order = octetsOf('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
    const withS = (S: Uint8Array) => verifySignature(accepts, keys.A, payRequest, Uint8Array.of(...keys.A, ...S));
    expect(withS(order)).toBe(false);
    expect(withS(order.with(0, 0xec))).toBe(true);
    expect(withS(order.with(0, 0xee))).toBe(false);
    expect(withS(order.with(31, 0x0f))).toBe(true);
  });

  const SMALL = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ].map(octetsOf);

  it.each(SMALL.flatMap((key) => [key, key.with(31, (key[31] ?? 0) | 0x80)]).map((key) => [hexOf(key)]))(
    'a key of small order makes no approval and no signature: %s',
    (hex) => {
      expect(() => checkApprovalKey(octetsOf(hex))).toThrow(SafeMobileError);
      const accepts: typeof primitives = { ...primitives, ed25519Verify: () => true };
      expect(verifySignature(accepts, octetsOf(hex), payRequest, new Uint8Array(64))).toBe(false);
    },
  );

  it('a key that differs from one of small order in one octet is no key of small order', () => {
    for (const key of SMALL) for (const at of [0, 15, 30]) checkApprovalKey(key.with(at, (key[at] ?? 0) ^ 0x10));
  });

  it.each([31, 33])('a key of %d octets is refused', (length) => {
    expect(() => checkApprovalKey(new Uint8Array(length).fill(9))).toThrow(SafeMobileError);
  });
});

describe('the PIN-camouflaged key', () => {
  it('is that of the vectors', () => {
    const { pinKey, publicKey } = createPinKey(
      primitives,
      pin,
      keys.approvalSeed.slice(),
      camouflage.salt,
      camouflage.kdf,
    );
    expect(hexOf(pinKey.camouflaged)).toBe(hexOf(camouflage.C));
    expect(hexOf(publicKey)).toBe(hexOf(keys.A));
  });

  it.each([
    [31, 16],
    [33, 16],
    [32, 15],
    [32, 17],
  ])('is not made of a seed of %d octets and a salt of %d', (seed, salt) => {
    const make = () => createPinKey(primitives, pin, new Uint8Array(seed), new Uint8Array(salt), camouflage.kdf);
    expect(make).toThrow(expect.objectContaining({ code: 'field' }));
  });

  it('keeps a copy of the salt', () => {
    const salt = camouflage.salt.slice();
    const { pinKey } = createPinKey(primitives, pin, keys.approvalSeed.slice(), salt, camouflage.kdf);
    salt.fill(0);
    expect(hexOf(pinKey.salt)).toBe(hexOf(camouflage.salt));
  });

  it('wipes the seed it was given', () => {
    const seed = keys.approvalSeed.slice();
    createPinKey(primitives, pin, seed, camouflage.salt, camouflage.kdf);
    expect(hexOf(seed)).toBe('00'.repeat(32));
  });

  const pinKey = { salt: camouflage.salt, camouflaged: camouflage.C, cost: camouflage.kdf };
  const text = approvalText(0x01020304, 0x4b3d3b05, 0, payRequest);

  it('signs with the right PIN what the service accepts', () => {
    expect(hexOf(signWithPin(primitives, pin, pinKey, text))).toBe(hexOf(signatureIn('APPROVE')));
  });

  it.each(['signs', 'fails to sign'])('wipes the seed and the key of the PIN after it %s', (ends) => {
    const seen: Uint8Array[] = [];
    const watched: typeof primitives = {
      ...primitives,
      scrypt(password, salt, cost) {
        const key = primitives.scrypt(password, salt, cost);
        seen.push(key);
        return key;
      },
      ed25519Sign(seed, message) {
        expect(hexOf(seed)).toBe(hexOf(keys.approvalSeed));
        seen.push(seed);
        if (ends !== 'signs') throw new Error('no memory');
        return primitives.ed25519Sign(seed, message);
      },
    };
    const sign = () => signWithPin(watched, pin, pinKey, text);
    if (ends === 'signs') sign();
    else expect(sign).toThrow('no memory');
    expect(seen.map(hexOf)).toEqual(['00'.repeat(32), '00'.repeat(32)]);
  });

  it('wipes the hash of the seed, the octets of the secret scalar, and those of the nonce', () => {
    const hash = primitives.sha512(keys.approvalSeed);
    const scalar = hash.slice(0, 32);
    scalar[0] = (scalar[0] ?? 0) & 0xf8;
    scalar[31] = ((scalar[31] ?? 0) & 0x7f) | 0x40;
    const nonce = Uint8Array.of(...hash.subarray(32), ...text);
    const wiped: string[] = [];
    const fill = Uint8Array.prototype.fill;
    vi.spyOn(Uint8Array.prototype, 'fill').mockImplementation(function (this: Uint8Array, ...given) {
      if (given[0] === 0) wiped.push(hexOf(this));
      return fill.apply(this, given);
    });
    try {
      primitives.ed25519Sign(keys.approvalSeed, text);
      expect(wiped).toEqual(expect.arrayContaining([hash, scalar, nonce].map(hexOf)));
      wiped.length = 0;
      expect(hexOf(primitives.ed25519PublicKey(keys.approvalSeed))).toBe(hexOf(keys.A));
      expect(wiped).toEqual(expect.arrayContaining([hash, scalar].map(hexOf)));
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('signs with a wrong PIN too, with another key, so that nobody but the service can tell', () => {
    const wrong = signWithPin(
      primitives,
      Uint8Array.from('48214', (digit) => digit.charCodeAt(0)),
      pinKey,
      text,
    );
    expect(wrong).toHaveLength(64);
    expect(verifySignature(primitives, keys.A, text, wrong)).toBe(false);
  });

  it('keeps only salt, camouflaged seed and cost', () => {
    const { pinKey: kept } = createPinKey(primitives, pin, keys.approvalSeed.slice(), camouflage.salt, camouflage.kdf);
    expect(Object.keys(kept).toSorted()).toEqual(['camouflaged', 'cost', 'salt']);
  });
});

describe('key announcements', () => {
  const { frame, signedText } = vectors.keyAnnouncement;

  it('are read and made as in the vectors', () => {
    const announcement = decodeAnnouncement(primitives, keys.root, frame);
    expect(announcement).toMatchObject({ what: 1, kid: 2, notBefore: 0x4b3d3b00, notAfter: 0x4d1e6e80 });
    expect(hexOf(announcementText(frame))).toBe(hexOf(signedText));
    const again = encodeAnnouncement(announcement, (text) => primitives.ed25519Sign(keys.root_seed, text));
    expect(hexOf(again)).toBe(hexOf(frame));
  });

  it.each([
    [1, undefined],
    [2, undefined],
    [0, 'field'],
    [3, 'field'],
  ] as const)('of key %d: %s', (what, code) => {
    const text = frame.subarray(0, 43).with(1, what);
    const signature = primitives.ed25519Sign(keys.root_seed, announcementText(text));
    const read = () => decodeAnnouncement(primitives, keys.root, Uint8Array.of(...text, ...signature));
    if (code === undefined) expect(read()).toMatchObject({ what, kid: 2 });
    else expect(read).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['one octet short', (octets: Uint8Array) => octets.subarray(0, 106), 'length'],
    ['one octet long', (octets: Uint8Array) => Uint8Array.of(...octets, 0), 'length'],
    ['of another class', (octets: Uint8Array) => octets.with(0, 0x12), 'class'],
    ['with another last octet of notAfter', (octets: Uint8Array) => octets.with(42, 1), 'signature'],
  ])('are refused %s', (_name, spoil, code) => {
    expect(() => decodeAnnouncement(primitives, keys.root, spoil(frame))).toThrow(expect.objectContaining({ code }));
  });

  it('are refused unless root signed them', () => {
    expect(() => decodeAnnouncement(primitives, keys.R, frame)).toThrow(expect.objectContaining({ code: 'signature' }));
  });
});
