import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeDown,
  decodeUp,
  encodeDown,
  encodeUp,
  hexOf,
  isZero,
  openDown,
  openEnrol,
  openUp,
  phonePrimitives as primitives,
  readFrameHeader,
  SafeMobileError,
  sealDown,
  sealEnrol,
  sealUp,
} from '../../../device/safe-mobile/index.ts';
import { type FrameVector, frameVector, vectors } from './vectors.ts';

const { keys } = vectors;
const service = { kid: keys.kid, secretKey: keys.s, publicKey: keys.S };

function phoneOf(vector: FrameVector) {
  const { d, D } = keys[vector.phone];
  return { deviceId: vector.deviceId, secretKey: d, publicKey: D };
}

function seal(vector: FrameVector): Uint8Array {
  const phone = phoneOf(vector);
  const ephemeral = vector.ephemeralSecret.slice();
  if (vector.direction === 'up') return sealUp(primitives, service, phone, vector.plaintext, ephemeral);
  if (vector.direction === 'down') return sealDown(primitives, service, phone, vector.plaintext, ephemeral);
  return sealEnrol(primitives, service, vector.deviceId, vector.plaintext, ephemeral);
}

function open(vector: FrameVector, frame: Uint8Array): Uint8Array {
  const phone = phoneOf(vector);
  if (vector.direction === 'up') return openUp(primitives, service, phone, frame);
  if (vector.direction === 'down') return openDown(primitives, service, phone, frame);
  return openEnrol(primitives, service, vector.deviceId, frame);
}

describe('frames of the vectors', () => {
  it.each(vectors.frames)('$name: is sealed to the same octets', (vector) => {
    expect(hexOf(seal(vector))).toBe(hexOf(vector.frame));
  });

  it.each(vectors.frames)('$name: opens to the same plaintext', (vector) => {
    expect(hexOf(open(vector, vector.frame))).toBe(hexOf(vector.plaintext));
  });

  it.each(vectors.frames)('$name: decodes and encodes again to the same octets', (vector) => {
    const again =
      vector.direction === 'down' ? encodeDown(decodeDown(vector.plaintext)) : encodeUp(decodeUp(vector.plaintext));
    expect(hexOf(again)).toBe(hexOf(vector.plaintext));
  });

  it.each(vectors.frames)('$name: its header says direction, key and device', (vector) => {
    const header = readFrameHeader(vector.frame);
    const expected = { direction: vector.direction, kid: keys.kid };
    expect(header).toEqual(vector.direction === 'down' ? expected : { ...expected, deviceId: vector.deviceId });
  });
});

