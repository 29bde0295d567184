import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  approvalText,
  concat,
  decodeUp,
  encodeUp,
  hexOf,
  isZero,
  type PinKey,
  pinChangeText,
  receiptText,
  STATUS_CODES,
  sameOctets,
  verifySignature,
} from '../../device/safe-mobile/index.ts';
import { ephemeralOf, type FoundKeys, guess, openBox, primitives, serviceKeyOf, type Thief, windows } from './thief.ts';

/** One way to a PIN: those of the candidates that what was stolen speaks for. */
export type Way = (thief: Thief, candidates: readonly string[]) => readonly string[];

/** A guess at the PIN, and what it makes of the stored keys. */
interface Guess extends FoundKeys {
  readonly pin: string;
  readonly seed: Uint8Array;
  readonly mask: Uint8Array;
}

function guesses({ keys }: Thief, candidates: readonly string[]): readonly Guess[] {
  return candidates.flatMap((pin) => keys.map((found) => ({ ...found, pin, ...guess(found.pinKey, pin) })));
}

function pinsOf(found: readonly Guess[]): readonly string[] {
  return [...new Set(found.map(({ pin }) => pin))];
}

/** 1: two camouflaged forms of one seed, made with the same or with different PINs. */
export const sameSeedTwice: Way = (thief, candidates) => {
  const all = guesses(thief, candidates);
  return pinsOf(
    all.filter((one) =>
      all.some((two) => two.pinKey !== one.pinKey && sameOctets(one.seed, two.seed) && differ(one, two)),
    ),
  );
};

function differ(one: Guess, two: Guess): boolean {
  return !sameOctets(one.pinKey.camouflaged, two.pinKey.camouflaged);
}

/** 2: something that depends on the seed, or on the PIN itself, is stored or logged. */
export const functionOfSeed: Way = (thief, candidates) =>
  pinsOf(
    guesses(thief, candidates).filter(({ seed, mask, pin, pinKey }) =>
      traces([seed, mask, Buffer.from(pin)], pinKey, thief),
    ),
  );

/** 5: something that depends on `A` is stored, or was sent in a form that opens with `d`. */
export const functionOfA: Way = (thief, candidates) =>
  pinsOf(
    guesses(thief, candidates).filter(({ seed, pinKey }) => traces([primitives.ed25519PublicKey(seed)], pinKey, thief)),
  );

const HASHES = ['sha256', 'sha512', 'sha1', 'md5', 'sha3-256', 'blake2b512'];

/** Whether a value is found anywhere, or the first 4 octets of a hash of it, alone or with salt or deviceId, or its checksum. */
function traces(values: readonly Uint8Array[], { salt }: PinKey, { haystack, deviceId }: Thief): boolean {
  const id = counterOctets(deviceId);
  return values.some((value) => {
    const inputs = [value, concat(value, id), concat(id, value), concat(value, salt), concat(salt, value)];
    const hashed = inputs.flatMap((input) => HASHES.map((name) => createHash(name).update(input).digest()));
    const short = [...hashed.map((digest) => digest.subarray(0, 4)), counterOctets(crc32(value))];
    // In texts 8 digits may stand by chance, so there the whole is looked for, and the first 8 octets of a hash.
    const long = [...hashed.map((digest) => digest.subarray(0, 8)), Buffer.from(value.subarray(0, 16))];
    return (
      [...short, Buffer.from(value.subarray(0, 16))].some((sought) => haystack.hasOctets(sought)) ||
      long.some((sought) => haystack.hasDigits(sought) || haystack.hasQuoted(sought))
    );
  });
}

