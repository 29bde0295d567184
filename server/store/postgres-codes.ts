/** Names of PostgreSQL's error codes (its manual, appendix A) that the store tells apart. */
const TRY_AGAIN: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: the lock_timeout is over
]);

/** Classes and codes of a server that is not there, is ending, or has ended this connection. */
const GONE: readonly string[] = [
  '08', // connection exceptions
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25P03', // idle_in_transaction_session_timeout
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT', // no socket
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
];

/** What `pg` throws without a code when a connection ends under a query, or no connection or answer comes in time. */
const GONE_TEXT =
  /^Connection terminated|^timeout exceeded when trying to connect|^timeout expired|^Query read timeout|not queryable|^Client was closed/;

/** Whether the same transaction may succeed at once: another one was in its way. */
export function isCollision(error: unknown): boolean {
  return TRY_AGAIN.has(codeOf(error));
}

/** Whether the server or the connection is gone: nothing is known about a COMMIT without an answer. */
export function isGone(error: unknown): boolean {
  const code = codeOf(error);
  if (code === '') return error instanceof Error && GONE_TEXT.test(error.message);
  return GONE.some((gone) => code.startsWith(gone));
}

/** Whether the disk of the server is full (disk_full). */
export function isDiskFull(error: unknown): boolean {
  return codeOf(error) === '53100';
}

/** The code of an error of the server or of a socket; empty without one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
