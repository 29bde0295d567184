/** How a request of HTTP/1.1 or HTTP/2 begins (RFC 9112, 3; RFC 9113, 3.4): a method, and a blank. */
const REQUESTS: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PRI',
].map((method) => `${method} `);

/** A record of TLS with a handshake (RFC 8446, 5.1), as a browser begins with for `https:`; a part of it is the page's own choice. */
const TLS_HANDSHAKE = '\u0016';

/**
 * The begin of a connection, looked at for a web browser: a page of any site can have the browser send a request to this port,
 * with AT commands in its body. Octets are held back as long as they may be the begin of a request.
 */
export class NoBrowser {
  #held = '';
  #isOver = false;

  /** What may go on to the modem; `undefined`: it is a browser. @param octets what has come */
  pass(octets: Uint8Array): Uint8Array | undefined {
    if (this.#isOver) return octets;
    const begin = this.#held + Buffer.from(octets).toString('latin1');
    const letters = begin.toUpperCase();
    if (begin.startsWith(TLS_HANDSHAKE) || REQUESTS.some((request) => letters.startsWith(request))) return undefined;
    if (REQUESTS.some((request) => request.startsWith(letters))) {
      this.#held = begin;
      return new Uint8Array();
    }
    this.#isOver = true;
    return new Uint8Array(Buffer.from(begin, 'latin1'));
  }
}
