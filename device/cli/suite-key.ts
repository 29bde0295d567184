import { readFileSync, writeFileSync } from 'node:fs';
import { hexOf, octetsOf, type Primitives } from '../safe-mobile/index.ts';

/** What makes keys. */
type KeyPrimitives = Pick<Primitives, 'ed25519PublicKey'>;

/**
 * Writes the seed of a new Ed25519 key to a file that only its owner reads.
 * @param seed 32 random octets, wiped here. @returns the public key, hexadecimal. @throws Error when the file is there already
 */
export function writeKey(path: string, seed: Uint8Array, primitives: KeyPrimitives): string {
  try {
    writeFileSync(path, `${hexOf(seed)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return hexOf(primitives.ed25519PublicKey(seed));
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new Error(isThere ? `${path} is there already and is never written over` : `${path} cannot be written`, {
      cause: error,
    });
  } finally {
    seed.fill(0);
  }
}

/** The seed in a key file, 32 octets. @throws Error that says nothing of what the file holds */
export function readKey(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`There is no key ${path}: cash-handset suite key ${path} makes one`, { cause: error });
  }
  const [, seed] = /^([0-9a-f]{64})\s*$/.exec(text) ?? [];
  if (seed === undefined) throw new Error(`${path} is not a key: expected 64 hexadecimal digits`);
  return octetsOf(seed);
}
