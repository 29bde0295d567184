import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newRsaKey } from '../../../server/jws-keys/rsa-key.ts';

/** PKCS #8, base64. Of the tests alone: each was made once, because that takes up to some seconds. */
const MADE: readonly string[] = JSON.parse(readFileSync(join(import.meta.dirname, 'rsa-keys.json'), 'utf8'));

/** What a service makes its keys with: the next of those that are made, then new ones. */
export function madeKeys(): () => Promise<Uint8Array> {
  let next = 0;
  return async () => {
    const made = MADE[next];
    next += 1;
    return made === undefined ? newRsaKey() : new Uint8Array(Buffer.from(made, 'base64'));
  };
}
