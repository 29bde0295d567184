import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { octetsOf, openEnrol, openUp, sealDown, verifySignature } from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { tweetnaclPrimitives } from '../../../server/keys/tweetnacl.ts';

const native = servicePrimitives();
const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const message = fc.uint8Array({ maxLength: 300 });

describe("the service's primitives", () => {
  it('are the native ones on this machine', () => {
    expect(native).not.toBe(tweetnaclPrimitives);
  });

  it('agree with tweetnacl on every primitive', () => {
    fc.assert(
      fc.property(octets(32), octets(32), octets(24), message, (a, b, nonce, text) => {
        const publicKey = tweetnaclPrimitives.x25519PublicKey(b);
        const signer = tweetnaclPrimitives.ed25519PublicKey(a);
        const signature = tweetnaclPrimitives.ed25519Sign(a, text);
        const box = tweetnaclPrimitives.secretboxSeal(a, nonce, text);
        expect(native.x25519PublicKey(b)).toEqual(publicKey);
        expect(native.x25519(a, publicKey)).toEqual(tweetnaclPrimitives.x25519(a, publicKey));
        expect(native.ed25519PublicKey(a)).toEqual(signer);
        expect(native.ed25519Sign(a, text)).toEqual(signature);
        expect(native.ed25519Sign(a, text, signer)).toEqual(signature);
        expect(tweetnaclPrimitives.ed25519Sign(a, text, signer)).toEqual(signature);
        expect(native.ed25519Verify(signer, text, signature)).toBe(true);
        expect(native.sha512(text)).toEqual(tweetnaclPrimitives.sha512(text));
        expect(native.sha256(text)).toEqual(tweetnaclPrimitives.sha256(text));
        expect(native.secretboxSeal(a, nonce, text)).toEqual(box);
        expect(native.secretboxOpen(a, nonce, box)).toEqual(text);
      }),
      { numRuns: 30 },
    );
  });

  it('agree on scrypt', () => {
    const cost = { N: 1024, r: 8, p: 1 };
    const [pin, salt] = [new TextEncoder().encode('48213'), new Uint8Array(16).fill(7)];
    expect(native.scrypt(pin, salt, cost)).toEqual(tweetnaclPrimitives.scrypt(pin, salt, cost));
  });

  it('give results that belong to the caller: wiping one changes no other, of any size', () => {
    const sizes = [...Array.from({ length: 300 }, (_, size) => size), 8_175, 8_176, 8_177, 100_000];
    const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(24).fill(2)];
    const messages = sizes.map((size) => new Uint8Array(size).fill(size));
    const boxes = messages.map((text) => native.secretboxSeal(key, nonce, text));
    expect(boxes.map(({ length }) => length)).toEqual(sizes.map((size) => size + 16));
    const kept = boxes.filter((box, place) => place % 2 === 0 || box.fill(0).length === 0);
    const opened = kept.map((box) => native.secretboxOpen(key, nonce, box));
    expect(opened).toEqual(messages.filter((_, place) => place % 2 === 0));
  });

  it('refuse the same boxes and signatures', () => {
    const key = new Uint8Array(32).fill(1);
    const nonce = new Uint8Array(24);
    const box = native.secretboxSeal(key, nonce, Uint8Array.of(1, 2, 3));
    const publicKey = native.ed25519PublicKey(key);
    for (const primitives of [native, tweetnaclPrimitives]) {
      expect(primitives.secretboxOpen(key, nonce, box.with(0, (box[0] ?? 0) ^ 1))).toBeUndefined();
      expect(primitives.secretboxOpen(key, nonce, box.subarray(0, 15))).toBeUndefined();
      expect(verifySignature(primitives, publicKey, nonce, new Uint8Array(64))).toBe(false);
    }
  });

  it.each(['00', '01', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'])(
    'give the all-zero secret for the small-order key %s',
    (hex) => {
      const smallOrder = octetsOf(hex.padEnd(64, '0'));
      const secretKey = new Uint8Array(32).fill(9);
      expect(native.x25519(secretKey, smallOrder)).toEqual(new Uint8Array(32));
      expect(tweetnaclPrimitives.x25519(secretKey, smallOrder)).toEqual(new Uint8Array(32));
    },
  );

  it('have the keys of the published vectors', () => {
    const vectors = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../device/safe-mobile/vectors.json'), 'utf8'),
    );
    for (const primitives of [native, tweetnaclPrimitives]) {
      expect(primitives.x25519PublicKey(octetsOf(vectors.keys.s))).toEqual(octetsOf(vectors.keys.S));
      expect(primitives.ed25519PublicKey(octetsOf(vectors.keys.r_seed))).toEqual(octetsOf(vectors.keys.R));
    }
  });

  it('open and seal the frames of the published vectors', () => {
    const { keys, frames } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../device/safe-mobile/vectors.json'), 'utf8'),
    );
    const service = { kid: keys.kid, secretKey: octetsOf(keys.s), publicKey: octetsOf(keys.S) };
    for (const { direction, phone, deviceId, plaintext, frame, ephemeralSecret } of frames) {
      const D = direction === 'enrol' ? undefined : octetsOf(keys[phone].D);
      if (direction === 'down') {
        const to = { deviceId, publicKey: octetsOf(keys[phone].D) };
        expect(sealDown(native, service, to, octetsOf(plaintext), octetsOf(ephemeralSecret))).toEqual(octetsOf(frame));
      } else if (D === undefined) {
        expect(openEnrol(native, service, deviceId, octetsOf(frame))).toEqual(octetsOf(plaintext));
      } else {
        expect(openUp(native, service, { deviceId, publicKey: D }, octetsOf(frame))).toEqual(octetsOf(plaintext));
      }
    }
  });
});
