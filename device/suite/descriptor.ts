import { parseSmsAddress } from '../midp/index.ts';
import { expectAttributes } from './attributes.ts';
import { InstallError } from './status.ts';

/** A connection that starts the application (`MIDlet-Push-n`). */
export interface PushRegistration {
  /** `sms://:16001` */
  readonly connection: string;
  readonly port: number;
  readonly className: string;
  /** The senders whose messages start the application: `*` stands for any characters of the number, `?` for one. */
  readonly filter: string;
}

/** An application of a suite (`MIDlet-n`): what the menu shows, and the class that is started. */
export interface MidletEntry {
  readonly name: string;
  /** The path of an image in the JAR; empty without one. */
  readonly icon: string;
  readonly className: string;
}

/** The values of an application descriptor (JSR-118, `text/vnd.sun.j2me.app-descriptor`). */
export interface Descriptor {
  readonly name: string;
  /** `major.minor` or `major.minor.micro` */
  readonly version: string;
  readonly vendor: string;
  /** `MIDlet-1` and on, at least one. */
  readonly midlets: readonly [MidletEntry, ...MidletEntry[]];
  readonly permissions: readonly string[];
  /** Permissions without which it works as well; those that this phone does not know are left out. */
  readonly optionalPermissions: readonly string[];
  readonly push: readonly PushRegistration[];
  /** Every attribute as written. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Octets of a descriptor that are read at most. */
export const JAD_LIMIT = 16_384;

/** Configurations and profiles of Java ME that this phone has the names of. */
const CONFIGURATIONS: ReadonlySet<string> = new Set(['CLDC-1.0', 'CLDC-1.1']);
const PROFILES: ReadonlySet<string> = new Set(['MIDP-1.0', 'MIDP-2.0']);

const KNOWN_PERMISSIONS: ReadonlySet<string> = new Set([
  'javax.microedition.io.PushRegistry',
  'javax.microedition.io.Connector.sms',
  'javax.wireless.messaging.sms.receive',
  'javax.wireless.messaging.sms.send',
]);

/** Reads a descriptor. @throws InstallError naming the attribute and what was expected */
export function parseJad(text: string): Descriptor {
  return describeNew(readAttributes(text));
}

/** The descriptor with attributes of an application that is to be installed. @throws InstallError naming the attribute and what was expected */
export function describeNew(written: Readonly<Record<string, string>>): Descriptor {
  const attributes = new Map(Object.entries(written));
  const descriptor = describe(written);
  expectAttributes(attributes);
  expectPlatform(attributes);
  checkPush(descriptor);
  return descriptor;
}

/** The descriptor with attributes that were accepted before. @throws InstallError naming the attribute and what was expected */
export function describe(written: Readonly<Record<string, string>>): Descriptor {
  const attributes = new Map(Object.entries(written));
  const midlets = readMidlets(attributes);
  return {
    ...readIdentity(attributes),
    midlets,
    permissions: readPermissions(attributes),
    optionalPermissions: namesIn(attributes, 'MIDlet-Permissions-Opt').filter((name) => KNOWN_PERMISSIONS.has(name)),
    push: readPush(attributes),
    attributes: written,
  };
}

/** What a suite is called by: every descriptor and every manifest has all three. @throws InstallError 906 */
export function readIdentity(attributes: ReadonlyMap<string, string>): Pick<Descriptor, 'name' | 'version' | 'vendor'> {
  return {
    name: expectAttribute(attributes, 'MIDlet-Name'),
    version: expectVersion(attributes),
    vendor: expectAttribute(attributes, 'MIDlet-Vendor'),
  };
}

/**
 * Compares two versions as JSR-118 does: number by number, a micro that is missing is 0.
 * @returns below 0 when `a` is older than `b`, 0 when both are the same
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a message from this number passes the filter of a registration. A `*` that does not fit takes one character more, and only the
 * last one is tried again: a regular expression would try all of them, which takes hours for a filter of many.
 */
export function passesFilter(filter: string, from: string): boolean {
  let star: { readonly at: number; taken: number } | undefined;
  let [inFilter, inNumber] = [0, 0];
  while (inNumber < from.length) {
    const wanted = filter.charAt(inFilter);
    if (wanted === '*') {
      star = { at: inFilter, taken: inNumber };
      inFilter += 1;
    } else if (wanted !== '' && (wanted === '?' || wanted === from.charAt(inNumber))) {
      inFilter += 1;
      inNumber += 1;
    } else if (star === undefined) return false;
    else {
      star.taken += 1;
      inFilter = star.at + 1;
      inNumber = star.taken;
    }
  }
  return /^\**$/.test(filter.slice(inFilter));
}

/** JSR-118, the syntax of a descriptor: any character of Unicode but controls, and in a name the separators of RFC 2616. */
const ATTRIBUTE = /^(?<name>[^\p{Cc}\s()<>@,;:\\"/[\]?={}]+)[ \t]*:[ \t]*(?<value>[^\p{Cc}]*(?:\t[^\p{Cc}]*)*)$/u;
/** A byte order mark, which Windows editors write at the beginning. */
const SIGNATURE = /^\uFEFF/;
/** Ctrl-Z ends a text file of DOS; NUL fills the last block of some servers. */
const PADDING = /[\p{Cc}\s]/u;

/** The attributes in the text of a descriptor. @throws InstallError 906 for a line that is none */
export function readAttributes(text: string): Readonly<Record<string, string>> {
  if (text.length > JAD_LIMIT) throw new InstallError(906, `The descriptor is longer than ${JAD_LIMIT} characters`);
  const attributes = new Map<string, string>();
  const lines = withoutPadding(text.replace(SIGNATURE, '')).split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const match = ATTRIBUTE.exec(line);
    const { name, value } = match?.groups ?? {};
    if (name === undefined || value === undefined)
      throw new InstallError(906, `Line ${index + 1} of the descriptor is not "Name: value"`);
    if (attributes.has(name)) throw new InstallError(906, `The descriptor has ${name} twice`);
    // JavaScript has this name for itself: where attributes are stored and read again, one of this name gets lost.
    if (name === '__proto__') throw new InstallError(906, `This phone takes no attribute ${name}`);
    attributes.set(name, value.trimEnd());
  }
  return Object.fromEntries(attributes);
}

// A pattern for the whole end would take the square of the time for a long row of blanks in the middle.
function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && PADDING.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The value of an attribute that must be there. @throws InstallError 906 */
export function expectAttribute(attributes: ReadonlyMap<string, string>, name: string): string {
  const value = attributes.get(name);
  if (value === undefined || value === '') throw new InstallError(906, `The descriptor has no ${name}`);
  return value;
}

function expectVersion(attributes: ReadonlyMap<string, string>): string {
  const version = expectAttribute(attributes, 'MIDlet-Version');
  if (!/^\d{1,2}(\.\d{1,2}){1,2}$/.test(version)) {
    throw new InstallError(906, `MIDlet-Version is to be major.minor.micro, not ${version}`);
  }
  return version;
}

/** Each may be missing; one that is there names what this phone has (`CLDC-1.1`; `MIDP-2.0`, or several with blanks between them). */
function expectPlatform(attributes: ReadonlyMap<string, string>): void {
  const profiles = (attributes.get('MicroEdition-Profile') ?? '').split(/\s+/).filter((name) => name !== '');
  const configuration = attributes.get('MicroEdition-Configuration') ?? '';
  const missing =
    profiles.find((name) => !PROFILES.has(name)) ??
    (configuration === '' || CONFIGURATIONS.has(configuration) ? undefined : configuration);
  if (missing !== undefined) throw new InstallError(908, `This phone does not have ${missing}`);
}

function namesIn(attributes: ReadonlyMap<string, string>, attribute: string): readonly string[] {
  return (attributes.get(attribute) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function readPermissions(attributes: ReadonlyMap<string, string>): readonly string[] {
  const permissions = namesIn(attributes, 'MIDlet-Permissions');
  const unknown = permissions.find((permission) => !KNOWN_PERMISSIONS.has(permission));
  if (unknown !== undefined) throw new InstallError(910, `This phone cannot give the permission ${unknown}`);
  return permissions;
}

function readMidlets(attributes: ReadonlyMap<string, string>): Descriptor['midlets'] {
  const first = readMidlet('MIDlet-1', expectAttribute(attributes, 'MIDlet-1'));
  return [first, ...numbered(attributes, 'MIDlet', 2).map(([attribute, value]) => readMidlet(attribute, value))];
}

function readMidlet(attribute: string, value: string): MidletEntry {
  const [name = '', icon = '', className = '', ...more] = value.split(',').map((part) => part.trim());
  if (name === '' || className === '' || more.length > 0)
    throw new InstallError(906, `${attribute} is to name a class: Name, icon, Class`);
  return { name, icon, className };
}

function readPush(attributes: ReadonlyMap<string, string>): readonly PushRegistration[] {
  return numbered(attributes, 'MIDlet-Push', 1).map(([attribute, value]) => readRegistration(attribute, value));
}

/** A class that is registered is one of `MIDlet-n` (JSR-118, `PushRegistry`), and a port is registered once. */
function checkPush({ push, midlets }: Descriptor): void {
  for (const [index, { className, connection, port }] of push.entries()) {
    const attribute = `MIDlet-Push-${index + 1}`;
    if (!midlets.some((midlet) => midlet.className === className)) {
      throw new InstallError(911, `${attribute} names the class ${className}, which no MIDlet-n has`);
    }
    if (push.findIndex((other) => other.port === port) < index) {
      throw new InstallError(911, `${attribute} registers ${connection} a second time`);
    }
  }
}

/** The attributes `NAME-n` with their values from a number on, as far as there is no gap. */
function numbered(
  attributes: ReadonlyMap<string, string>,
  name: string,
  from: number,
): readonly (readonly [attribute: string, value: string])[] {
  const found: [string, string][] = [];
  for (let number = from; ; number += 1) {
    const value = attributes.get(`${name}-${number}`);
    if (value === undefined) return found;
    found.push([`${name}-${number}`, value]);
  }
}

function readRegistration(name: string, value: string): PushRegistration {
  const [connection = '', className = '', filter = '', ...more] = value.split(',').map((part) => part.trim());
  const port = pushPort(connection);
  if (port === undefined || className === '' || filter === '' || more.length > 0) {
    throw new InstallError(911, `${name} is to be "sms://:port, Class, filter", not "${value}"`);
  }
  return { connection, port, className, filter };
}

function pushPort(connection: string): number | undefined {
  try {
    const address = parseSmsAddress(connection);
    return address.number === undefined ? address.port : undefined;
  } catch {
    return undefined;
  }
}
