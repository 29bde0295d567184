import { InstallError } from './status.ts';

/** Where the manifest of a JAR is. */
export const MANIFEST_PATH = 'META-INF/MANIFEST.MF';

/** Octets of the longest manifest. */
const MANIFEST_LIMIT = 16_384;
/** Octets of the longest line, without its end (JAR file specification, "Notes on manifest"). */
const LINE_OCTETS = 72;

const HEADER = /^(?<name>[A-Za-z0-9][A-Za-z0-9_-]{0,69}): (?<value>[^\p{Cc}]*)$/u;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The attributes of the main section of a manifest: `Name: value` on lines of at most 72 octets, which continue on lines that begin with a
 * blank; names are the same in upper and lower case (JAR file specification). Sections of single files, behind an empty line, are not read.
 * @throws InstallError 907
 */
export function readManifest(octets: Uint8Array): Readonly<Record<string, string>> {
  if (octets.length > MANIFEST_LIMIT) throw wrong(`it is longer than ${MANIFEST_LIMIT} octets`);
  const attributes = new Map<string, string>();
  const lowerCase = new Set<string>();
  for (const [index, header] of unfold(mainSection(octets)).entries()) {
    const { name, value } = HEADER.exec(header)?.groups ?? {};
    if (name === undefined || value === undefined) throw wrong(`attribute ${index + 1} is not "Name: value"`);
    if (lowerCase.has(name.toLowerCase())) throw wrong(`it has ${name} twice`);
    lowerCase.add(name.toLowerCase());
    attributes.set(name, value.trimEnd());
  }
  const [first] = attributes.keys();
  if (first !== 'Manifest-Version') throw wrong('it does not begin with Manifest-Version');
  return Object.fromEntries(attributes);
}

function wrong(what: string): InstallError {
  return new InstallError(907, `The manifest of the JAR is wrong: ${what}`);
}

/** The lines before the first empty one; each octet is a character. */
function mainSection(octets: Uint8Array): readonly string[] {
  const lines = Buffer.from(octets)
    .toString('latin1')
    .split(/\r\n|\r|\n/);
  const end = lines.indexOf('');
  const main = end < 0 ? lines : lines.slice(0, end);
  const long = main.findIndex((line) => line.length > LINE_OCTETS);
  if (long >= 0) throw wrong(`line ${long + 1} is longer than ${LINE_OCTETS} octets`);
  return main;
}

/** Joins lines with those that continue them; a character may be cut in two by a line end. */
function unfold(lines: readonly string[]): readonly string[] {
  const headers: string[] = [];
  for (const line of lines) {
    if (!line.startsWith(' ')) headers.push(line);
    else if (headers.length === 0) throw wrong('it begins with a line that continues another');
    else headers.push(`${headers.pop()}${line.slice(1)}`);
  }
  try {
    return headers.map((header) => utf8.decode(Buffer.from(header, 'latin1')));
  } catch {
    throw wrong('it is not UTF-8');
  }
}

/** The octets of a manifest with these attributes, in their order. @param attributes without Manifest-Version */
export function writeManifest(attributes: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries({ 'Manifest-Version': '1.0', ...attributes }).flatMap(([name, value]) =>
    fold(Buffer.from(`${name}: ${value}`)),
  );
  return new Uint8Array(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
}

/** The lines of one attribute, each octet a character. */
function fold(header: Buffer): readonly string[] {
  const lines = [header.toString('latin1', 0, LINE_OCTETS)];
  for (let at = LINE_OCTETS; at < header.length; at += LINE_OCTETS - 1)
    lines.push(` ${header.toString('latin1', at, at + LINE_OCTETS - 1)}`);
  return lines;
}
