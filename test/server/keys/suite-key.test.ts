import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createServiceKeys, readKeyFile, servicePrimitives, writeKeyFile } from '../../../server/index.ts';
import { addSuiteKey } from '../../../server/keys/suite-key.ts';
import { seededRandom } from '../../../sim/index.ts';
import { temporaryFolder } from '../database.ts';

const primitives = servicePrimitives();

/** A key file of before there were suite keys. */
function olderFile() {
  const path = join(temporaryFolder(), 'keys.json');
  const { suite: _, ...keys } = createServiceKeys(primitives, seededRandom('keys')).keys;
  writeKeyFile(path, keys);
  return { path, keys };
}

describe('a key file of before there were suite keys', () => {
  it('gets one, and keeps all other keys', () => {
    const { path, keys } = olderFile();
    expect(readKeyFile(path, primitives)).toEqual(keys);
    expect(addSuiteKey(path, seededRandom('suite'))).toBe('added');
    const { suite, ...others } = readKeyFile(path, primitives);
    expect(others).toEqual(keys);
    expect(suite).toEqual(seededRandom('suite').bytes(32));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('gets it once', () => {
    const { path } = olderFile();
    addSuiteKey(path, seededRandom('suite'));
    const text = readFileSync(path, 'utf8');
    expect(addSuiteKey(path, seededRandom('another'))).toBe('there');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('gets it though the power went while it was written before', () => {
    const { path } = olderFile();
    writeFileSync(`${path}.new`, '{"ki');
    expect(addSuiteKey(path, seededRandom('suite'))).toBe('added');
    expect(readKeyFile(path, primitives).suite).toEqual(seededRandom('suite').bytes(32));
  });

  it('stays as it is where it cannot be replaced', () => {
    const { path, keys } = olderFile();
    mkdirSync(`${path}.new`);
    writeFileSync(join(`${path}.new`, 'x'), '');
    expect(addSuiteKey(path, seededRandom('suite'))).toBe('unwritable');
    expect(readKeyFile(path, primitives)).toEqual(keys);
  });

  it.each(['', '[]', 'null', '"x"', '{"kid'])('that is %j is left for the reader to refuse', (text) => {
    const path = join(temporaryFolder(), 'keys.json');
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    expect(addSuiteKey(path, seededRandom('suite'))).toBe('there');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('that is missing stays missing', () => {
    const path = join(temporaryFolder(), 'keys.json');
    expect(addSuiteKey(path, seededRandom('suite'))).toBe('there');
    expect(existsSync(path)).toBe(false);
  });
});

describe('a new service', () => {
  it('has a suite key of its own', () => {
    const { keys } = createServiceKeys(primitives, seededRandom('keys'));
    expect(keys.suite).toHaveLength(32);
    expect([keys.vault, keys.signing.seed, keys.sealing.secretKey]).not.toContainEqual(keys.suite);
  });
});
