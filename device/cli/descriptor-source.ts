import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../../modem/index.ts';
import { type Handset, JAD_LIMIT, JadError } from '../firmware/index.ts';

/** How long a server may take to give a descriptor, ms. */
const DOWNLOAD_MS = 15_000;

/** The text of an application descriptor, from a file or an http(s) URL. @throws Error in one line */
export async function readDescriptor(source: string, clock: Clock): Promise<string> {
  return /^https?:\/\//.test(source) ? download(source, clock) : readDescriptorFile(source);
}

/** Installs an application from the text of its descriptor. @throws JadError that names the `source` of the text */
export function installFrom(source: string, jad: string, handset: Handset): void {
  try {
    handset.install(jad);
  } catch (error) {
    if (error instanceof JadError) throw new JadError(error.status, `${source}: ${error.message}`);
    throw error;
  }
}

async function readDescriptorFile(path: string): Promise<string> {
  const { size } = await stat(path).catch(() => {
    throw new Error(`There is no descriptor ${path}`);
  });
  if (size > JAD_LIMIT) throw new Error(`${path} has ${size} octets; a descriptor has at most ${JAD_LIMIT}`);
  return readFile(path, 'utf8');
}

async function download(url: string, clock: Clock): Promise<string> {
  const abort = new AbortController();
  const cancel = clock.after(DOWNLOAD_MS, () => abort.abort());
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw new Error(`${url} answers ${response.status}`);
    return await readLimited(url, response);
  } catch (error) {
    if (abort.signal.aborted) throw new Error(`${url} does not answer within ${DOWNLOAD_MS / 1000} s`);
    if (error instanceof TypeError) throw new Error(`${url} cannot be reached`, { cause: error });
    throw error;
  } finally {
    cancel();
  }
}

async function readLimited(url: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const octets of response.body ?? []) {
    text += decoder.decode(octets, { stream: true });
    if (text.length > JAD_LIMIT)
      throw new Error(`${url} gives more than ${JAD_LIMIT} characters; a descriptor has fewer`);
  }
  return text + decoder.decode();
}
