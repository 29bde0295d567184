import { z } from 'zod';

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

/** A package of the registry, as the lock file names it. */
export interface LockedPackage {
  /** `name@version`. */
  readonly id: string;
  readonly name: string;
  /** Digest of its tarball, as `sha512-` and base64: npm refuses any other. */
  readonly integrity: string | undefined;
  /** npm is asked to run a script of it when it is installed. */
  readonly hasInstallScript: boolean;
}

/**
 * The packages of a package-lock.json, for all platforms. Without those that come from no registry: this project, and a folder of it that
 * is a package (`link`, and the folder itself), which have no tarball.
 */
export function lockedPackages(text: string): readonly LockedPackage[] {
  const { packages } = Lock.parse(JSON.parse(text));
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .map(([path, { name = path.split('node_modules/').at(-1) ?? path, version, integrity, hasInstallScript }]) => ({
      id: `${name}@${version}`,
      name,
      integrity,
      hasInstallScript: hasInstallScript === true,
    }));
}
