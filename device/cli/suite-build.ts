import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import type { Primitives } from '../safe-mobile/index.ts';
import { jarAttributes, openSuite, readOffer, type SuiteContent, writeDescriptor, writeJar } from '../suite/index.ts';
import { bundle } from './suite-bundle.ts';
import { attributesOf, expectPermissions, readDescription, type SuiteDescription } from './suite-description.ts';

/** Resources that are looked at, at most: more than a JAR may have. */
const RESOURCE_LIMIT = 100;

/** Names that the JAR has for itself; some readers of JARs take small and capital letters for the same. */
const RESERVED = /^(?:suite\.js|meta-inf\/.*|__proto__)$/i;

/** A suite that was built, and where it is. */
export interface BuiltSuite {
  readonly jad: string;
  readonly jar: string;
  readonly jarOctets: number;
  readonly content: SuiteContent;
}

/**
 * Builds the suite in a folder with a `suite.yaml`: `NAME.jad` and `NAME.jar` in `out`, NAME being that of the folder. The same folder gives
 * the same octets.
 * @param seed of the key that signs it. @throws Error in one line; InstallError when no phone would take it
 */
export async function buildSuite(
  folder: string,
  out: string,
  primitives: Primitives,
  seed?: Uint8Array,
): Promise<BuiltSuite> {
  const description = readDescription(readText(join(folder, 'suite.yaml')));
  expectPermissions(description);
  const attributes = attributesOf(description);
  const resources = readResources(folder, description.resources);
  const script = await readScript(folder, description);
  expectIcons(description, resources);
  const jar = writeJar({ attributes, script, resources });
  const name = basename(resolve(folder));
  const descriptor = writeDescriptor(
    { ...attributes, ...jarAttributes(jar, encodeURIComponent(`${name}.jar`), primitives) },
    primitives,
    seed,
  );
  const content = openSuite(readOffer(new Uint8Array(Buffer.from(descriptor)), primitives), jar, primitives);
  mkdirSync(out, { recursive: true });
  const built = { jad: join(out, `${name}.jad`), jar: join(out, `${name}.jar`), jarOctets: jar.length, content };
  writeFileSync(built.jar, jar);
  writeFileSync(built.jad, descriptor);
  return built;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`There is no ${path}`, { cause: error });
  }
}

async function readScript(folder: string, { script, classLibrary, midlets, push }: SuiteDescription): Promise<string> {
  const bundled = await bundle(
    resolve(folder, script),
    classLibrary === undefined ? undefined : join(folder, classLibrary),
  );
  const missing = [...midlets, ...push].find(({ class: name }) => !bundled.exports.includes(name));
  if (missing !== undefined) throw new Error(`${join(folder, script)} exports no class ${missing.class}`);
  return bundled.script;
}

function readResources(folder: string, paths: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const waiting = paths.map((path) => posix.normalize(path).replace(/\/$/, ''));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const place = join(folder, path);
    if (files.size > RESOURCE_LIMIT) throw new Error(`There are more than ${RESOURCE_LIMIT} resources`);
    const kind = statSync(place, { throwIfNoEntry: false });
    if (kind === undefined) throw new Error(`There is no ${place}, which suite.yaml has as a resource`);
    if (kind.isDirectory()) waiting.push(...readdirSync(place).map((name) => `${path}/${name}`));
    else if (RESERVED.test(path)) throw new Error(`suite.yaml: a resource cannot be called ${path}`);
    else files.set(path, new Uint8Array(readFileSync(place)));
  }
  return files;
}

function expectIcons({ midlets }: SuiteDescription, resources: ReadonlyMap<string, Uint8Array>): void {
  const missing = midlets.find(({ icon }) => icon !== undefined && !resources.has(icon));
  if (missing !== undefined)
    throw new Error(`suite.yaml: ${missing.icon} of ${missing.name} is not among the resources`);
}
