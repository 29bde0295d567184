import { decodeServiceIndication, type ServiceIndication, type SmsContent } from '../../modem/index.ts';

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

/** A WAP push as the inbox has it. */
export interface PushIndication {
  /** What the owner reads; the host of the link when the push has no text. */
  readonly text: string;
  readonly link?: string;
  /** A later one with the same id replaces it. */
  readonly id: string;
  /** Whether the phone rings for it. */
  readonly rings: boolean;
  /** The one with this id is deleted, and nothing takes its place. */
  readonly deletes: boolean;
}

/**
 * The Service Indication in a message; `undefined` when there is none in it, or it has expired (WAP-167-ServiceInd, 6.2).
 * @param now ms since 1970
 */
export function indicationIn(content: SmsContent, now: number): PushIndication | undefined {
  if (content.kind !== 'data' || !isWapPush(content)) return undefined;
  const indication = decoded(content.data);
  if (indication === undefined) return undefined;
  const { text, href = '', id = href, action = 'signal-medium', expires = Number.POSITIVE_INFINITY } = indication;
  if (expires <= now && action !== 'delete') return undefined;
  const link = linkOf(href);
  return {
    text: text === '' ? (link?.host ?? '') : text,
    ...(link === undefined ? {} : { link: link.url }),
    id,
    rings: action === 'signal-medium' || action === 'signal-high',
    deletes: action === 'delete',
  };
}

/** Whether a message is for the phone's own receiver of WAP pushes. */
export function isWapPush({ ports }: SmsContent): boolean {
  return ports?.destination === PUSH_PORT;
}

/** The first link in a text. */
export function linkInText(text: string): Link | undefined {
  for (const [found] of text.matchAll(URL_IN_TEXT)) {
    const link = found.length > 2 * URL_LIMIT ? undefined : linkOf(withoutEnd(found));
    if (link !== undefined) return link;
  }
  return undefined;
}

function decoded(data: Uint8Array): ServiceIndication | undefined {
  try {
    return decodeServiceIndication(data);
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
