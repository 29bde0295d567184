import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterTheRun } from './after-the-run.ts';

/**
 * Gives the tests of one run a temporary folder of their own, and removes it with all that they left in it. In it Node keeps
 * what it compiled of our sources, so that only the first start of a program has to compile them. It goes too when the run is killed.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-tests-'));
  afterTheRun('sleep 2; rm -rf "$1"', folder);
  process.env['TMPDIR'] = folder;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  // A program that ends while the folder is removed may still write what it compiled.
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