describe('the header of a frame', () => {
  it.each([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
    'has the deviceId %d, wherever the frame stands',
    (deviceId) => {
      const phone = { ...phoneOf(frameVector('APPROVE')), deviceId };
      const frame = sealUp(primitives, service, phone, new Uint8Array(79), new Uint8Array(32).fill(7));
      const within = Uint8Array.of(9, 9, 9, ...frame).subarray(3);
      expect(readFrameHeader(within)).toEqual({ direction: 'up', kid: keys.kid, deviceId });
      expect(openUp(primitives, service, phone, within)).toEqual(new Uint8Array(79));
    },
  );
});

describe('sealing', () => {
  it.each([
    ['up', 78],
    ['up', 80],
    ['enrol', 78],
    ['enrol', 80],
    ['down', 82],
    ['down', 84],
  ])('%s refuses a plaintext of %d octets', (direction, octets) => {
    const vector = vectors.frames.find((one) => one.direction === direction) ?? frameVector('APPROVE');
    const refused = expect.objectContaining({ code: 'length' });
    expect(() => seal({ ...vector, plaintext: new Uint8Array(octets) })).toThrow(refused);
  });

  it('wipes the ephemeral secret', () => {
    const ephemeral = new Uint8Array(32).fill(7);
    sealUp(primitives, service, phoneOf(frameVector('APPROVE')), new Uint8Array(79), ephemeral);
    expect(hexOf(ephemeral)).toBe('00'.repeat(32));
  });

  it('and opening wipe every secret on the way: both shared secrets, the input and the output of the hash', () => {
    const vector = frameVector('APPROVE');
    const seen: Uint8Array[] = [];
    const keep = (octets: Uint8Array) => {
      seen.push(octets);
      return octets;
    };
    const watched: typeof primitives = {
      ...primitives,
      x25519: (secret, point) => keep(primitives.x25519(secret, point)),
      sha512: (input) => keep(primitives.sha512(keep(input))),
    };
    sealUp(watched, service, phoneOf(vector), new Uint8Array(79), new Uint8Array(32).fill(7));
    openUp(watched, service, phoneOf(vector), vector.frame);
    expect(seen.map((octets) => octets.length)).toEqual([32, 32, 182, 64, 32, 32, 182, 64]);
    for (const octets of seen) expect(isZero(octets)).toBe(true);
  });

  it('refuses a key of the other end whose shared secret is zero', () => {
    const vector = frameVector('APPROVE');
    const other = { deviceId: vector.deviceId, publicKey: new Uint8Array(32) };
    expect(() => openUp(primitives, service, other, vector.frame)).toThrow(expect.objectContaining({ code: 'key' }));
  });

  it('refuses a frame with any one octet changed', () => {
    const changed = fc.record({
      vector: fc.constantFrom(...vectors.frames),
      at: fc.nat(132),
      by: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(changed, ({ vector, at, by }) => {
        const frame = vector.frame.slice();
        frame[at] = (frame[at] ?? 0) ^ by;
        expect(() => open(vector, frame)).toThrow(SafeMobileError);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it.each([
    ['all zero', new Uint8Array(32)],
    ['order 1', Uint8Array.of(1, ...new Uint8Array(31))],
  ])('refuses an ephemeral key of small order (%s), whose secret everybody knows', (_name, E) => {
    const vector = frameVector('ENROL');
    const frame = vector.frame.slice();
    frame.set(E, 6);
    expect(() => open(vector, frame)).toThrow(expect.objectContaining({ code: 'key' }));
  });

  it.each([
    ['one octet short', (frame: Uint8Array) => frame.subarray(0, 132), 'length'],
    ['one octet long', (frame: Uint8Array) => Uint8Array.of(...frame, 0), 'length'],
    ['version 0', (frame: Uint8Array) => frame.with(0, 0x01), 'version'],
    ['version 2', (frame: Uint8Array) => Uint8Array.of(0x21, ...frame.subarray(1)), 'version'],
    ['class 9', (frame: Uint8Array) => Uint8Array.of(0x19, ...frame.subarray(1)), 'class'],
    ['another service key', (frame: Uint8Array) => Uint8Array.of(0x11, 2, ...frame.subarray(2)), 'key'],
    ['an earlier service key', (frame: Uint8Array) => Uint8Array.of(0x11, 0, ...frame.subarray(2)), 'key'],
    ['the class of a frame down', (frame: Uint8Array) => frame.with(0, 0x12), 'class'],
    ['the class of ENROL', (frame: Uint8Array) => frame.with(0, 0x13), 'class'],
    ['the class of an announcement', (frame: Uint8Array) => frame.with(0, 0x14), 'class'],
    ['another device', (frame: Uint8Array) => Uint8Array.of(0x11, 1, 9, ...frame.subarray(3)), 'key'],
  ])('refuses %s', (_name, mutate, code) => {
    const vector = frameVector('APPROVE');
    expect(() => open(vector, mutate(vector.frame))).toThrow(expect.objectContaining({ code }));
  });

  it('does not open a frame up as a frame of another phone', () => {
    const vector = frameVector('APPROVE');
    const other = { deviceId: vector.deviceId, publicKey: keys.merchant.D };
    expect(() => openUp(primitives, service, other, vector.frame)).toThrow(expect.objectContaining({ code: 'box' }));
  });
});