/** 3: a signature in the clear, or in a frame that opens without `es`. Ed25519 gives the same signature each time, so it is looked for. */
export const readableSignature: Way = (thief, candidates) => {
  const zeros = new Uint8Array(32);
  const opened = thief.up.flatMap((frame) =>
    thief.keys.flatMap(({ phone }) => {
      const ss = primitives.x25519(phone.secretKey, serviceKeyOf(thief, frame));
      const boxes = [zeros, ss].map((es) => openBox(thief, frame, phone.publicKey, es, ss));
      return boxes.filter((plaintext) => plaintext !== undefined);
    }),
  );
  const all = guesses(thief, candidates);
  const inClear = all.filter(({ seed, phone }) => {
    const approvals = requestsOf(thief).flatMap((request) =>
      numbersNear(thief, request).map((ctr) => approvalText(phone.deviceId, ctr, 0, request)),
    );
    return [...approvals, ...proofTexts(thief, all)].some((text) => {
      const half = Buffer.from(primitives.ed25519Sign(seed, text).subarray(0, 32));
      return thief.haystack.hasOctets(half) || thief.haystack.hasDigits(half);
    });
  });
  return [...byMessages(thief, candidates, opened), ...pinsOf(inClear)];
};

/** The frames whose `e` is one of some secrets, opened. */
function openedWith(thief: Thief, secrets: readonly Uint8Array[]): readonly Uint8Array[] {
  const byPublic = new Map(secrets.map((secret) => [hexOf(primitives.x25519PublicKey(secret)), secret]));
  const zeros = new Uint8Array(32);
  return thief.up.flatMap((frame) => {
    const e = byPublic.get(hexOf(ephemeralOf(frame)));
    if (e === undefined) return [];
    const es = primitives.x25519(e, serviceKeyOf(thief, frame));
    const boxes = thief.keys.map(({ phone }) =>
      openBox(thief, frame, phone.publicKey, es, primitives.x25519(phone.secretKey, serviceKeyOf(thief, frame))),
    );
    return [openBox(thief, frame, zeros, es, zeros), ...boxes].filter((plaintext) => plaintext !== undefined);
  });
}

/** The numbers of messages that the phone sent within two minutes of a message of the service: both are unix times. */
export function numbersNear({ counters }: Thief, heard: Uint8Array): readonly number[] {
  const time = new DataView(heard.buffer, heard.byteOffset).getUint32(1);
  return counters.filter((ctr) => Math.abs(ctr - time) < 120);
}

/** What PIN_PROOF may sign: the changes that the thief has heard the end of, and the keys that the guesses make of the last one in the flash. */
function proofTexts(thief: Thief, all: readonly Guess[]): readonly Uint8Array[] {
  const last = thief.keys.at(-1);
  const made = all.filter(({ pinKey }) => pinKey === last?.pinKey);
  const confirmed = thief.heard.filter(
    (message) => message[0] === 0x02 && (message[13] ?? 0) >> 4 === STATUS_CODES.confirmed,
  );
  return confirmed.flatMap((receipt) =>
    made.flatMap(({ seed, phone }) => {
      const key = primitives.ed25519PublicKey(seed);
      return numbersNear(thief, receipt).map((ctr) => pinChangeText(phone.deviceId, ctr, receipt.slice(5, 13), key));
    }),
  );
}

/** The PINs that messages of the phone, once they are open, speak for: ENROL and PIN_NEW have a public key, APPROVE and PIN_PROOF a signature. */
function byMessages(thief: Thief, candidates: readonly string[], plaintexts: readonly Uint8Array[]): readonly string[] {
  const messages = plaintexts.map((plaintext) => decodeUp(plaintext));
  const all = guesses(thief, candidates);
  const keys = all.map(({ seed }) => primitives.ed25519PublicKey(seed));
  return pinsOf(
    all.filter(({ phone }, at) => {
      const A = keys[at] ?? new Uint8Array(32);
      return messages.some((message) => {
        if (message.type === 'ENROL' || message.type === 'PIN_NEW') return sameOctets(message.approvalKey, A);
        if (message.type === 'PIN_PROOF') {
          const { ctr, pcid, signature } = message;
          const texts = keys.map((key) => pinChangeText(phone.deviceId, ctr, pcid, key));
          return texts.some((text) => verifySignature(primitives, A, text, signature));
        }
        if (message.type !== 'APPROVE') return false;
        return requestsOf(thief).some((request) =>
          verifySignature(
            primitives,
            A,
            approvalText(phone.deviceId, message.ctr, message.instrument, request),
            message.signature,
          ),
        );
      });
    }),
  );
}

