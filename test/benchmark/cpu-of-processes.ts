import { readFileSync } from 'node:fs';

/** One tick of the times in `/proc` (proc(5)): 1/100 s on every processor that Linux runs on. */
const TICK_MS = 10;

/** CPU of one process so far, user and system, ms. Linux only. */
export function cpuOf(pid: number): number {
  const { utime, stime } = timesOf(pid);
  return utime + stime;
}

/** CPU of a process and its children, also of those that have ended, ms. Linux only. */
export function cpuOfFamily(parent: number): number {
  for (;;) {
    const { utime, stime, cutime, cstime } = timesOf(parent);
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean);
    try {
      return children.reduce((sum, pid) => sum + cpuOf(Number(pid)), utime + stime + cutime + cstime);
    } catch (error) {
      // A child that ends meanwhile is counted with its parent the next time.
      if (!isGone(error)) throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
}

/** The times of `/proc/PID/stat`, ms. */
function timesOf(pid: number) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in parentheses, which may have blanks; `utime` is the 14th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime = Number.NaN, stime = Number.NaN, cutime = Number.NaN, cstime = Number.NaN] = fields
    .slice(11, 15)
    .map((ticks) => Number(ticks) * TICK_MS);
  return { utime, stime, cutime, cstime };
}
