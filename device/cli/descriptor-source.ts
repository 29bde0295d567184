import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { UsageError } from '../../modem/cli/program.ts';
import type { Clock } from '../../modem/index.ts';
import type { Handset, Installation } from '../firmware/index.ts';
import { BUILT_IN } from '../phone.ts';
import { phonePrimitives as primitives } from '../safe-mobile/index.ts';
import { InstallError, JAD_LIMIT, openSuite, readAttributes, readOffer } from '../suite/index.ts';
import { isProtected, REDIRECTS } from './protected-url.ts';
import { jarBeside, readJarFile } from './suite-files.ts';

/** How long a server may take to give a descriptor, ms. */
const DOWNLOAD_MS = 15_000;

/** Redirects that are followed at most. */
const REDIRECT_LIMIT = 5;

/** A byte order mark stays: it is among the octets that were signed. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of an application descriptor, from a file, an https URL, or an http URL of this machine: who can change the descriptor on its
 * way can give the phone keys of a service of his own. @throws Error in one line, UsageError for another http URL
 */
export async function readDescriptor(source: string, clock: Clock): Promise<string> {
  if (!/^https?:\/\//i.test(source)) return readDescriptorFile(source);
  const url = URL.parse(source);
  if (url === null) throw new UsageError(`${source} is not a URL`);
  if (!isProtected(url)) throw new UsageError(`${source} can be changed on its way: give an https URL, or a file`);
  return download(url, clock);
}

/**
 * Installs an application from the text of its descriptor: one of the phone's own, or, from a file that has its JAR beside it, another.
 * @throws InstallError that names the `source` of the text
 */
export function installFrom(source: string, jad: string, handset: Handset): Installation {
  try {
    const jar = jarOf(source, jad);
    if (jar === undefined) return handset.install(jad);
    return handset.installSuite(openSuite(readOffer(Buffer.from(jad), primitives), jar, primitives), jar, source);
  } catch (error) {
    if (error instanceof InstallError) throw new InstallError(error.status, `${source}: ${error.message}`);
    throw error;
  }
}

/** The JAR beside the file of a descriptor; absent for an application of the phone's own classes. */
function jarOf(source: string, jad: string): Uint8Array | undefined {
  const attributes = readAttributes(jad);
  const url = attributes['MIDlet-Jar-URL'];
  const [, , className = ''] = (attributes['MIDlet-1'] ?? '').split(',').map((part) => part.trim());
  if (/^https?:\/\//i.test(source) || url === undefined || BUILT_IN.has(className)) return undefined;
  const path = jarBeside(source, url);
  return existsSync(path) ? readJarFile(path) : undefined;
}

async function readDescriptorFile(path: string): Promise<string> {
  const { size } = await stat(path).catch(() => {
    throw new Error(`There is no descriptor ${path}`);
  });
  if (size > JAD_LIMIT) throw new Error(`${path} has ${size} octets; a descriptor has at most ${JAD_LIMIT}`);
  return textOf(path, await readFile(path));
}

function textOf(source: string, octets: Uint8Array): string {
  try {
    return utf8.decode(octets);
  } catch {
    throw new Error(`${source} is not UTF-8, as a descriptor is to be`);
  }
}

async function download(url: URL, clock: Clock): Promise<string> {
  const abort = new AbortController();
  const cancel = clock.after(DOWNLOAD_MS, () => abort.abort());
  try {
    return await followed(url, abort.signal);
  } catch (error) {
    if (abort.signal.aborted) throw new Error(`${url} does not answer within ${DOWNLOAD_MS / 1000} s`);
    if (error instanceof TypeError) throw new Error(`${url} cannot be reached`, { cause: error });
    throw error;
  } finally {
    cancel();
  }
}

/** Follows redirects, but none to an address that is less protected: from https to http none, not even to this machine. */
async function followed(first: URL, signal: AbortSignal): Promise<string> {
  let url = first;
  for (let redirects = 0; redirects <= REDIRECT_LIMIT; redirects += 1) {
    const response = await fetch(url.href, { signal, redirect: 'manual' });
    const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
    if (location === null) {
      if (!response.ok) throw new Error(`${url} answers ${response.status}`);
      return readLimited(url, response);
    }
    await response.body?.cancel();
    const next = URL.parse(location, url.href);
    if (next === null) throw new Error(`${url} leads to ${location}, which is not a URL`);
    if (!isProtected(next) || (url.protocol === 'https:' && next.protocol !== 'https:'))
      throw new Error(`${url} leads to ${next}, where it can be changed on its way`);
    url = next;
  }
  throw new Error(`${first} leads to more than ${REDIRECT_LIMIT} other addresses`);
}

async function readLimited(url: URL, response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const octets of response.body ?? []) {
    parts.push(octets);
    length += octets.length;
    if (length > JAD_LIMIT) throw new Error(`${url} gives more than ${JAD_LIMIT} octets; a descriptor has fewer`);
  }
  return textOf(url.href, Buffer.concat(parts));
}
