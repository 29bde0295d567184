import { crc32, inflateRawSync } from 'node:zlib';
import { InstallError } from './status.ts';

/** Octets of the longest JAR. */
export const JAR_LIMIT: number = 64 * 1024;
/** Octets of all entries of a JAR together, unpacked. */
export const UNPACKED_LIMIT: number = 256 * 1024;
/** Entries of a JAR at most, folders counted. */
const ENTRY_LIMIT = 64;
/** Octets of the longest name of an entry. */
const NAME_LIMIT = 255;

// The records of a zip file (PKWARE APPNOTE 6.3.10, 4.3) begin with these signatures and have these lengths without their ends.
const LOCAL_HEADER = { signature: 0x0403_4b50, octets: 30 };
const CENTRAL_HEADER = { signature: 0x0201_4b50, octets: 46 };
const END_RECORD = { signature: 0x0605_4b50, octets: 22 };
const DATA_DESCRIPTOR = { signature: 0x0807_4b50, octets: 12 };

/** Bits of the general purpose flag (4.4.4). */
const ENCRYPTED = 1 << 0;
const SIZES_BEHIND = 1 << 3;
const NAMES_IN_UTF8 = 1 << 11;
/** Bits 1 and 2 say how hard the packer tried. */
const UNDERSTOOD_FLAGS = (1 << 1) | (1 << 2) | SIZES_BEHIND | NAMES_IN_UTF8;

const STORED = 0;
const DEFLATED = 8;
/** In a field of a size it says that the size stands in a zip64 record. */
const ZIP64 = 0xffff_ffff;
/** Extra fields that would change a size (zip64) or the name (Info-ZIP's Unicode path) of an entry. */
const REFUSED_EXTRAS: readonly number[] = [0x0001, 0x7075];

/** One file of a zip, as its central directory describes it. */
interface Entry {
  readonly name: string;
  readonly rawName: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  /** Where its local header is. */
  readonly offset: number;
}

/**
 * The files of a JAR by their paths. The local headers must say what the central directory says and fill the file without a gap, so
 * that every reader of zip files sees the same files in it.
 * @throws InstallError 901 for one that is too large, 907 for one that is damaged or not a zip of stored and deflated files
 */
export function readZip(octets: Uint8Array): ReadonlyMap<string, Uint8Array> {
  if (octets.length > JAR_LIMIT)
    throw new InstallError(901, `The JAR has ${octets.length} octets; a phone takes at most ${JAR_LIMIT}`);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const { entries, end } = readCentralDirectory(octets, view);
  expectDistinctNames(entries);
  const total = entries.reduce((sum, { unpacked }) => sum + unpacked, 0);
  if (total > UNPACKED_LIMIT)
    throw new InstallError(901, `The JAR has ${total} octets unpacked; a phone takes at most ${UNPACKED_LIMIT}`);
  const files = new Map<string, Uint8Array>();
  let at = 0;
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.offset !== at) throw damaged(`${entry.name} is not where the entry before it ends`);
    const start = readLocalHeader(octets, view, entry, end);
    at = readDataDescriptor(view, entry, start + entry.packed, end);
    const content = unpack(entry, octets.subarray(start, start + entry.packed));
    if (!entry.name.endsWith('/')) files.set(entry.name, content);
    else if (content.length > 0) throw damaged(`the folder ${entry.name} has octets`);
  }
  if (at !== end) throw damaged('there are octets that belong to no entry');
  return files;
}

function damaged(what: string): InstallError {
  return new InstallError(907, `The JAR cannot be read: ${what}`);
}

/** The entries in the central directory, and where it begins. */
function readCentralDirectory(octets: Uint8Array, view: DataView): { entries: readonly Entry[]; end: number } {
  const endRecord = octets.length - END_RECORD.octets;
  if (
    endRecord < 0 ||
    view.getUint32(endRecord, true) !== END_RECORD.signature ||
    view.getUint16(endRecord + 20, true) !== 0
  )
    throw damaged('it does not end as a zip file does, without a comment');
  const disks = view.getUint32(endRecord + 4, true);
  const [onDisk, count] = [view.getUint16(endRecord + 8, true), view.getUint16(endRecord + 10, true)];
  const [size, start] = [view.getUint32(endRecord + 12, true), view.getUint32(endRecord + 16, true)];
  if (disks !== 0 || onDisk !== count) throw damaged('it is a part of several, or zip64');
  if (count > ENTRY_LIMIT)
    throw new InstallError(907, `The JAR has ${count} entries; a phone takes at most ${ENTRY_LIMIT}`);
  if (start + size !== endRecord) throw damaged('the central directory is not where the end says');
  const entries: Entry[] = [];
  let at = start;
  for (let left = count; left > 0; left -= 1) {
    const { entry, next } = readCentralHeader(octets, view, at, endRecord);
    entries.push(entry);
    at = next;
  }
  if (at !== endRecord) throw damaged('the central directory is longer than its entries');
  return { entries, end: start };
}

function readCentralHeader(
  octets: Uint8Array,
  view: DataView,
  at: number,
  limit: number,
): { entry: Entry; next: number } {
  const { signature, octets: length } = CENTRAL_HEADER;
  if (at + length > limit || view.getUint32(at, true) !== signature)
    throw damaged('an entry of the central directory is cut');
  const nameEnd = at + length + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > limit) throw damaged('an entry of the central directory is longer than the directory');
  const flags = view.getUint16(at + 8, true);
  const rawName = octets.subarray(at + length, nameEnd);
  const entry: Entry = {
    name: readName(rawName, flags),
    rawName,
    flags,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    unpacked: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
  expectReadable(entry);
  expectHarmlessExtras(view, nameEnd, extraEnd, entry.name);
  if (view.getUint16(at + 34, true) !== 0) throw damaged(`${entry.name} is in another file`);
  return { entry, next };
}

