import { OvertakenError } from './store.ts';

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
  '57P', // operator intervention: admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOENT', // no socket
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN', // the name server does not answer
  'ENOTFOUND', // the name is not known
];

/**
 * A server that answers, and does not let this program do its work until somebody mends it. It is tried on another connection: after a
 * failover that one leads to another server.
 */
const NOT_HERE: readonly string[] = [
  '25006', // read_only_sql_transaction: a standby, or default_transaction_read_only
  '28', // the password or pg_hba.conf was changed
  '3D000', // the database is not there
];

/** A server that has tried in vain: again at once would be in vain too. */
const EXHAUSTED: readonly string[] = [
  '53', // insufficient resources: memory, disk
  '57014', // query_canceled: the statement_timeout is over
  '58', // system error: the disk does not work
];

/** What `pg` throws without a code when a connection ends under a query, or no connection or answer comes in time. */
const GONE_TEXT =
  /^Connection terminated|^timeout exceeded when trying to connect|^timeout expired|^Query read timeout|not queryable|^Client was closed/;

/** What `pg` throws when no connection of the pool was free, or no answer came, within 15 s. */
const LONG_TEXT = /^timeout exceeded when trying to connect|^Query read timeout/;

/** Whether the same transaction may succeed at once: another one was in its way. */
export function isCollision(error: unknown): boolean {
  return error instanceof OvertakenError || TRY_AGAIN.has(codeOf(error));
}

/** Whether the server or the connection is gone: nothing is known about a COMMIT without an answer. */
export function isGone(error: unknown): boolean {
  const code = codeOf(error);
  if (code === '') return error instanceof Error && GONE_TEXT.test(error.message);
  return GONE.some((gone) => code.startsWith(gone));
}

/** Whether it has taken long to fail: the same once more would take as long. */
export function hasTakenLong(error: unknown): boolean {
  return error instanceof Error && LONG_TEXT.test(error.message);
}

/** Whether the server answered and could not do it, though nothing is wrong with what was asked for. */
export function isExhausted(error: unknown): boolean {
  const code = codeOf(error);
  return !isGone(error) && EXHAUSTED.some((exhausted) => code.startsWith(exhausted));
}

/** Whether the same may succeed later, when the server is there again, or somebody has mended it. */
export function isTrouble(error: unknown): boolean {
  const code = codeOf(error);
  return isGone(error) || isExhausted(error) || NOT_HERE.some((notHere) => code.startsWith(notHere));
}

/** Whether the disk of the server is full (disk_full). */
export function isDiskFull(error: unknown): boolean {
  return codeOf(error) === '53100';
}

/** Whether the server does not take the password (invalid_password). */
export function isWrongPassword(error: unknown): boolean {
  return codeOf(error) === '28P01';
}

/** Whether somebody held a lock for longer than the lock_timeout, which is 3 s. */
export function isLockedOut(error: unknown): boolean {
  return codeOf(error) === '55P03';
}

/** The code of an error of the server or of a socket; empty without one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
