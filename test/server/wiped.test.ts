import { describe, expect, it, vi } from 'vitest';
import { hexOf, type Primitives } from '../../device/safe-mobile/index.ts';
import type { Random } from '../../modem/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import { seededRandom } from '../../sim/index.ts';
import { noteCopies } from './note-copies.ts';
import { PIN, shop } from './world.ts';

/** A shop whose primitives note, by reference, what they are given. */
async function noting() {
  const native = servicePrimitives();
  const verified: { readonly key: Uint8Array; readonly signature: Uint8Array }[] = [];
  const sealed: Uint8Array[] = [];
  const opened: Uint8Array[] = [];
  const shared: Uint8Array[] = [];
  const primitives: Primitives = {
    ...native,
    ed25519Verify(key, message, signature) {
      verified.push({ key, signature });
      return native.ed25519Verify(key, message, signature);
    },
    x25519(secretKey, publicKey) {
      const secret = native.x25519(secretKey, publicKey);
      shared.push(secret);
      return secret;
    },
    secretboxSeal(key, nonce, message) {
      sealed.push(message);
      return native.secretboxSeal(key, nonce, message);
    },
    secretboxOpen(key, nonce, box) {
      const message = native.secretboxOpen(key, nonce, box);
      if (message !== undefined) opened.push(message);
      return message;
    },
  };
  const base = await shop('wiped', { primitives });
  return { ...base, verified, sealed, opened, shared };
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

describe('after a change of the PIN', () => {
  it.each([
    ['right', PIN, 'confirmed'],
    ['wrong', '00000', 'wrong-pin'],
  ])('by a %s PIN both keys and the proof are wiped', async (_, pin, status) => {
    const { world, customer, verified, opened } = await noting();
    for (const noted of [verified, opened]) noted.length = 0;
    const copies = noteCopies();
    const { phone } = customer;
    const named = phone.newPin('70815');
    await world.clock.advance(2_000);
    phone.repeat();
    const proof = phone.provePin(pin, named);
    await world.clock.advance(3_000);
    vi.restoreAllMocks();
    expect(phone.receipts().at(-1)?.status).toBe(status);
    expect(verified).toHaveLength(1);
    for (const { key, signature } of verified) expect([isWiped(key), isWiped(signature)]).toEqual([true, true]);
    // Out of the vault came the present key three times, the new one twice (PIN_NEW came twice), and the proof.
    const secrets = opened.filter(({ length }) => length === 32 || length === 64);
    expect(secrets.map(({ length }) => length)).toEqual([32, 32, 32, 32, 32, 64]);
    expect(secrets.every(isWiped)).toBe(true);
    // The messages as they were read.
    const left = copies.map(hexOf);
    for (const secret of [named.approvalKey, proof]) expect(left).not.toContain(hexOf(secret));
  });
});

describe('after an enrolment', () => {
  /** A person and a phone that is about to enrol, and what the service seals and digests meanwhile, by reference. */
  async function enrolling() {
    const { world, sealed, opened } = await noting();
    const person = await world.service.addPerson({ number: '+393400000077', name: 'Carla', language: 'en' });
    const { deviceId, activationCode } = await world.service.activate(person.id);
    const phone = world.phone(person.number);
    sealed.length = 0;
    opened.length = 0;
    const enrol = async (code = activationCode) => {
      const approvalKey = phone.enrol(deviceId, code, PIN);
      await world.clock.advance(3_000);
      return approvalKey;
    };
    const state = async () => (await world.service.devices(person.id)).at(-1)?.state;
    const repeat = async () => {
      phone.repeat();
      await world.clock.advance(3_000);
    };
    return { enrol, repeat, state, sealed, opened };
  }

  it('the activation code that was drawn is wiped', async () => {
    const drawn: Uint8Array[] = [];
    const inner = seededRandom('wiped');
    const random: Random = {
      bytes: (length) => {
        const octets = inner.bytes(length);
        if (length === 5) drawn.push(octets);
        return octets;
      },
    };
    const { world, customer } = await shop('wiped', { random });
    drawn.length = 0;
    await world.service.activate(customer.person.id);
    expect(drawn).toHaveLength(1);
    expect(drawn.every(isWiped)).toBe(true);
  });

  it('the approval key that was sealed is wiped', async () => {
    const { enrol, state, sealed } = await enrolling();
    await enrol();
    expect(await state()).toBe('enrolling');
    const [key, ...others] = sealed.filter(({ length }) => length === 32);
    expect(key && isWiped(key)).toBe(true);
    expect(others).toEqual([]);
  });

  it.each([
    ['right', undefined, 'enrolling'],
    ['wrong', '00000000', 'registered'],
  ])('with a %s code the message as it was opened is wiped', async (_, code, expected) => {
    const { enrol, state, opened } = await enrolling();
    await enrol(code);
    expect(await state()).toBe(expected);
    // Once to see that it is no junk, and once where it is dealt with.
    expect(opened.map(({ length }) => length)).toEqual([79, 79]);
    expect(opened.every(isWiped)).toBe(true);
  });

  it.each([
    ['the code is right', undefined, false, 'enrolling'],
    ['the code is wrong', '00000000', false, 'registered'],
    ['it is repeated', undefined, true, 'enrolling'],
  ])('the code and the approval key as they were read are wiped when %s', async (_, code, isAgain, expected) => {
    const { enrol, repeat, state } = await enrolling();
    const earlierKey = isAgain ? await enrol(code) : undefined;
    const copies = noteCopies();
    const approvalKey = earlierKey ?? (await enrol(code));
    if (isAgain) await repeat();
    vi.restoreAllMocks();
    expect(await state()).toBe(expected);
    const codes = copies.filter(({ length }) => length === 5);
    expect(codes).toHaveLength(2);
    expect(codes.every(isWiped)).toBe(true);
    expect(copies.map(hexOf)).not.toContain(hexOf(approvalKey));
  });
});

it('at the end of the service every shared secret is wiped, also those that were kept for the next frames', async () => {
  const { world, shared } = await noting();
  expect(shared.filter((secret) => !isWiped(secret)).length).toBeGreaterThan(0);
  await world.service.close();
  expect(shared.every(isWiped)).toBe(true);
});
