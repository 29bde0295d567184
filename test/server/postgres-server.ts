import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { afterTheRun } from '../after-the-run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the server's socket; `undefined` where Debian's package `postgresql` is not installed. */
    postgres: string | undefined;
  }
}

/** The data of a server that has not started yet: those that are started in its folder begin with a copy, because `initdb` takes seconds. */
const EMPTY = 'empty';

/** An ordinary user: PostgreSQL does not run as root. */
const NOBODY = 65_534;

/** Speed instead of safety: what a power cut would lose is lost at the end of the tests anyway. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
  'autovacuum=off',
  'deadlock_timeout=50ms',
];

/** Ends the servers whose data are in the folder, as `pg_ctl stop -m immediate` does, and removes it. */
const END_ALL = `find "$1" -name postmaster.pid -exec sh -c 'kill -QUIT "$(head -n 1 "$1")"' sh '{}' ';'; sleep 1; rm -rf "$1"`;

/** A server of PostgreSQL on a socket in a folder of its own. */
export interface PostgresServer {
  /** The folder of the socket. */
  readonly folder: string;
  /** Ends it, and the connections to it. */
  stop(): void;
  /** Starts it again. */
  start(): void;
  /** Ends it for good. */
  remove(): void;
}

/** Starts one server for the tests of this project, and stops it after them. */
export default function startForAll(project: TestProject): (() => void) | undefined {
  const server = startPostgres();
  project.provide('postgres', server?.folder);
  return server?.remove;
}

/** @param parent of its folder. @returns `undefined` where Debian's package `postgresql` is not installed */
export function startPostgres(parent: string = tmpdir()): PostgresServer | undefined {
  const programs = programsOfPostgres();
  if (programs === undefined) return undefined;
  const folder = mkdtempSync(join(parent, 'cash-mobile-postgres-'));
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  afterTheRun(END_ALL, folder);
  const data = join(folder, 'data');
  const run = (program: string, ...options: string[]) =>
    execFileSync(join(programs, program), options, { ...user, cwd: folder, stdio: 'ignore' });
  const empty = join(parent, EMPTY);
  if (existsSync(empty)) {
    execFileSync('cp', ['-R', empty, data], user);
  } else {
    run('initdb', '-D', data, '-A', 'trust', '-U', 'cash', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8');
    execFileSync('cp', ['-R', data, join(folder, EMPTY)], user);
  }
  const settings = SETTINGS.map((setting) => `-c ${setting}`).join(' ');
  const start = () =>
    run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', `-k ${folder} -h '' ${settings}`, 'start');
  const end = (mode: 'fast' | 'immediate') =>
    spawnSync(join(programs, 'pg_ctl'), ['-D', data, '-m', mode, '-w', 'stop'], { ...user, stdio: 'ignore' });
  // Not `immediate`: with these settings that would lose what was committed.
  const stop = () => void end('fast');
  const remove = () => {
    end('immediate');
    rmSync(folder, { recursive: true, force: true });
  };
  start();
  return { folder, start, stop, remove };
}

/** The folder with the programs of the newest version: Debian's, or the one in PATH. */
function programsOfPostgres(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin').toSorted((one, other) => versionOf(one) - versionOf(other));
  const folders = [...(process.env['PATH'] ?? '').split(':'), ...debian];
  return folders.findLast((folder) => existsSync(join(folder, 'initdb')));
}

function versionOf(folder: string): number {
  return Number(folder.split('/').at(-2));
}
