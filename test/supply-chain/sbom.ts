import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lockedPackages } from './lock-file.ts';

const Sbom = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(
    z.object({
      'bom-ref': z.string(),
      name: z.string(),
      version: z.string(),
      hashes: z.array(z.object({ alg: z.string(), content: z.string() })).default([]),
      properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
    }),
  ),
});

/**
 * Where a software bill of materials (CycloneDX) and a lock file differ: packages that one of them lacks, and digests that differ.
 * @returns a line for each difference
 */
export function differences(sbom: string, lock: string): readonly string[] {
  const { components } = Sbom.parse(JSON.parse(sbom));
  const listed = new Map(
    components
      .filter(({ properties }) => !properties.some(isPrivate))
      .map(({ name, version, hashes }) => [`${name}@${version}`, hashes]),
  );
  const locked = lockedPackages(lock);
  const ids = new Set(locked.map(({ id }) => id));
  const missing = locked.flatMap(({ id, integrity = '' }) => {
    const hashes = listed.get(id);
    if (hashes === undefined) return [`${id} is not in the SBOM`];
    const digest = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
    const isSame = hashes.some(({ alg, content }) => alg === 'SHA-512' && content === digest);
    return isSame ? [] : [`${id} has another digest in the SBOM, or none`];
  });
  return [...missing, ...[...listed.keys()].filter((id) => !ids.has(id)).map((id) => `${id} is not in the lock file`)];
}

/** A folder of this project that is a package: it comes from no registry, and has no digest. */
function isPrivate({ name, value }: { readonly name: string; readonly value: string }): boolean {
  return name === 'cdx:npm:package:private' && value === 'true';
}

const [file] = process.argv.slice(2);
if (import.meta.main && file !== undefined) {
  const lock = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
  const found = differences(readFileSync(file, 'utf8'), lock);
  for (const line of found) process.stderr.write(`${line}\n`);
  if (found.length === 0)
    process.stdout.write(`${file} lists the ${lockedPackages(lock).length} packages of package-lock.json\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
