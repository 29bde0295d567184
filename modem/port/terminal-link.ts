import { lstat, readlink, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The devices of pseudo terminals on Linux. The system gives the number of one that is gone to the next one that is opened. */
const TERMINAL = /^\/dev\/pts\/\d+$/;

/** More links than a path may have (Linux: 40). */
const LINKS_LIMIT = 40;

/** A path that leads to a pseudo terminal by symbolic links, such as `/tmp/gsm/modem1`, as it was at one time. */
export interface TerminalLink {
  /** Each symbolic link on the way: which file it is, and when it was made. */
  readonly links: string;
  /** Which terminal is at its end: an older one of the same number is another one. Undefined: there is none. */
  readonly terminal: string | undefined;
}

/** Where a path leads to now; undefined when it is no symbolic link to a pseudo terminal. Never rejects. */
export async function terminalLink(path: string): Promise<TerminalLink | undefined> {
  const links: string[] = [];
  let end = resolve(path);
  for (;;) {
    const entry = await lstat(end, { bigint: true }).catch(() => undefined);
    if (entry?.isSymbolicLink() !== true) break;
    if (links.length === LINKS_LIMIT) return undefined;
    links.push(`${entry.dev}:${entry.ino}:${entry.ctimeNs}`);
    const target = await readlink(end).catch(() => undefined);
    if (target === undefined) return undefined;
    end = resolve(dirname(end), target);
  }
  if (links.length === 0 || !TERMINAL.test(end)) return undefined;
  const terminal = await stat(end, { bigint: true }).catch(() => undefined);
  return { links: links.join(' '), terminal: terminal && `${terminal.ino}:${terminal.ctimeNs}` };
}

/**
 * Whether a path whose terminal was hung up still has the same links, and at their end is not the same terminal. Who makes a
 * new terminal makes the link to it anew, so this one is somebody else's, or there is none.
 */
export function isLeftBehind(before: TerminalLink | undefined, now: TerminalLink | undefined): boolean {
  return before !== undefined && before.links === now?.links && before.terminal !== now.terminal;
}
