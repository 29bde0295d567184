import { decodeServiceIndication, type SmsContent } from '../../modem/index.ts';

/** A link that the owner may open. */
export interface Link {
  readonly url: string;
  /** What is shown before it is opened; that of another alphabet in Punycode, so that it cannot look like another. */
  readonly host: string;
}

/** The port of a WAP push (WAP-235-PushOTA, 6.1). */
const PUSH_PORT = 2948;
/** Characters of the longest URL. */
const URL_LIMIT = 256;
/** The characters of a URL (RFC 3986, 2), behind a beginning that no letter stands before. */
const URL_IN_TEXT = /(?<![\p{L}\p{N}])https?:\/\/[^\s<>"{}|\\^`\p{Cc}]+/giu;
/** What ends a sentence or a bracket around a link rather than the link. */
const BEHIND = /[.,;:!?'»”’)\]]$/u;

/** The link in a text SMS, or in a WAP push Service Indication that has not expired. @param now ms since 1970 */
export function linkInMessage(content: SmsContent, now: number): Link | undefined {
  if (content.kind === 'text') return linkInText(content.text);
  return content.ports?.destination === PUSH_PORT ? linkInPush(content.data, now) : undefined;
}

/** The first link in a text. */
export function linkInText(text: string): Link | undefined {
  for (const [found] of text.matchAll(URL_IN_TEXT)) {
    const link = found.length > 2 * URL_LIMIT ? undefined : linkOf(withoutEnd(found));
    if (link !== undefined) return link;
  }
  return undefined;
}

function linkInPush(data: Uint8Array, now: number): Link | undefined {
  try {
    const { href = '', action, expires = Number.POSITIVE_INFINITY } = decodeServiceIndication(data);
    return action === 'delete' || expires <= now ? undefined : linkOf(href);
  } catch {
    // Something else on this port, or damaged.
    return undefined;
  }
}

/** Brackets that are opened in the link are closed in it. */
function withoutEnd(found: string): string {
  let url = found;
  while (BEHIND.test(url) && !(url.endsWith(')') && url.split('(').length === url.split(')').length))
    url = url.slice(0, -1);
  return url;
}

/** The link to a URL of http or https; none to one with a name or password, which would be taken for the host. */
export function linkOf(url: string): Link | undefined {
  const parsed = url.length <= URL_LIMIT ? URL.parse(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return undefined;
  return parsed.username === '' && parsed.password === '' ? { url: parsed.href, host: parsed.host } : undefined;
}
