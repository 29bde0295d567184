import { lstatSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
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

/** A symbolic link that gives a device a name that stays, `D/modem1`. Its folder is made when missing. */
export class DeviceLink {
  readonly path: string;

  /** @throws LinkError when something is there already, or the folder cannot be made. */
  constructor(path: string, device: string) {
    this.path = path;
    const folder = dirname(path);
    try {
      makeFolder(folder);
    } catch (cause) {
      throw new LinkError(path, `Cannot make the folder ${folder}: choose another one`, { cause });
    }
    if (isThere(path)) {
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
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/** Not by mkdir's own recursion, which never ends below `/proc`. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** A link that leads nowhere was left by a simulation that was killed, and counts as nothing. */
function isThere(path: string): boolean {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return false;
  return !entry.isSymbolicLink() || statSync(path, { throwIfNoEntry: false }) !== undefined;
}
