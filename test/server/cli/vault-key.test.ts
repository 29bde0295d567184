import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { vaultKeyElsewhere } from '../../../server/cli/vault-key.ts';
import { createServiceKeys, readKeyFile, servicePrimitives, writeKeyFile } from '../../../server/index.ts';
import { seededRandom } from '../../../sim/index.ts';
import { temporaryFolder } from '../database.ts';

const KEY = 'ab'.repeat(32);
const OCTETS = new Uint8Array(32).fill(0xab);
const VARIABLE = 'CASH_SERVER_VAULT_KEY';

afterEach(() => vi.unstubAllEnvs());

describe('the vault key elsewhere', () => {
  it.each([
    ['nowhere', undefined, undefined, undefined],
    ['in the environment', KEY, undefined, OCTETS],
    ['in the environment, with the end of a line', `${KEY}\n`, undefined, OCTETS],
    ['printed by a command', '', `echo ${KEY}`, OCTETS],
  ])('%s', (_, variable, command, key) => {
    vi.stubEnv(VARIABLE, variable);
    expect(vaultKeyElsewhere(command)).toEqual(key);
  });

  it.each([
    ['in both places', KEY, `echo ${KEY}`, 'give either CASH_SERVER_VAULT_KEY or --vault-key-command'],
    ['too short in the environment', KEY.slice(2), undefined, 'CASH_SERVER_VAULT_KEY is no vault key: expected 64'],
    ['in capitals', KEY.toUpperCase(), undefined, 'CASH_SERVER_VAULT_KEY is no vault key'],
    ['printed with more beside it', '', `echo key ${KEY}`, 'what --vault-key-command prints is no vault key'],
    ['of a command that fails', '', `echo ${KEY}; exit 3`, '--vault-key-command gave no key: exit code 3'],
    ['of a command that is killed', '', 'kill -9 $$', '--vault-key-command gave no key: ended by SIGKILL'],
  ])('%s: refused, without any of the key', (_, variable, command, sentence) => {
    vi.stubEnv(VARIABLE, variable);
    const read = () => vaultKeyElsewhere(command);
    expect(read).toThrow(sentence);
    expect(read).not.toThrow(/abab/i);
  });

  it('takes the place of the one in the key file, and must not differ from it', () => {
    const primitives = servicePrimitives();
    const { keys } = createServiceKeys(primitives, seededRandom('vault key'));
    const path = join(temporaryFolder(), 'keys.json');
    writeKeyFile(path, keys);
    expect(readKeyFile(path, primitives, keys.vault)).toEqual(keys);
    expect(() => readKeyFile(path, primitives, OCTETS)).toThrow(
      'another vault key than the one that is given elsewhere',
    );
    const { vault: _, ...others } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify(others));
    expect(readKeyFile(path, primitives, OCTETS)).toEqual({ ...keys, vault: OCTETS });
    expect(() => readKeyFile(path, primitives)).toThrow('has no vault key, and none is given elsewhere');
  });
});
