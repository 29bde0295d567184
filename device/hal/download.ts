/**
 * Why a phone does not load from a URL: the host is not among those that it loads from; others could change what comes; the server sends it on to
 * another host, or on and on; what it sends it on to is no URL.
 */
export type RefusedBecause = 'host' | 'unprotected' | 'elsewhere' | 'loop' | 'answer';

/** Why nothing came: no such host; it does not answer; it does not prove that it is this host; the connection broke off; nothing came in time. */
export type LostBecause = 'unknown-host' | 'unreachable' | 'certificate' | 'broken' | 'silent';

/** What a request for a file ended with. */
export type Downloaded =
  | {
      readonly kind: 'content';
      /** The media type, lower case, without parameters; empty when the server gives none. */
      readonly type: string;
      readonly octets: Uint8Array;
    }
  /** The server answers with another status of HTTP than 200. */
  | { readonly kind: 'status'; readonly status: number }
  /** The server gives more octets than the limit. */
  | { readonly kind: 'too-long' }
  /** This phone does not load from there. */
  | { readonly kind: 'refused'; readonly because: RefusedBecause; readonly reason: string }
  /** Nothing came, or not all of it. */
  | { readonly kind: 'lost'; readonly because: LostBecause; readonly reason: string };

/** How a file is fetched. */
export interface DownloadRequest {
  /** Octets that are taken at most. */
  readonly limit: number;
  /** Ends the request: it is `lost` then. */
  readonly signal: AbortSignal;
  /** Hears of the octets that have come so far. */
  progress(octets: number): void;
}

/** The phone's way to servers by HTTP. It follows no redirect to another host. It never rejects. */
export interface Download {
  get(url: string, request: DownloadRequest): Promise<Downloaded>;
  /** Posts a line of text. @returns the status of HTTP, or why there is none */
  post(url: string, line: string, signal: AbortSignal): Promise<Exclude<Downloaded, { kind: 'content' | 'too-long' }>>;
}

/** A phone without a way to servers. */
export const NO_DOWNLOAD: Download = {
  get: async () => ({ kind: 'lost', because: 'unreachable', reason: 'This phone has no connection to servers' }),
  post: async () => ({ kind: 'lost', because: 'unreachable', reason: 'This phone has no connection to servers' }),
};
