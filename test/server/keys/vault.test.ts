import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { servicePrimitives } from '../../../server/index.ts';
import { Vault, VaultError } from '../../../server/keys/vault.ts';
import { seededRandom } from '../../../sim/index.ts';

const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
const vaultOf = (seed: string) => new Vault(seededRandom(seed).bytes(32), servicePrimitives(), seededRandom('nonces'));

describe('the vault', () => {
  it('gives back what was sealed, 40 octets longer, and never the same twice', () => {
    const vault = vaultOf('key');
    const sealed = vault.seal('approval key', 'device 1', secret);
    expect(sealed).toHaveLength(secret.length + 24 + 16);
    expect(vault.open('approval key', 'device 1', sealed)).toEqual(secret);
    expect(vault.seal('approval key', 'device 1', secret)).not.toEqual(sealed);
  });

  it.each([
    ['another subject', vaultOf('key'), 'approval key', 'device 2'],
    ['another purpose', vaultOf('key'), 'evidence', 'device 1'],
    ['another key', vaultOf('other'), 'approval key', 'device 1'],
  ])('does not open with %s', (_, vault, purpose, subject) => {
    const sealed = vaultOf('key').seal('approval key', 'device 1', secret);
    expect(() => vault.open(purpose, subject, sealed)).toThrow(VaultError);
  });

  it('does not open what was changed or cut', () => {
    const vault = vaultOf('key');
    const sealed = vault.seal('evidence', 'a', secret);
    expect(() => vault.open('evidence', 'a', sealed.with(30, (sealed[30] ?? 0) ^ 1))).toThrow(VaultError);
    expect(() => vault.open('evidence', 'a', sealed.subarray(0, 30))).toThrow(VaultError);
    expect(() => vault.open('evidence', 'a', new Uint8Array())).toThrow(VaultError);
  });

  it('makes MACs as RFC 2104 says, with a key made likewise for each purpose and subject', () => {
    const hmac = (key: Uint8Array, value: string | Uint8Array) => createHmac('sha256', key).update(value).digest();
    const key = hmac(seededRandom('key').bytes(32), 'activation code\0device 1');
    expect(Buffer.from(vaultOf('key').mac('activation code', 'device 1', secret))).toEqual(hmac(key, secret));
    expect(vaultOf('key').macs('activation code', 'device 1', secret).map(Buffer.from)).toEqual([hmac(key, secret)]);
  });

  it('tells equal values apart by purpose, subject and key', () => {
    const macs = [
      vaultOf('key').mac('activation code', 'device 1', secret),
      vaultOf('key').mac('activation code', 'device 2', secret),
      vaultOf('key').mac('evidence', 'device 1', secret),
      vaultOf('other').mac('activation code', 'device 1', secret),
    ].map((mac) => Buffer.from(mac).toString('hex'));
    expect(new Set(macs).size).toBe(4);
    expect(vaultOf('key').mac('activation code', 'device 1', secret)).toHaveLength(32);
  });
});
