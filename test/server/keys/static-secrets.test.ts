import { describe, expect, it } from 'vitest';
import type { Primitives } from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { StaticSecrets } from '../../../server/keys/static-secrets.ts';

const native = servicePrimitives();
const keyOf = (octet: number) => native.x25519PublicKey(new Uint8Array(32).fill(octet));
const secretKey = new Uint8Array(32).fill(9);
const service = { kid: 1, secretKey, publicKey: native.x25519PublicKey(secretKey) };
const phone = (deviceId: number, key = deviceId) => ({ deviceId, publicKey: keyOf(key) });
const isWiped = (octets: Uint8Array | undefined) => octets?.every((octet) => octet === 0);

/** Secrets that are kept for so many phones, and the ones that were computed. */
function open(atMost: number) {
  const computed: Uint8Array[] = [];
  const primitives: Primitives = {
    ...native,
    x25519(secret, publicKey) {
      const shared = native.x25519(secret, publicKey);
      computed.push(shared);
      return shared;
    },
  };
  return { secrets: new StaticSecrets(primitives, service, atMost), computed };
}

describe('the static secrets of phones', () => {
  it('are X25519 of the service and the phone, computed once', () => {
    const { secrets, computed } = open(2);
    for (let time = 0; time < 3; time += 1) {
      expect(secrets.of(phone(1))).toEqual(native.x25519(secretKey, keyOf(1)));
    }
    expect(computed).toHaveLength(1);
  });

  it('are given as copies: whoever wipes one does not wipe the next one', () => {
    const { secrets } = open(2);
    secrets.of(phone(1)).fill(0);
    secrets.of(phone(1)).fill(0);
    expect(secrets.of(phone(1))).toEqual(native.x25519(secretKey, keyOf(1)));
  });

  it('are computed again for a phone that enrolled with another key, and the earlier one is wiped', () => {
    const { secrets, computed } = open(2);
    secrets.of(phone(1));
    expect(secrets.of(phone(1, 5))).toEqual(native.x25519(secretKey, keyOf(5)));
    expect([computed.length, isWiped(computed[0]), isWiped(computed[1])]).toEqual([2, true, false]);
    expect(secrets.of(phone(1))).toEqual(native.x25519(secretKey, keyOf(1)));
  });

  it('are kept for the phones that were dealt with last: the one that waits longest is wiped', () => {
    const { secrets, computed } = open(2);
    for (const id of [1, 2, 1, 3]) secrets.of(phone(id));
    expect(computed.map(isWiped)).toEqual([false, true, false]);
    secrets.of(phone(1));
    secrets.of(phone(3));
    expect(computed).toHaveLength(3);
    secrets.of(phone(2));
    expect(computed.map(isWiped)).toEqual([true, true, false, false]);
  });

  it('are not kept when none may be', () => {
    const { secrets, computed } = open(0);
    secrets.of(phone(1)).fill(0);
    expect(secrets.of(phone(1))).toEqual(native.x25519(secretKey, keyOf(1)));
    expect(computed).toHaveLength(2);
  });

  it('are wiped at the end', () => {
    const { secrets, computed } = open(3);
    for (const id of [1, 2, 3]) secrets.of(phone(id));
    secrets.close();
    expect(computed.map(isWiped)).toEqual([true, true, true]);
    expect(secrets.of(phone(1))).toEqual(native.x25519(secretKey, keyOf(1)));
  });
});
