import { hexOf, type Primitives } from '../safe-mobile/index.ts';
import { type Descriptor, describeNew } from './descriptor.ts';
import { MANIFEST_PATH, readManifest } from './manifest.ts';
import type { Offer } from './offer.ts';
import { InstallError } from './status.ts';
import { readZip } from './zip.ts';

/** Where the script of a suite is in its JAR. */
export const SCRIPT_PATH = 'suite.js';
/** Octets of the longest script. */
export const SCRIPT_LIMIT: number = 100 * 1024;

/** A suite whose descriptor and JAR belong together. */
export interface SuiteContent {
  /** The attributes of the manifest and of the descriptor. */
  readonly descriptor: Descriptor;
  /** The program: a script that takes the class library from `require('midp')` and puts its classes on `exports`. */
  readonly script: string;
  /** The other files of the JAR, by path. */
  readonly resources: ReadonlyMap<string, Uint8Array>;
  /** The public key that signed the descriptor; absent for a suite that is not signed. */
  readonly signer?: string;
}

/** Attributes of which a descriptor and a manifest say the same (JSR-118, JAR manifest). */
const IDENTITY = ['MIDlet-Name', 'MIDlet-Version', 'MIDlet-Vendor'];

/**
 * Opens a JAR under the descriptor that offered it.
 * @throws InstallError 904 for another size, 909 for another JAR than the one that is signed, 905 for a manifest that contradicts the
 * descriptor, 901 and 907 for a JAR that cannot be read or has not the icons, and those of {@link describeNew}
 */
export function openSuite(offer: Offer, jar: Uint8Array, primitives: Pick<Primitives, 'sha256'>): SuiteContent {
  const { octets, sha256 } = offer.jar;
  if (jar.length !== octets)
    throw new InstallError(904, `The JAR has ${jar.length} octets; the descriptor says ${octets}`);
  if (sha256 !== undefined && hexOf(primitives.sha256(jar)) !== sha256)
    throw new InstallError(909, 'The JAR is not the one of the descriptor: its SHA-256 differs');
  const { manifest, script, resources } = readJar(jar);
  expectSameAttributes(offer, manifest);
  const descriptor = describeNew({ ...manifest, ...offer.attributes });
  expectIcons(descriptor, resources);
  return {
    descriptor,
    script,
    resources,
    ...(offer.signer === undefined ? {} : { signer: offer.signer }),
  };
}

/** Icons are files of the JAR; a path may begin with a slash, as that of a class does (JSR-118, `MIDlet-n`, `MIDlet-Icon`). */
function expectIcons({ midlets, attributes }: Descriptor, resources: ReadonlyMap<string, Uint8Array>): void {
  const icons = midlets.map(({ icon }, index): [string, string] => [`MIDlet-${index + 1}`, icon]);
  const all = [...icons, ['MIDlet-Icon', attributes['MIDlet-Icon'] ?? '']] as const;
  const missing = all.find(([, icon]) => icon !== '' && !resources.has(icon.replace(/^\//, '')));
  if (missing !== undefined) throw new InstallError(907, `The JAR has no ${missing[1]}, the icon of ${missing[0]}`);
}

/** What is in a JAR. @throws InstallError 901, 907 */
export function readJar(jar: Uint8Array): {
  readonly manifest: Readonly<Record<string, string>>;
  readonly script: string;
  readonly resources: ReadonlyMap<string, Uint8Array>;
} {
  const resources = new Map(readZip(jar));
  const take = (path: string): Uint8Array => {
    const content = resources.get(path);
    if (content === undefined) throw new InstallError(907, `The JAR has no ${path}`);
    resources.delete(path);
    return content;
  };
  return { manifest: readManifest(take(MANIFEST_PATH)), script: readScript(take(SCRIPT_PATH)), resources };
}

function readScript(octets: Uint8Array): string {
  if (octets.length > SCRIPT_LIMIT)
    throw new InstallError(901, `${SCRIPT_PATH} has ${octets.length} octets; a phone takes at most ${SCRIPT_LIMIT}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    throw new InstallError(907, `${SCRIPT_PATH} is not UTF-8`);
  }
}

/** A signed descriptor may not contradict the manifest at all; one without a signature not in what the suite is called by. */
function expectSameAttributes({ attributes, signer }: Offer, manifest: Readonly<Record<string, string>>): void {
  for (const name of IDENTITY)
    if (manifest[name] === undefined) throw new InstallError(905, `The manifest of the JAR has no ${name}`);
  const names =
    signer === undefined ? IDENTITY : Object.keys(manifest).filter((name) => Object.hasOwn(attributes, name));
  const different = names.find((name) => manifest[name] !== attributes[name]);
  if (different !== undefined)
    throw new InstallError(
      905,
      `${different} is "${attributes[different]}" in the descriptor, and "${manifest[different]}" in the JAR`,
    );
}
