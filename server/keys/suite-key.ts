import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hexOf } from '../../device/safe-mobile/index.ts';
import type { Random } from '../../modem/index.ts';

/**
 * Gives a key file of before there were suite keys one: the file is replaced whole, or stays as it was. A file that cannot be read is left
 * for {@link readKeyFile} to refuse.
 * @returns `unwritable` when the file has none and cannot be replaced
 */
export function addSuiteKey(path: string, random: Random): 'there' | 'added' | 'unwritable' {
  const file = readObject(path);
  if (file === undefined || 'suite' in file) return 'there';
  const whole = `${JSON.stringify({ ...file, suite: hexOf(random.bytes(32)) }, null, 2)}\n`;
  const beside = `${path}.new`;
  try {
    rmSync(beside, { force: true });
    writeFileSync(beside, whole, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, path);
    return 'added';
  } catch {
    return 'unwritable';
  }
}

function readObject(path: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
