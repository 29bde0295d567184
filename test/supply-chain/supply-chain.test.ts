import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockedPackages } from './lock-file.ts';
import { differences } from './sbom.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('package-lock.json', () => {
  const packages = lockedPackages(read('package-lock.json'));

  // npm leaves the digest out for packages of other platforms when it writes the file beside an existing node_modules.
  it('has the digest of each package, also of those for other platforms', () => {
    expect(packages.length).toBeGreaterThan(300);
    expect(
      packages.filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? '')).map(({ id }) => id),
    ).toEqual([]);
  });

  it('has no package with an install script that package.json does not name', () => {
    const { allowScripts } = JSON.parse(read('package.json'));
    const names = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(allowScripts)));
    expect(read('.ci/run')).toMatch(/^npm ci --strict-allow-scripts$/m);
    expect(read('.npmrc'), 'npx refuses the executables of a clone').not.toMatch(/^strict-allow-scripts/m);
  });
});

describe('the check of the SBOM', () => {
  const digest = Buffer.alloc(64, 7);
  const integrity = `sha512-${digest.toString('base64')}`;
  const lock = (...names: readonly string[]) =>
    JSON.stringify({
      packages: {
        '': { name: 'cash-mobile', version: '1.0.0' },
        'test/runtime': { version: '24.0.0' },
        'node_modules/dev-runtime': { link: true },
        ...Object.fromEntries(
          names.map((name) => [`node_modules/a/node_modules/${name}`, { version: '1.2.3', integrity }]),
        ),
      },
    });
  const sbom = (...components: readonly (readonly [name: string, hash?: string])[]) =>
    JSON.stringify({
      bomFormat: 'CycloneDX',
      components: components.map(([name, content = digest.toString('hex')]) => ({
        ...{ 'bom-ref': `${name}@1.2.3`, name, version: '1.2.3', hashes: [{ alg: 'SHA-512', content }] },
      })),
    });

  it.each([
    ['the same packages', lock('x', '@y/z'), sbom(['x'], ['@y/z']), []],
    ['one that is missing', lock('x', '@y/z'), sbom(['x']), ['@y/z@1.2.3 is not in the SBOM']],
    ['one too many', lock('x'), sbom(['x'], ['w']), ['w@1.2.3 is not in the lock file']],
    ['another digest', lock('x'), sbom(['x', '00']), ['x@1.2.3 has another digest in the SBOM, or none']],
  ])('%s', (_, locked, listed, expected) => {
    expect(differences(listed, locked)).toEqual(expected);
  });
});
