import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is refused before a route sees it. */
export interface SiteRefusal {
  readonly status: 403 | 421;
  readonly sentence: string;
}

/** What is looked at of a request. */
interface Arrived {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The address of this machine that the client connected to. */
  readonly localAddress?: string | undefined;
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: readonly (string | undefined)[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/** What browsers say of requests by a page of the same origin, and of those that a person typed (Fetch Metadata). */
const OWN_SITE: readonly unknown[] = ['same-origin', 'none'];

/**
 * Whether a web page of somebody else stands behind a request. A page whose name leads here (DNS rebinding) is known by the
 * Host, which is then its name; another page by Origin or Sec-Fetch-Site, and it may change nothing. What is no browser
 * sends neither of the two.
 * @param hosts names by which clients may call, beside `localhost` and the addresses of this machine
 */
export function refusalOfSite(request: Arrived, hosts: readonly string[]): SiteRefusal | undefined {
  const { method, headers, localAddress } = request;
  const host = urlOf(`http://${headers.host ?? ''}`);
  if (host === undefined || !isHere(host.hostname, localAddress, hosts)) {
    return { status: 421, sentence: `The Host of the request, ${shown(headers.host)}, is no name of this server` };
  }
  if (SAFE_METHODS.includes(method)) return undefined;
  const { origin, 'sec-fetch-site': site } = headers;
  const isForeign = origin !== undefined && !isOwnOrigin(origin, headers.host ?? '', hosts);
  if (!isForeign && (site === undefined || OWN_SITE.includes(site))) return undefined;
  return { status: 403, sentence: `A page of another site, ${shown(origin)}, may change nothing here` };
}

function isHere(hostname: string, localAddress: string | undefined, hosts: readonly string[]): boolean {
  const name = plain(hostname);
  if (name === 'localhost' || name === '::1' || /^127\.[0-9.]+$/.test(name)) return true;
  return name === plain(localAddress ?? '') || isNamed(name, hosts);
}

function isNamed(name: string, hosts: readonly string[]): boolean {
  return name !== '' && hosts.some((host) => plain(host) === name);
}

/** A page of the very server that is asked, or of the proxy in front of it, which has one of the names. */
function isOwnOrigin(origin: string, host: string, hosts: readonly string[]): boolean {
  const page = urlOf(origin);
  if (page === undefined) return false;
  if (urlOf(`${page.protocol}//${host}`)?.host === page.host) return true;
  return page.port === '' && isNamed(plain(page.hostname), hosts);
}

/** A scheme, a host and perhaps a port, and nothing else; `undefined` for any other text, as `null`. */
function urlOf(text: string): URL | undefined {
  if (!/^https?:\/\/[^/?#@\\\s]+$/.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text);
}

/** As it is compared: without the brackets of IPv6, the dot at the end, and the form of IPv4 within IPv6. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .replace(/^::ffff:([0-9.]+)$/, '$1');
}

function shown(text: string | undefined): string {
  return text === undefined ? '(none)' : JSON.stringify(text.slice(0, 100));
}
