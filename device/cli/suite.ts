import { Command } from 'commander';
import { type Output, outputOf, UsageError } from '../../modem/cli/program.ts';
import { systemRandom } from '../../modem/index.ts';
import { expectClasses } from '../machine/classes.ts';
import { QuickJsEngine } from '../machine/quickjs.ts';
import { phonePrimitives as primitives } from '../safe-mobile/index.ts';
import {
  InstallError,
  type Offer,
  openSuite,
  readJar,
  readOffer,
  type SuiteContent,
  statusLine,
} from '../suite/index.ts';
import { readClassLibrary } from './class-library.ts';
import { buildSuite } from './suite-build.ts';
import { jarBeside, readJad, readJarFile } from './suite-files.ts';
import { readKey, writeKey } from './suite-key.ts';

/** `cash-handset suite`: makes applications, and looks at them as a phone does. */
export function suiteCommand(): Command {
  return new Command('suite')
    .addCommand(buildCommand())
    .addCommand(keyCommand())
    .addCommand(checkCommand())
    .addCommand(showCommand());
}

function buildCommand(): Command {
  return new Command('build')
    .description('make the descriptor (JAD) and the JAR of the application in a folder with a suite.yaml')
    .argument('<folder>', 'where suite.yaml is')
    .option('--key <file>', 'sign it with this key, which "suite key" makes')
    .option('--out <folder>', 'where to put both. Default: the same folder')
    .action(async (folder: string, options: { key?: string; out?: string }, command: Command) => {
      const seed = options.key === undefined ? undefined : readKey(options.key);
      const built = await buildSuite(folder, options.out ?? folder, primitives, seed).catch(refuse);
      const { jad, jar, jarOctets, content } = built;
      outputOf(command).print(
        { event: 'built', jad, jar, ...recordOf(content, jarOctets) },
        [`${jad} and ${jar}: ${nameOf(content)}, ${jarOctets} octets`, `${signedLine(content.signer)}`].join('\n'),
      );
    });
}

function keyCommand(): Command {
  return new Command('key')
    .description(
      'make a key that signs applications: phones take an update only from the key that signed the version before',
    )
    .argument('<file>', 'where to put it; only its owner can read it')
    .action((file: string, _options: object, command: Command) => {
      const signer = writeKey(file, systemRandom.bytes(32), primitives);
      outputOf(command).print({ event: 'key', file, signer }, `${file}: the public key is ${signer}`);
    });
}

function checkCommand(): Command {
  return new Command('check')
    .description('say whether a phone would install an application, and why not')
    .argument('<jad>', 'its descriptor, a file')
    .option('--jar <file>', 'its JAR. Default: the file beside the descriptor that MIDlet-Jar-URL names')
    .action(async (jad: string, options: { jar?: string }, command: Command) => {
      try {
        const { content, octets } = open(jad, options.jar);
        await expectClasses(content, await QuickJsEngine.open(await readClassLibrary()));
        const text = `${statusLine(900)}: ${nameOf(content)}, ${octets} octets\n${signedLine(content.signer)}`;
        outputOf(command).print({ event: 'checked', status: 900, ...recordOf(content, octets) }, text);
      } catch (error) {
        if (error instanceof InstallError)
          outputOf(command).print({ event: 'checked', status: error.status, message: error.message });
        refuse(error);
      }
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('print what is in a descriptor, or in a JAR')
    .argument('<file>', 'a .jad or a .jar')
    .action((file: string, _options: object, command: Command) => {
      try {
        if (/\.jad$/i.test(file)) showOffer(readOffer(readJad(file), primitives), outputOf(command));
        else if (/\.jar$/i.test(file)) showJar(file, outputOf(command));
        else throw new UsageError(`${file} is neither a .jad nor a .jar`);
      } catch (error) {
        refuse(error);
      }
    });
}

/** Opens an application as a phone does. */
function open(jad: string, jarFile: string | undefined): { content: SuiteContent; octets: number } {
  const offer = readOffer(readJad(jad), primitives);
  const jar = readJarFile(jarFile ?? jarBeside(jad, offer.jar.url));
  return { content: openSuite(offer, jar, primitives), octets: jar.length };
}

/** Passes an error on; one of an installation with its status code before the message. */
function refuse(error: unknown): never {
  if (error instanceof InstallError) throw new Error(`${statusLine(error.status)}: ${error.message}`, { cause: error });
  throw error;
}

function showOffer(offer: Offer, output: Output): void {
  output.print(
    { event: 'descriptor', ...offer },
    [
      `${offer.name} ${offer.version} by ${offer.vendor}`,
      `JAR: ${offer.jar.url}, ${offer.jar.octets} octets`,
      signedLine(offer.signer),
      ...attributeLines(offer.attributes),
    ].join('\n'),
  );
}

function showJar(file: string, output: Output): void {
  const jar = readJarFile(file);
  const { manifest, script, resources } = readJar(jar);
  const files = { 'suite.js': Buffer.byteLength(script), ...sizesOf(resources) };
  output.print(
    { event: 'jar', octets: jar.length, files, attributes: manifest },
    [
      `${jar.length} octets`,
      ...Object.entries(files).map(([path, octets]) => `${String(octets).padStart(7)} ${path}`),
      ...attributeLines(manifest),
    ].join('\n'),
  );
}

function sizesOf(resources: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, number>> {
  return Object.fromEntries([...resources].map(([path, { length }]) => [path, length]));
}

function attributeLines(attributes: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(attributes).map(([name, value]) => `  ${name}: ${value}`);
}

function nameOf({ descriptor }: SuiteContent): string {
  return `${descriptor.name} ${descriptor.version} by ${descriptor.vendor}`;
}

function signedLine(signer: string | undefined): string {
  return signer === undefined ? 'Not signed' : `Signed with the key ${signer}`;
}

function recordOf({ descriptor, signer, script, resources }: SuiteContent, octets: number): object {
  const { name, version, vendor } = descriptor;
  const files = { 'suite.js': Buffer.byteLength(script), ...sizesOf(resources) };
  return { name, version, vendor, ...(signer === undefined ? {} : { signer }), octets, files };
}
