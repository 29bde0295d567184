import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterTheRun } from './after-the-run.ts';

/** Octets that a run may leave in its folder until it ends. */
const ROOM = 4 * 1024 ** 3;

/**
 * Gives the tests of one run a temporary folder of their own, and removes it with all that they left in it. In it Node keeps
 * what it compiled of our sources, so that only the first start of a program has to compile them. It goes too when the run is killed.
 */
export default function setup(): () => void {
  const folder = folderInMemory() ?? mkdtempSync(join(tmpdir(), 'cash-mobile-tests-'));
  afterTheRun('sleep 2; rm -rf "$1"', folder);
  process.env['TMPDIR'] = folder;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  // A program that ends while the folder is removed may still write what it compiled.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * A folder in memory: hundreds of tests make a database and wait until the disk has it, which takes most of their time there.
 * Undefined without /dev/shm (it is Linux's), when it has too little room (64 MB in a container of Docker), when programs may not
 * be started from it, or when TMPDIR names another place.
 */
function folderInMemory(): string | undefined {
  if (process.env['TMPDIR'] !== undefined) return undefined;
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize < ROOM) return undefined;
    const folder = mkdtempSync('/dev/shm/cash-mobile-tests-');
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
    if (spawnSync(program).status === 0) return folder;
    rmSync(folder, { recursive: true });
    return undefined;
  } catch {
    return undefined;
  }
}
