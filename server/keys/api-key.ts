import { createHash } from 'node:crypto';

/**
 * SHA-256 of an API key, the only form that is stored. The keys are at least 128 random bits, so a fast hash is enough:
 * there is nothing to guess.
 */
export function hashApiKey(key: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(key).digest());
}
