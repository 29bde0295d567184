import { describe, expect, it } from 'vitest';
import type { Primitives } from '../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import { PIN, shop } from './world.ts';

/** A shop whose primitives note, by reference, what they are given. */
async function noting() {
  const native = servicePrimitives();
  const verified: { readonly key: Uint8Array; readonly signature: Uint8Array }[] = [];
  const sealed: Uint8Array[] = [];
  const primitives: Primitives = {
    ...native,
    ed25519Verify(key, message, signature) {
      verified.push({ key, signature });
      return native.ed25519Verify(key, message, signature);
    },
    secretboxSeal(key, nonce, message) {
      sealed.push(message);
      return native.secretboxSeal(key, nonce, message);
    },
  };
  const base = await shop('wiped', { primitives });
  return { ...base, verified, sealed };
}

const isWiped = (octets: Uint8Array) => octets.every((octet) => octet === 0);

// With A or a signature a thief of the phone could test PINs: neither stays in memory, whatever the PIN was.
describe('after an approval', () => {
  it.each([
    ['right', PIN, 'CAPTURED'],
    ['wrong', '00000', 'REQUESTED'],
  ])('with a %s PIN the approval key and the signature are wiped', async (_, pin, state) => {
    const { world, customer, merchant, verified } = await noting();
    verified.length = 0;
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(pin);
    await world.clock.advance(3_000);
    expect((await world.service.payment(txn)).state).toBe(state);
    expect(verified).toHaveLength(1);
    for (const { key, signature } of verified) expect([isWiped(key), isWiped(signature)]).toEqual([true, true]);
  });

  it('the evidence that was sealed is wiped', async () => {
    const { world, customer, merchant, sealed } = await noting();
    sealed.length = 0;
    await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const evidence = sealed.filter(({ length }) => length === 96);
    expect(evidence).toHaveLength(1);
    expect(evidence.every(isWiped)).toBe(true);
  });
});
