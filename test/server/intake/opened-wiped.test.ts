import { expect, it, vi } from 'vitest';
import { encodeUp, type Primitives, sealEnrol } from '../../../device/safe-mobile/index.ts';
import { openEnrolment } from '../../../server/intake/open.ts';
import { servicePrimitives } from '../../../server/keys/primitives.ts';
import { StaticSecrets } from '../../../server/keys/static-secrets.ts';
import { noteCopies } from '../note-copies.ts';

const primitives = servicePrimitives();
const DEVICE = 7;
const POINT = primitives.ed25519PublicKey(new Uint8Array(32).fill(3));

/** A small-order point, which a phone must not have as its key. */
const SMALL = new Uint8Array(32);

it.each([
  ['opens', primitives.x25519PublicKey(new Uint8Array(32).fill(5)), true],
  ['has a key that is not sound', SMALL, false],
])('the octets of an enrolment are wiped when it %s', (_, sealingKey, isSound) => {
  const secretKey = new Uint8Array(32).fill(9);
  const pair = { kid: 1, secretKey, publicKey: primitives.x25519PublicKey(secretKey) };
  const opened: Uint8Array[] = [];
  const watched: Primitives = {
    ...primitives,
    secretboxOpen(key, nonce, box) {
      const plaintext = primitives.secretboxOpen(key, nonce, box);
      if (plaintext !== undefined) opened.push(plaintext);
      return plaintext;
    },
  };
  const code = new Uint8Array(5).fill(1);
  const enrol = { type: 'ENROL', ctr: 1, appVersion: 1, activationCode: code, approvalKey: POINT, sealingKey } as const;
  const frame = sealEnrol(primitives, pair, DEVICE, encodeUp(enrol), new Uint8Array(32).fill(11));
  const key = { pair, secrets: new StaticSecrets(watched, pair, 1) };
  const open = () => openEnrolment({ primitives: watched }, key, DEVICE, frame);
  if (isSound) expect(open().activationCode).toEqual(code);
  else {
    const copies = noteCopies();
    expect(open).toThrow('small order');
    vi.restoreAllMocks();
    // Code, sealing key, approval key.
    expect(copies.map(({ length }) => length)).toEqual([5, 32, 32]);
    for (const secret of [code, POINT]) expect(copies).not.toContainEqual(secret);
  }
  expect(opened.map((octets) => octets.every((octet) => octet === 0))).toEqual([true]);
});
