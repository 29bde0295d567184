import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createServiceKeys, readKeyFile, servicePrimitives, writeKeyFile } from '../../../server/index.ts';
import { seededRandom } from '../../../sim/index.ts';
import { temporaryFolder } from '../database.ts';

const primitives = servicePrimitives();

describe('the key file', () => {
  it('is read by its owner only, and gives the same keys back', () => {
    const path = join(temporaryFolder(), 'keys.json');
    const { keys, rootSeed, adminKey } = createServiceKeys(primitives, seededRandom('keys'));
    writeKeyFile(path, keys);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readKeyFile(path, primitives)).toEqual(keys);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain(Buffer.from(rootSeed).toString('hex'));
    expect(text).not.toContain(adminKey);
  });

  it('is never written over another', () => {
    const path = join(temporaryFolder(), 'keys.json');
    const { keys } = createServiceKeys(primitives, seededRandom('keys'));
    writeKeyFile(path, keys);
    expect(() => writeKeyFile(path, keys)).toThrow('never written over');
  });

  it.each([
    ['is missing', undefined, 'there is no service in '],
    ['is not JSON', '{', 'it is not JSON'],
    ['lacks a key', '{"kid":1}', 's: '],
    ['has a short key', JSON.stringify({ kid: 1, s: 'abcd' }), '64 lower-case hexadecimal digits'],
  ])('says in one line what is wrong when it %s, and nothing of what it holds', (_, content, message) => {
    const path = join(temporaryFolder(), 'keys.json');
    if (content !== undefined) writeFileSync(path, content);
    const read = () => readKeyFile(path, primitives);
    expect(read).toThrow(message);
    expect(read).not.toThrow('abcd');
  });
});
