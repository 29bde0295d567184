import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** The package's own package.json, above this module: as it was written, or somewhere in `dist`. */
function packageJson(): string {
  const path = findPackageJSON('..', import.meta.url);
  if (path === undefined) throw new Error('package.json of cash-mobile not found');
  return path;
}

/** The absolute path of a file of this package. @param path from the package's folder, for example `dist/suites/cash-mobile.jar` */
export function packageFile(path: string): string {
  return join(dirname(packageJson()), path);
}

/** The package's version. */
export function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(packageJson(), 'utf8'));
  return version;
}
