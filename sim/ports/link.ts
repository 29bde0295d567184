import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, type Stats, statSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';

/** A link to a device cannot be made where it was asked for. `message` is one line for a person. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** The device of a pseudo terminal, which is made when the terminal is opened. */
const TERMINAL = /^\/dev\/pts\/\d+$/;

/** A symbolic link that gives a device a name that stays, `D/modem1`. Its folder is made when missing. */
export class DeviceLink {
  readonly path: string;
  #device: string;

  /** @throws LinkError when something is there already, or the folder cannot be made. */
  constructor(path: string, device: string) {
    this.path = path;
    this.#device = device;
    const folder = dirname(path);
    try {
      makeFolder(folder);
    } catch (cause) {
      throw new LinkError(path, `Cannot make the folder ${folder}: choose another one`, { cause });
    }
    if (isThere(path, device)) {
      throw new LinkError(
        path,
        `${path} exists already: another simulation may be using it; stop that one, choose another folder, or delete ${path}`,
      );
    }
    try {
      rmSync(path, { force: true });
      symlinkSync(device, path);
    } catch (cause) {
      throw new LinkError(path, `Cannot make the link ${path}: is the folder writable?`, { cause });
    }
  }

  /** Leads to another device from now on, without a moment in which there is no link. */
  point(device: string): void {
    const next = `${this.path}.next`;
    rmSync(next, { force: true });
    symlinkSync(device, next);
    renameSync(next, this.path);
    this.#device = device;
  }

  /** Unless it is another's meanwhile. */
  remove(): void {
    if (targetOf(this.path) === this.#device) rmSync(this.path, { force: true });
  }
}

/** Not by mkdir's own recursion, which never ends below `/proc`. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function targetOf(path: string): string | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  return entry?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
}

/**
 * A link that leads nowhere was left by a simulation that was killed, and counts as nothing. So does one whose terminal is
 * younger than the link: the number of a terminal is given again, perhaps to the very one that this link is made for.
 * A change of its mode or owner makes a terminal look younger than it is: one that has others than a new one counts as old.
 *
 * @param made the terminal that was opened just now
 */
function isThere(path: string, made: string): boolean {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return false;
  if (!entry.isSymbolicLink()) return true;
  const device = statSync(path, { throwIfNoEntry: false });
  if (device === undefined) return false;
  return (
    !TERMINAL.test(readlinkSync(path)) || device.ctimeMs <= entry.mtimeMs || !hasSameRights(device, statSync(made))
  );
}

function hasSameRights(one: Stats, other: Stats): boolean {
  return one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}