function requestsOf({ heard }: Thief): readonly Uint8Array[] {
  return heard.filter(([type]) => type === 0x01 || type === 0x03);
}

/** 4: an ephemeral key that is stored, as itself or as `d`. */
export const keptEphemeral: Way = (thief, candidates) =>
  byMessages(thief, candidates, openedWith(thief, windows(thief.records)));

/** 6: ephemeral keys from a generator whose state is stored: here a hash of the state. */
export const storedGenerator: Way = (thief, candidates) => {
  const outputs = windows(thief.records).map((state) => primitives.sha512(state).slice(0, 32));
  return byMessages(thief, candidates, openedWith(thief, outputs));
};

/** 7: ephemeral keys that are made of the seed, or of the seed and the number of the message. */
export const ephemeralOfSeed: Way = (thief, candidates) => {
  const made = guesses(thief, candidates).flatMap(({ seed }) => {
    const inputs = [seed, ...thief.counters.map((ctr) => concat(seed, counterOctets(ctr)))];
    return [seed, ...inputs.map((input) => primitives.sha512(input).slice(0, 32))];
  });
  return byMessages(thief, candidates, openedWith(thief, made));
};

/** A number in 4 octets. */
export function counterOctets(ctr: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(ctr);
  return octets;
}

/** 8: a box that only the right PIN opens: sealed to a key made of the seed, or with the PIN in its key. */
export const boxUnderPin: Way = (thief, candidates) =>
  pinsOf(
    guesses(thief, candidates).filter(({ pin, seed, mask, phone }) => {
      return [...thief.down, ...thief.up].some((frame) => {
        const ss = primitives.x25519(phone.secretKey, serviceKeyOf(thief, frame));
        const es = primitives.x25519(phone.secretKey, ephemeralOf(frame));
        const boxed = [Buffer.from(pin), mask, seed].some(
          (more) => openBox(thief, frame, phone.publicKey, es, ss, more) !== undefined,
        );
        return boxed || [seed, mask].some((secret) => opensTo(thief, frame, secret));
      });
    }),
  );

function opensTo(thief: Thief, frame: Uint8Array, secret: Uint8Array): boolean {
  const es = primitives.x25519(secret, ephemeralOf(frame));
  const ss = primitives.x25519(secret, serviceKeyOf(thief, frame));
  return !isZero(es) && openBox(thief, frame, primitives.x25519PublicKey(secret), es, ss) !== undefined;
}

/** 9: the phone sends an approval that the thief can open. @param approvals what came out of the thief's own service */
export function approvalsAtThief(
  approvals: readonly { readonly ctr: number; readonly signature: Uint8Array; readonly request: Uint8Array }[],
): Way {
  return (thief, candidates) =>
    pinsOf(
      guesses(thief, candidates).filter(({ seed, phone }) =>
        approvals.some(({ ctr, signature, request }) =>
          verifySignature(
            primitives,
            primitives.ed25519PublicKey(seed),
            approvalText(phone.deviceId, ctr, 0, request),
            signature,
          ),
        ),
      ),
    );
}

/** 10: a receipt that the service signed over a message with `A'`, or with a proof by the old key. */
export const receiptOverKey: Way = (thief, candidates) => {
  const receipts = thief.heard.filter(([type]) => type === 0x02);
  const pairs = guesses(thief, candidates);
  return pinsOf(
    pairs.filter(({ seed, phone }) =>
      receipts.some((receipt) => {
        const pcid = receipt.slice(5, 13);
        const A = primitives.ed25519PublicKey(seed);
        return numbersNear(thief, receipt).some((ctr) => {
          const signature = primitives.ed25519Sign(seed, pinChangeText(phone.deviceId, ctr, pcid, A));
          const messages = [
            encodeUp({ type: 'PIN_NEW', ctr, pcid, approvalKey: A }),
            encodeUp({ type: 'PIN_PROOF', ctr, pcid, signature }),
          ];
          return messages.some((message) =>
            verifySignature(
              primitives,
              thief.receiptKey,
              receiptText(primitives, phone.deviceId, message, receipt),
              receipt.subarray(19, 83),
            ),
          );
        });
      }),
    ),
  );
};
