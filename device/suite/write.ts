import { zipSync } from 'fflate';
import { hexOf, type Primitives } from '../safe-mobile/index.ts';
import { MANIFEST_PATH, writeManifest } from './manifest.ts';
import { type SigningPrimitives, signDescriptor } from './signature.ts';
import { SCRIPT_PATH } from './suite.ts';

/** The attributes of a descriptor or manifest in the order in which they are written. */
export type Attributes = Readonly<Record<string, string>>;

/** What goes into a JAR. */
export interface JarParts {
  /** Of the manifest. */
  readonly attributes: Attributes;
  readonly script: string;
  /** By path. */
  readonly resources: ReadonlyMap<string, Uint8Array>;
}

/**
 * The octets of a JAR, the same for the same parts on every machine: all entries have the first date that a zip file can have, and are
 * packed by JavaScript, not by the zlib of the machine.
 * @throws Error for a resource that has the name of the manifest or of the program
 */
export function writeJar({ attributes, script, resources }: JarParts): Uint8Array {
  for (const path of [MANIFEST_PATH, SCRIPT_PATH, '__proto__'])
    if (resources.has(path)) throw new Error(`A resource cannot be called ${path}`);
  const sorted = [...resources].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const files = {
    [MANIFEST_PATH]: writeManifest(attributes),
    [SCRIPT_PATH]: new Uint8Array(Buffer.from(script)),
    ...Object.fromEntries(sorted),
  };
  return zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) });
}

/** The attributes by which a descriptor names its JAR. @param url of the JAR, often relative to the descriptor's */
export function jarAttributes(jar: Uint8Array, url: string, primitives: Pick<Primitives, 'sha256'>): Attributes {
  return {
    'MIDlet-Jar-URL': url,
    'MIDlet-Jar-Size': String(jar.length),
    'MIDlet-Jar-SHA256': hexOf(primitives.sha256(jar)),
  };
}

/** The text of a descriptor; signed when a seed is given. @param seed of an Ed25519 key, 32 octets */
export function writeDescriptor(attributes: Attributes, primitives: SigningPrimitives, seed?: Uint8Array): string {
  const text = Object.entries(attributes)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
  return seed === undefined ? text : signDescriptor(text, seed, primitives);
}
