import type { Primitives } from '../safe-mobile/index.ts';
import { expectAttributes, isWebReference, URL_LIMIT } from './attributes.ts';
import { type Descriptor, expectAttribute, JAD_LIMIT, readAttributes, readIdentity } from './descriptor.ts';
import { signerOf } from './signature.ts';
import { InstallError } from './status.ts';
import { JAR_LIMIT } from './zip.ts';

/** What a descriptor offers before its JAR is fetched. */
export interface Offer extends Pick<Descriptor, 'name' | 'version' | 'vendor' | 'attributes'> {
  readonly jar: {
    /** As written: often relative to the address of the descriptor. */
    readonly url: string;
    readonly octets: number;
    /** SHA-256, lower-case hexadecimal; every signed descriptor has it. */
    readonly sha256?: string;
  };
  /** Octets of records that it asks for at least (`MIDlet-Data-Size`). */
  readonly dataOctets: number;
  /** The public key that signed it, lower-case hexadecimal; absent for one that is not signed. */
  readonly signer?: string;
}

/** Octets of all records of a suite. */
export const DATA_LIMIT = 262_144;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a descriptor that has a JAR, and checks its signature.
 * @throws InstallError 906, 909 for a wrong signature, 901 for a JAR or records that no phone takes
 */
export function readOffer(descriptor: Uint8Array, primitives: Primitives): Offer {
  if (descriptor.length > JAD_LIMIT) throw new InstallError(906, `The descriptor is longer than ${JAD_LIMIT} octets`);
  const written = readAttributes(textOf(descriptor));
  const signer = signerOf(descriptor, primitives);
  const attributes = new Map(Object.entries(written));
  const sha256 = readDigest(attributes);
  if (signer !== undefined && sha256 === undefined)
    throw new InstallError(
      906,
      'A signed descriptor is to have MIDlet-Jar-SHA256, or another JAR could be put under it',
    );
  const identity = readIdentity(attributes);
  expectAttributes(attributes);
  return {
    ...identity,
    attributes: written,
    jar: { url: readUrl(attributes), octets: readJarSize(attributes), ...(sha256 === undefined ? {} : { sha256 }) },
    dataOctets: readDataSize(attributes),
    ...(signer === undefined ? {} : { signer }),
  };
}

function textOf(descriptor: Uint8Array): string {
  try {
    return utf8.decode(descriptor);
  } catch {
    throw new InstallError(906, 'The descriptor is not UTF-8');
  }
}

function readUrl(attributes: ReadonlyMap<string, string>): string {
  const url = expectAttribute(attributes, 'MIDlet-Jar-URL');
  if (!isWebReference(url))
    throw new InstallError(906, `MIDlet-Jar-URL is to be an http or https URL of at most ${URL_LIMIT} characters`);
  return url;
}

function readJarSize(attributes: ReadonlyMap<string, string>): number {
  const octets = readCount('MIDlet-Jar-Size', expectAttribute(attributes, 'MIDlet-Jar-Size'));
  if (octets > JAR_LIMIT)
    throw new InstallError(901, `The JAR has ${octets} octets; a phone takes at most ${JAR_LIMIT}`);
  return octets;
}

function readDataSize(attributes: ReadonlyMap<string, string>): number {
  const octets = readCount('MIDlet-Data-Size', attributes.get('MIDlet-Data-Size') ?? '0');
  if (octets > DATA_LIMIT)
    throw new InstallError(901, `The records are to have ${octets} octets; a phone has ${DATA_LIMIT} for a suite`);
  return octets;
}

function readCount(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InstallError(906, `${name} is to be a number of octets, not ${value}`);
  return Number(value);
}

function readDigest(attributes: ReadonlyMap<string, string>): string | undefined {
  const written = attributes.get('MIDlet-Jar-SHA256');
  if (written === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/i.test(written))
    throw new InstallError(906, 'MIDlet-Jar-SHA256 is to have 64 hexadecimal digits');
  return written.toLowerCase();
}
