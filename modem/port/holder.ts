import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename } from 'node:path';

/** A process that has a port open. */
export interface PortHolder {
  readonly pid: number;
  /** The name of its program: `ModemManager`. */
  readonly name: string;
}

/**
 * The other processes that have the device at `path` open. Linux shows a user only that user's own processes, and root
 * all of them; on other systems the list is empty.
 *
 * @param root where procfs is mounted.
 */
export async function portHolders(path: string, root = '/proc'): Promise<readonly PortHolder[]> {
  const device = await realpath(path).catch(() => path);
  const pids = (await readdir(root).catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = pids
    .filter((pid) => pid !== process.pid)
    .map(async (pid): Promise<readonly PortHolder[]> => {
      if (!(await hasOpen(`${root}/${pid}/fd`, device))) return [];
      return [{ pid, name: await nameOf(`${root}/${pid}`) }];
    });
  return (await Promise.all(found)).flat();
}

/** The name of the program; for a script the script's name, not `node` or `python3`. */
async function nameOf(folder: string): Promise<string> {
  const [program = '', script = ''] = (await readFile(`${folder}/cmdline`, 'utf8').catch(() => '')).split('\0');
  const isInterpreter = /^(?:node|python[\d.]*|perl|ruby|sh|bash)$/.test(basename(program));
  const started = isInterpreter && script !== '' && !script.startsWith('-') ? script : program;
  return started === '' ? 'a process' : basename(started);
}

async function hasOpen(folder: string, device: string): Promise<boolean> {
  for (const descriptor of await readdir(folder).catch(() => [])) {
    if ((await readlink(`${folder}/${descriptor}`).catch(() => '')) === device) return true;
  }
  return false;
}

/** Whether a path leads to a pseudo terminal, which the program that simulates the modem often has open too. */
export async function isPseudoTerminal(path: string): Promise<boolean> {
  return (await realpath(path).catch(() => path)).startsWith('/dev/pts/');
}

/** Who holds a port, and what to do, in one line. */
export function describeHolders(holders: readonly PortHolder[]): string {
  if (holders.length === 0) {
    return 'another process holds the port (often ModemManager: stop it, or tell it to leave this device alone)';
  }
  const names = holders.map(({ pid, name }) => `${name} (pid ${pid})`).join(' and ');
  const advice = holders.some(({ name }) => name === 'ModemManager')
    ? 'stop it (systemctl stop ModemManager), or tell it to leave this device alone (udev: ENV{ID_MM_DEVICE_IGNORE}="1")'
    : 'stop it, or use another port';
  return `${names} ${holders.length === 1 ? 'holds' : 'hold'} the port: ${advice}`;
}
