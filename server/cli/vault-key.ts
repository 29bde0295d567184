import { spawnSync } from 'node:child_process';
import { octetsOf } from '../../device/safe-mobile/index.ts';
import { UsageError } from '../../modem/cli/program.ts';
import { VAULT_KEY_VARIABLE } from './environment.ts';

/** How long the command may take, ms: a module of hardware, or a service far away. */
const COMMAND_LIMIT_MS = 30_000;

/** The vault key of `serve`, from the environment or as a command prints it; `undefined` when it is in the key file. As {@link vaultKeyFrom}. */
export function vaultKeyElsewhere(command: string | undefined): Uint8Array | undefined {
  return vaultKeyFrom(command, VAULT_KEY_VARIABLE, '--vault-key-command');
}

/**
 * A vault key from where the operator keeps it: from the environment, or as a command prints it.
 * @param command for the shell. @param variable of the environment. @param option the one that gives the command
 * @returns 32 octets; `undefined` when neither is given
 * @throws UsageError when both are given or the text is no key; Error when the command fails. No message has any of the key
 */
export function vaultKeyFrom(command: string | undefined, variable: string, option: string): Uint8Array | undefined {
  const text = process.env[variable] ?? '';
  if (command === undefined) return text === '' ? undefined : keyIn(text, variable);
  if (text !== '') throw new UsageError(`give either ${variable} or ${option}`);
  return keyIn(outputOf(command, option), `what ${option} prints`);
}

function keyIn(text: string, where: string): Uint8Array {
  const digits = text.trim();
  if (/^[0-9a-f]{64}$/.test(digits)) return octetsOf(digits);
  throw new UsageError(`${where} is no vault key: expected 64 lower-case hexadecimal digits`);
}

/** What the command writes to standard error is for the operator: it goes where that of the service goes. */
function outputOf(command: string, option: string): string {
  const { status, signal, stdout, error } = spawnSync('/bin/sh', ['-c', command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    timeout: COMMAND_LIMIT_MS,
  });
  if (status === 0) return stdout;
  const how = error?.message ?? (signal === null ? `exit code ${status}` : `ended by ${signal}`);
  throw new Error(`${option} gave no key: ${how}`);
}
