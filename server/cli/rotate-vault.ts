import { Command } from 'commander';
import { z } from 'zod';
import { hexOf, octetsOf } from '../../device/safe-mobile/index.ts';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { isKeyOf, wrapVaultKey } from '../keyring/vault-rotation.ts';
import { changeKeyFile, readKeyFile, type ServiceKeys } from '../keys/key-file.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { Vault } from '../keys/vault.ts';
import { askService, withServer } from './admin-api.ts';
import { dataFolder } from './data-folder.ts';
import { NEW_VAULT_KEY_VARIABLE, VAULT_KEY_VARIABLE } from './environment.ts';
import { vaultKeyFrom } from './vault-key.ts';

/** How often it is asked how far the change is, ms. */
const LOOK_MS = 1_000;

/** The vault key as the service shows it. */
export interface VaultAnswer {
  readonly state: 'settled' | 'changing' | 'waiting';
  readonly moved: number;
  readonly proof: string;
}

export const VaultAnswer: z.ZodType<VaultAnswer> = z.looseObject({
  state: z.enum(['settled', 'changing', 'waiting']),
  moved: z.int(),
  proof: z.string().regex(/^([0-9a-f]{2})+$/),
});

/** How far a change of the vault key is, as a line. */
export function vaultLine({ state, moved }: VaultAnswer): string {
  if (state === 'changing') return `vault key: being changed, ${moved} values sealed anew so far`;
  if (state === 'settled')
    return moved === 0 ? 'vault key: the first one' : `vault key: changed, ${moved} values sealed anew`;
  return `vault key: changed, ${moved} values sealed anew; the key before is kept until the last activation code of before is over (a day)`;
}

interface Options {
  readonly data: string;
  readonly vaultKeyCommand?: string;
  readonly newVaultKeyCommand?: string;
}

/** `cash-server keys rotate-vault` */
export function rotateVaultCommand(): Command {
  return withServer(new Command('rotate-vault'))
    .description('change the vault key while the service runs: everything that it seals is sealed anew')
    .requiredOption('--data <folder>', 'where keys.json is')
    .option('--vault-key-command <command>', 'prints the present vault key, when it is not in keys.json')
    .option('--new-vault-key-command <command>', 'prints the next one')
    .addHelpText(
      'after',
      [
        '',
        `The present key is the one in keys.json, in ${VAULT_KEY_VARIABLE}, or what --vault-key-command prints; the next one comes from`,
        `${NEW_VAULT_KEY_VARIABLE} or --new-vault-key-command. Without these two it is drawn and written into keys.json.`,
        'The next key goes to the service sealed under the present one. After a failure the same command goes on.',
      ].join('\n'),
    )
    .action(async (options: Options, command: Command) => {
      const given = vaultKeyFrom(options.newVaultKeyCommand, NEW_VAULT_KEY_VARIABLE, '--new-vault-key-command');
      const elsewhere = vaultKeyFrom(options.vaultKeyCommand, VAULT_KEY_VARIABLE, '--vault-key-command');
      const path = dataFolder(options.data).keys;
      const keys = readKeyFile(path, servicePrimitives(), elsewhere);
      const next = given ?? keys.nextVault ?? systemRandom.bytes(32);
      const isInFile = given === undefined;
      if (isInFile && elsewhere !== undefined) {
        throw new UsageError(
          `the vault key is not in keys.json: give the next one in ${NEW_VAULT_KEY_VARIABLE} or by --new-vault-key-command`,
        );
      }
      // The service answers, and has this key, before anything is written.
      await checkPresent(command, keys, next);
      // On disk before the service uses it.
      if (isInFile) changeKeyFile(path, { vault: hexOf(keys.vault), nextVault: hexOf(next) });
      await hand(command, keys, next);
      if (isInFile) changeKeyFile(path, { vault: hexOf(next), nextVault: undefined });
      const standing = await untilSealed(command);
      const where = isInFile
        ? `${path} has the next key: back the file up again`
        : 'put the next key where the service takes it from, before its next start';
      outputOf(command).print({ event: 'vault-key', ...standing }, `${vaultLine(standing)}\n${where}`);
    });
}

/** @throws Error when the service has neither of the keys, or does not answer */
async function checkPresent(command: Command, { vault: present }: ServiceKeys, next: Uint8Array): Promise<void> {
  const { proof } = await look(command);
  if ([present, next].some((key) => isKeyOf(vaultOf(key), octetsOf(proof)))) return;
  throw new Error('the service has another vault key than the one given here: nothing is changed');
}

function vaultOf(key: Uint8Array): Vault {
  return new Vault(key, servicePrimitives(), systemRandom);
}

/** Gives the service the next key, unless it has it already. */
async function hand(command: Command, { vault: present }: ServiceKeys, next: Uint8Array): Promise<void> {
  const { proof } = await look(command);
  if (isKeyOf(vaultOf(next), octetsOf(proof))) return;
  const body = { wrapped: hexOf(wrapVaultKey(vaultOf(present), next)) };
  await askService(command, { method: 'POST', path: '/v1/vault-key', body }, VaultAnswer);
}

async function untilSealed(command: Command): Promise<VaultAnswer> {
  for (;;) {
    const standing = await look(command);
    if (standing.state !== 'changing') return standing;
    await new Promise<void>((resolve) => systemClock.after(LOOK_MS, resolve));
  }
}

function look(command: Command): Promise<VaultAnswer> {
  return askService(command, { method: 'GET', path: '/v1/vault-key' }, VaultAnswer);
}
