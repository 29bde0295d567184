import type { Download, Downloaded, DownloadRequest } from '../index.ts';
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
      return { kind: 'lost', reason: `The connection to ${url} broke off` };
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
      if (refused !== undefined) return { kind: 'refused', reason: refused };
      const response = await answered(url, request);
      if (response === undefined) return { kind: 'lost', reason: `${url} cannot be reached` };
      const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
      if (location === null) return { kind: 'answer', response };
      await discard(response);
      url = URL.parse(location, url)?.href ?? location;
    }
    return { kind: 'refused', reason: `${first} leads to more than ${REDIRECT_LIMIT} other addresses` };
  }

  #refusal(url: string, first: string): string | undefined {
    const [to, from] = [URL.parse(url), URL.parse(first)];
    if (to === null || from === null) return `${url} is not a URL`;
    if (to.host !== from.host) return `${first} leads to another host, ${to.host}`;
    if (!isProtected(to) || (from.protocol === 'https:' && to.protocol !== 'https:'))
      return `${url} can be changed on its way: only https is loaded from there`;
    if (isLoopback(to) || this.#allows(to.hostname)) return undefined;
    return `This phone loads nothing from ${to.hostname}: --load-from ${to.hostname} lets it`;
  }
}

async function answered(url: string, request: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...request, redirect: 'manual' });
  } catch {
    return undefined;
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
