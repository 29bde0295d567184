/** SQLite's result codes that the store tells apart: another connection has the lock; the disk is full. */
const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
/** The index of the write-ahead log found no room on the disk. */
const SQLITE_IOERR_SHMSIZE = 4_874;

/** Whether another connection has the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}

/** Whether SQLite found no room on the disk. */
export function isFull(error: unknown): boolean {
  return primaryCode(error) === SQLITE_FULL || codeOf(error) === SQLITE_IOERR_SHMSIZE;
}

/** The low 8 bits of an extended code. */
function primaryCode(error: unknown): number {
  return codeOf(error) % 256;
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : Number.NaN;
}
