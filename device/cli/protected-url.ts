/** Whether a URL is of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Whether nobody between server and phone can change what comes from this URL. */
export function isProtected(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** Statuses whose `Location` is followed with GET (RFC 9110, 15.4). */
export const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
