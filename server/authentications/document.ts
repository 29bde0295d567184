import { hash } from 'node:crypto';
import type { Document } from './authentication.ts';

/**
 * What a person signs beside what the phone shows: SHA-256 of the canonical JSON (RFC 8785) of the document's own hash, the full name of
 * the relying party and the full title. Whoever has these three can compute it again.
 * @param name of the relying party, in full
 */
export function signedHash(name: string, { fullTitle, hash: document }: Document): Uint8Array {
  // RFC 8785 writes strings as JSON.stringify does, and sorts the members by their names.
  const json = JSON.stringify({ documentHash: Buffer.from(document).toString('hex'), name, title: fullTitle });
  return new Uint8Array(hash('sha256', json, 'buffer'));
}
