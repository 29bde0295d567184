import { spawnSync } from 'node:child_process';
import { octetsOf } from '../../device/safe-mobile/index.ts';
import { UsageError } from '../../modem/cli/program.ts';
import { VAULT_KEY_VARIABLE } from './environment.ts';

/** How long the command may take, ms: a module of hardware, or a service far away. */
const COMMAND_LIMIT_MS = 30_000;

/**
 * The vault key from where the operator keeps it: from the environment, or as a command prints it.
 * @param command for the shell
 * @returns 32 octets; `undefined` when it is in the key file
 * @throws UsageError when both are given or the text is no key; Error when the command fails. No message has any of the key
 */
export function vaultKeyElsewhere(command: string | undefined): Uint8Array | undefined {
  const text = process.env[VAULT_KEY_VARIABLE] ?? '';
  if (command === undefined) return text === '' ? undefined : keyIn(text, VAULT_KEY_VARIABLE);
  if (text !== '') throw new UsageError(`give either ${VAULT_KEY_VARIABLE} or --vault-key-command`);
  return keyIn(outputOf(command), 'what --vault-key-command prints');
}

function keyIn(text: string, where: string): Uint8Array {
  const digits = text.trim();
  if (/^[0-9a-f]{64}$/.test(digits)) return octetsOf(digits);
  throw new UsageError(`${where} is no vault key: expected 64 lower-case hexadecimal digits`);
}

/** What the command writes to standard error is for the operator: it goes where that of the service goes. */
function outputOf(command: string): string {
  const { status, signal, stdout, error } = spawnSync('/bin/sh', ['-c', command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    timeout: COMMAND_LIMIT_MS,
  });
  if (status === 0) return stdout;
  const how = error?.message ?? (signal === null ? `exit code ${status}` : `ended by ${signal}`);
  throw new Error(`--vault-key-command gave no key: ${how}`);
}
