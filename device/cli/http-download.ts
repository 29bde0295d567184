import type { Download, Downloaded, DownloadRequest, LostBecause, RefusedBecause } from '../index.ts';
import { isLoopback, isProtected, REDIRECTS } from './protected-url.ts';

/** Redirects that are followed at most. */
const REDIRECT_LIMIT = 5;

/** What a server answered, or why there is no answer. */
type Answer =
  | { readonly kind: 'answer'; readonly response: Response }
  | Extract<Downloaded, { kind: 'refused' | 'lost' }>;

/** The way to servers by HTTP, and by HTTPS to other machines than this one. */
export class HttpDownload implements Download {
  readonly #allows: (host: string) => boolean;

  /** @param allows whether files may be loaded from another host than this machine, which it is told without its port */
  constructor(allows: (host: string) => boolean) {
    this.#allows = allows;
  }

  async get(url: string, { limit, signal, progress }: DownloadRequest): Promise<Downloaded> {
    const answer = await this.#ask(url, { signal });
    if (answer.kind !== 'answer') return answer;
    const { response } = answer;
    if (response.status !== 200) {
      await discard(response);
      return { kind: 'status', status: response.status };
    }
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    try {
      const octets = await limited(response, limit, progress);
      return octets === undefined ? { kind: 'too-long' } : { kind: 'content', type, octets };
    } catch {
      return { kind: 'lost', because: 'broken', reason: `The connection to ${url} broke off` };
    }
  }

  async post(
    url: string,
    line: string,
    signal: AbortSignal,
  ): Promise<Exclude<Downloaded, { kind: 'content' | 'too-long' }>> {
    const answer = await this.#ask(url, {
      signal,
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: line,
    });
    if (answer.kind !== 'answer') return answer;
    await discard(answer.response);
    return { kind: 'status', status: answer.response.status };
  }

  /** Follows redirects on the same host. */
  async #ask(first: string, request: RequestInit): Promise<Answer> {
    let url = first;
    for (let redirects = 0; redirects <= REDIRECT_LIMIT; redirects += 1) {
      const refused = this.#refusal(url, first);
      if (refused !== undefined) return refused;
      const response = await answered(url, request);
      if (typeof response === 'string') return { kind: 'lost', because: response, reason: LOST[response](url) };
      const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
      if (location === null) return { kind: 'answer', response };
      await discard(response);
      url = URL.parse(location, url)?.href ?? location;
    }
    return refusal('loop', `${first} leads to more than ${REDIRECT_LIMIT} other addresses`);
  }

  #refusal(url: string, first: string): Refusal | undefined {
    const [to, from] = [URL.parse(url), URL.parse(first)];
    if (to === null || from === null) return refusal('answer', `${url} is not a URL`);
    if (to.host !== from.host) return refusal('elsewhere', `${first} leads to another host, ${to.host}`);
    if (!isProtected(to) || (from.protocol === 'https:' && to.protocol !== 'https:'))
      return refusal('unprotected', `${url} can be changed on its way: only https is loaded from there`);
    if (isLoopback(to) || this.#allows(to.hostname)) return undefined;
    return refusal('host', `This phone loads nothing from ${to.hostname}: --load-from ${to.hostname} lets it`);
  }
}

type Refusal = Extract<Downloaded, { kind: 'refused' }>;

function refusal(because: RefusedBecause, reason: string): Refusal {
  return { kind: 'refused', because, reason };
}

type NoAnswer = Extract<LostBecause, 'unknown-host' | 'certificate' | 'unreachable'>;

const LOST: Readonly<Record<NoAnswer, (url: string) => string>> = {
  'unknown-host': (url) => `There is no server of the name in ${url}`,
  certificate: (url) => `The certificate of the server of ${url} is wrong`,
  unreachable: (url) => `${url} cannot be reached`,
};

/** The answer to one request, or why there is none. */
async function answered(url: string, request: RequestInit): Promise<Response | NoAnswer> {
  try {
    return await fetch(url, { ...request, redirect: 'manual' });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'ENOTFOUND') return 'unknown-host';
    // Names of OpenSSL for what is wrong with a certificate (X509_V_ERR_…), as Node gives them.
    return /CERT|SIGNATURE|ISSUER/.test(code) ? 'certificate' : 'unreachable';
  }
}

/** @returns `undefined` when there are more octets than the limit */
async function limited(
  response: Response,
  limit: number,
  progress: (octets: number) => void,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > limit) return undefined;
    parts.push(part);
    progress(length);
  }
  return new Uint8Array(Buffer.concat(parts));
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