function expectReadable({ name, flags, method, packed, unpacked, offset }: Entry): void {
  if ((flags & ENCRYPTED) !== 0) throw damaged(`${name} is encrypted`);
  if ((flags & ~UNDERSTOOD_FLAGS) !== 0) throw damaged(`${name} has flags that this phone does not know`);
  if (method !== STORED && method !== DEFLATED) throw damaged(`${name} is neither stored nor deflated`);
  if (packed === ZIP64 || unpacked === ZIP64 || offset === ZIP64) throw damaged(`${name} is of zip64`);
  if (method === STORED && packed !== unpacked) throw damaged(`${name} is stored, and has two sizes`);
}

function expectHarmlessExtras(view: DataView, start: number, end: number, name: string): void {
  for (let at = start; at < end; ) {
    if (at + 4 > end) throw damaged(`the extra field of ${name} is cut`);
    if (REFUSED_EXTRAS.includes(view.getUint16(at, true))) throw damaged(`${name} has a second name or size`);
    at += 4 + view.getUint16(at + 2, true);
    if (at > end) throw damaged(`the extra field of ${name} is cut`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A path inside the JAR: relative, with `/`, without `.`, `..` and control characters; a folder's ends with `/`. */
function readName(raw: Uint8Array, flags: number): string {
  if (raw.length === 0 || raw.length > NAME_LIMIT) throw damaged(`a name of ${raw.length} octets`);
  if ((flags & NAMES_IN_UTF8) === 0 && raw.some((octet) => octet >= 0x80))
    throw damaged('a name is neither ASCII nor UTF-8');
  let name: string;
  try {
    name = utf8.decode(raw);
  } catch {
    throw damaged('a name is not UTF-8');
  }
  const segments = name.replace(/\/$/, '').split('/');
  if (/[\p{Cc}\\]|^[a-z]:/iu.test(name) || segments.some((segment) => ['', '.', '..'].includes(segment)))
    throw damaged(`${JSON.stringify(name)} is not a path inside it`);
  return name;
}

function expectDistinctNames(entries: readonly Entry[]): void {
  const names = new Set<string>();
  for (const { name } of entries) {
    const path = name.replace(/\/$/, '');
    if (names.has(path)) throw damaged(`${path} is there twice`);
    names.add(path);
  }
}

/** Where the octets of an entry begin. */
function readLocalHeader(octets: Uint8Array, view: DataView, entry: Entry, limit: number): number {
  const { offset, rawName, name } = entry;
  const { signature, octets: length } = LOCAL_HEADER;
  if (offset + length > limit || view.getUint32(offset, true) !== signature)
    throw damaged(`the header of ${name} is missing`);
  const nameEnd = offset + length + view.getUint16(offset + 26, true);
  const start = nameEnd + view.getUint16(offset + 28, true);
  if (start + entry.packed > limit) throw damaged(`${name} is longer than the file`);
  const sizes = [14, 18, 22].map((field) => view.getUint32(offset + field, true));
  const behind = (entry.flags & SIZES_BEHIND) !== 0;
  const agrees =
    view.getUint16(offset + 6, true) === entry.flags &&
    view.getUint16(offset + 8, true) === entry.method &&
    Buffer.compare(octets.subarray(offset + length, nameEnd), rawName) === 0 &&
    [entry.crc, entry.packed, entry.unpacked].every((size, index) => sizes[index] === (behind ? 0 : size));
  if (!agrees) throw damaged(`the two headers of ${name} differ`);
  expectHarmlessExtras(view, nameEnd, start, name);
  return start;
}

/** Where an entry ends: behind its octets, or behind the sizes that follow them (4.3.9). */
function readDataDescriptor(view: DataView, entry: Entry, at: number, limit: number): number {
  if ((entry.flags & SIZES_BEHIND) === 0) return at;
  const hasSignature = at + 4 <= limit && view.getUint32(at, true) === DATA_DESCRIPTOR.signature;
  const start = at + (hasSignature ? 4 : 0);
  const next = start + DATA_DESCRIPTOR.octets;
  if (next > limit) throw damaged(`the sizes behind ${entry.name} are missing`);
  const expected = [entry.crc, entry.packed, entry.unpacked];
  if (expected.some((size, index) => view.getUint32(start + 4 * index, true) !== size))
    throw damaged(`the sizes behind ${entry.name} differ from those in the central directory`);
  return next;
}

function unpack(entry: Entry, packed: Uint8Array): Uint8Array {
  const content = entry.method === STORED ? packed.slice() : inflate(entry, packed);
  if (crc32(content) !== entry.crc) throw damaged(`${entry.name} has a wrong check sum`);
  return content;
}

/** What zlib answers to `info: true`; its types do not know of it. */
interface Inflated {
  readonly buffer: Uint8Array;
  /** `bytesWritten`: the octets that were read of what was packed. */
  readonly engine: { readonly bytesWritten: number };
}

/** Inflates until the size that the entry has, and no octet more. */
function inflate({ name, unpacked }: Entry, packed: Uint8Array): Uint8Array {
  let result: unknown;
  try {
    result = inflateRawSync(packed, { maxOutputLength: Math.max(1, unpacked), info: true });
  } catch {
    throw damaged(`${name} does not unpack to ${unpacked} octets`);
  }
  if (!isInflated(result) || result.buffer.length !== unpacked)
    throw damaged(`${name} does not unpack to ${unpacked} octets`);
  if (result.engine.bytesWritten !== packed.length) throw damaged(`there are octets behind the end of ${name}`);
  return new Uint8Array(result.buffer);
}

function isInflated(result: unknown): result is Inflated {
  return typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result;
}
