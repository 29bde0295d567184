import { hexOf, octetsOf, type Primitives, verifySignature } from '../safe-mobile/index.ts';
import { InstallError } from './status.ts';

/** The attribute that signs a descriptor, and through its digest the JAR. */
const SIGNATURE = 'MIDlet-Signature';

/** The last line of a signed descriptor: the public key, 64 hexadecimal digits, and the signature of 64 octets, in base 64. */
const LAST_LINE = new RegExp(`^${SIGNATURE}: (?<key>[0-9a-f]{64}) (?<signature>[A-Za-z0-9+/]{86}==)(\\r\\n|\\r|\\n)?$`);
/** A line that is one, wherever it is; the first one of a file may have a UTF-8 signature before it. */
const ANY_LINE = new RegExp(`(?<=^(?:\u00ef\u00bb\u00bf)?|[\\r\\n])${SIGNATURE}[ \\t]*:`, 'gi');

/** What signs and checks descriptors. */
export type SigningPrimitives = Pick<Primitives, 'ed25519PublicKey' | 'ed25519Sign'>;

/**
 * The public key (64 hexadecimal digits) that has signed a descriptor: Ed25519 over all octets before the last line, which is the
 * signature. `undefined` for one without a signature.
 * @throws InstallError 906 for a signature that is not the last line or not well written, 909 for one that is wrong
 */
export function signerOf(descriptor: Uint8Array, primitives: Primitives): string | undefined {
  // A character an octet: places in the text are places in the file.
  const text = Buffer.from(descriptor).toString('latin1');
  const [first, second] = [...text.matchAll(ANY_LINE)].map(({ index }) => index);
  if (first === undefined) return undefined;
  if (second !== undefined) throw new InstallError(906, `The descriptor has ${SIGNATURE} twice`);
  const { key, signature } = LAST_LINE.exec(text.slice(first))?.groups ?? {};
  if (key === undefined || signature === undefined)
    throw new InstallError(
      906,
      `${SIGNATURE} is to be the last line of the descriptor: key in hexadecimal, signature in base 64`,
    );
  const octets = new Uint8Array(Buffer.from(signature, 'base64'));
  if (!verifySignature(primitives, octetsOf(key), descriptor.subarray(0, first), octets))
    throw new InstallError(909, 'The signature of the descriptor is wrong: it was changed after it was signed');
  return key;
}

/** The text of a descriptor with its signature. @param text whole lines, without a signature. @param seed of Ed25519, 32 octets */
export function signDescriptor(text: string, seed: Uint8Array, primitives: SigningPrimitives): string {
  const publicKey = primitives.ed25519PublicKey(seed);
  const signature = primitives.ed25519Sign(seed, new Uint8Array(Buffer.from(text)), publicKey);
  return `${text}${SIGNATURE}: ${hexOf(publicKey)} ${Buffer.from(signature).toString('base64')}\n`;
}
