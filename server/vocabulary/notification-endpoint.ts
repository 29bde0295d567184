// A file of its own: the command line checks it without loading the API.

/** Where a relying party hears of the end of a login: with TLS, because the token of the client travels (CIBA Core 1.0, 9), or on this machine. */
export function isNotificationEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1');
}
