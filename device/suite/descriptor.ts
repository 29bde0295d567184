import { parseSmsAddress } from '../midp/index.ts';
import { InstallError } from './status.ts';

/** A connection that starts the application (`MIDlet-Push-n`). */
interface PushRegistration {
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
  readonly push: readonly PushRegistration[];
  /** Every attribute as written. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Octets of a descriptor that are read at most. */
export const JAD_LIMIT = 16_384;

const KNOWN_PERMISSIONS: ReadonlySet<string> = new Set([
  'javax.microedition.io.PushRegistry',
  'javax.microedition.io.Connector.sms',
  'javax.wireless.messaging.sms.receive',
  'javax.wireless.messaging.sms.send',
]);

/** Reads a descriptor. @throws InstallError naming the attribute and what was expected */
export function parseJad(text: string): Descriptor {
  if (text.length > JAD_LIMIT) throw new InstallError(906, `The descriptor is longer than ${JAD_LIMIT} characters`);
  const descriptor = describe(Object.fromEntries(readAttributes(text)));
  checkPush(descriptor);
  return descriptor;
}

/** The descriptor with attributes that were accepted before. @throws InstallError naming the attribute and what was expected */
export function describe(written: Readonly<Record<string, string>>): Descriptor {
  const attributes = new Map(Object.entries(written));
  const midlets = readMidlets(attributes);
  return {
    name: expectAttribute(attributes, 'MIDlet-Name'),
    version: expectVersion(attributes),
    vendor: expectAttribute(attributes, 'MIDlet-Vendor'),
    midlets,
    permissions: readPermissions(attributes),
    push: readPush(attributes),
    attributes: written,
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

/** Whether a message from this number passes the filter of a registration. */
export function passesFilter(filter: string, from: string): boolean {
  const pattern = Array.from(filter, (character) => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : character.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  return new RegExp(`^${pattern.join('')}$`).test(from);
}

/** JSR-118, the syntax of a descriptor: any character of Unicode but controls and the separators of RFC 2616. */
const ATTRIBUTE = /^(?<name>[^\p{Cc}\s()<>@,;:\\"/[\]?={}]+)[ \t]*:[ \t]*(?<value>.*?)\s*$/u;
/** A byte order mark, which Windows editors write at the beginning. */
const SIGNATURE = /^\uFEFF/;
/** Ctrl-Z ends a text file of DOS; NUL fills the last block of some servers. */
const PADDING = /[\p{Cc}\s]+$/u;

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const lines = text
    .replace(SIGNATURE, '')
    .replace(PADDING, '')
    .split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const match = ATTRIBUTE.exec(line);
    const { name, value } = match?.groups ?? {};
    if (name === undefined || value === undefined)
      throw new InstallError(906, `Line ${index + 1} of the descriptor is not "Name: value"`);
    if (attributes.has(name)) throw new InstallError(906, `The descriptor has ${name} twice`);
    attributes.set(name, value);
  }
  return attributes;
}

function expectAttribute(attributes: ReadonlyMap<string, string>, name: string): string {
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

function readPermissions(attributes: ReadonlyMap<string, string>): readonly string[] {
  const permissions = (attributes.get('MIDlet-Permissions') ?? '')
    .split(',')
    .map((permission) => permission.trim())
    .filter((permission) => permission !== '');
  const unknown = permissions.find((permission) => !KNOWN_PERMISSIONS.has(permission));
  if (unknown !== undefined) throw new InstallError(908, `This phone cannot give the permission ${unknown}`);
  return permissions;
}

function readMidlets(attributes: ReadonlyMap<string, string>): Descriptor['midlets'] {
  const first = readMidlet('MIDlet-1', expectAttribute(attributes, 'MIDlet-1'));
  return [first, ...numbered(attributes, 'MIDlet', 2).map(([attribute, value]) => readMidlet(attribute, value))];
}

function readMidlet(attribute: string, value: string): MidletEntry {
  const [name = '', icon = '', className = ''] = value.split(',').map((part) => part.trim());
  if (className === '') throw new InstallError(906, `${attribute} is to name a class: Name, icon, Class`);
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
  const [connection = '', className = '', filter = ''] = value.split(',').map((part) => part.trim());
  const port = pushPort(connection);
  if (port === undefined || className === '' || filter === '') {
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
