import { Command, Option } from 'commander';
import { z } from 'zod';
import {
  type AnnouncedKey,
  encodeAnnouncement,
  hexOf,
  type KeyAnnouncement,
  octetsOf,
} from '../../device/safe-mobile/index.ts';
import { outputOf } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { askService, withServer } from './admin-api.ts';
import { announcementLine, NO_END, rootOf, signCommand, textOf } from './root-key.ts';
import { rotateJwsCommand } from './rotate-jws.ts';
import { rotateVaultCommand, VaultAnswer, vaultLine } from './rotate-vault.ts';
import { countOption, wholeNumberOption } from './whole-number.ts';

const DAY_SECONDS = 24 * 3_600;

/** How long the key before still counts unless the command says, days. */
const KEPT_DAYS = 90;

const KINDS = { service: 'sealing', receipt: 'signing' } as const;
type Kind = keyof typeof KINDS;
const WHAT: Readonly<Record<'sealing' | 'signing', AnnouncedKey>> = { sealing: 1, signing: 2 };
const NAMES = { sealing: 'service key', signing: 'receipt key' } as const;

const KeyAnswer = z.looseObject({
  key: z.enum(['sealing', 'signing']),
  kid: z.int(),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.string().optional(),
  beginsAt: z.string().optional(),
  endsAt: z.string().optional(),
  endAnnouncedAt: z.string().optional(),
});
type KeyAnswer = z.infer<typeof KeyAnswer>;
/** A JWK Set, of which only the names of the keys and their ends are shown. */
const KeySet = z.object({ keys: z.array(z.object({ kid: z.string(), exp: z.int().optional() })) });
const KeysAnswer = z.object({ keys: z.array(KeyAnswer.extend({ phones: z.int() })) });

/** `cash-server keys` */
export function keysCommand(): Command {
  return new Command('keys')
    .addCommand(showCommand())
    .addCommand(rotateCommand())
    .addCommand(endCommand())
    .addCommand(signCommand())
    .addCommand(announceCommand())
    .addCommand(rotateVaultCommand())
    .addCommand(rotateJwsCommand());
}

function showCommand(): Command {
  return withServer(new Command('show'))
    .description('print the keys of the service, and how many phones use each')
    .action(async (_: object, command: Command) => {
      const { keys } = await askService(command, { method: 'GET', path: '/v1/keys' }, KeysAnswer);
      const lines = keys.map((key) => `${lineOf(key)}, ${key.phones} ${key.phones === 1 ? 'phone' : 'phones'}`);
      const vault = await askService(command, { method: 'GET', path: '/v1/vault-key' }, VaultAnswer);
      const { keys: jws } = await askService(command, { method: 'GET', path: '/.well-known/jwks.json' }, KeySet);
      const { state, moved } = vault;
      outputOf(command).print(
        { event: 'keys', keys, vault: { state, moved }, jws },
        [...lines, vaultLine(vault), ...jws.map(jwsLine)].join('\n'),
      );
    });
}

function rotateCommand(): Command {
  return withRoot(withServer(new Command('rotate')))
    .description(
      'make another service key or receipt key, let root announce it and the end of those before, and use it',
    )
    .addOption(kindOption())
    .option('--keep-old-for <days>', `how long the key before still counts (default: ${KEPT_DAYS})`, countOption)
    .action(async (options: { key: Kind; root?: string; keepOldFor?: number }, command: Command) => {
      const sign = options.root === undefined ? undefined : rootOf(options.root);
      const body = { key: KINDS[options.key] };
      const made = await askService(command, { method: 'POST', path: '/v1/keys', body }, KeyAnswer);
      const { keys } = await askService(command, { method: 'GET', path: '/v1/keys' }, KeysAnswer);
      const end = endAfter(options.keepOldFor ?? KEPT_DAYS);
      const before = keys.filter((one) => one.key === made.key && one.kid !== made.kid && needsEnd(one, end));
      const announcements = [announcementOf(made), ...before.map((one) => announcementOf(one, end))];
      await announceOrPrint(command, announcements, sign, { event: 'key-made', ...made });
    });
}

function endCommand(): Command {
  return withRoot(withServer(new Command('end')))
    .description('let root announce the end of a key that another one has followed: phones forget it then')
    .addOption(kindOption())
    .requiredOption('--kid <number>', 'its number (keys show)', wholeNumberOption)
    .option('--in <days>', 'how long it still counts (default: 0)', countOption)
    .action(async (options: { key: Kind; kid: number; root?: string; in?: number }, command: Command) => {
      const sign = options.root === undefined ? undefined : rootOf(options.root);
      const { keys } = await askService(command, { method: 'GET', path: '/v1/keys' }, KeysAnswer);
      const found = keys.find(({ key, kid }) => key === KINDS[options.key] && kid === options.kid);
      if (found === undefined) throw new Error(`there is no ${options.key} key ${options.kid}: cash-server keys show`);
      const announcements = [announcementOf(found, endAfter(options.in ?? 0))];
      await announceOrPrint(command, announcements, sign, { event: 'key-end', key: found.key, kid: found.kid });
    });
}

function announceCommand(): Command {
  return withServer(new Command('announce'))
    .description('use keys, or end them, as root has signed')
    .argument('<announcement...>', 'what "keys sign" printed, in its order')
    .action(async (announcements: readonly string[], _: object, command: Command) => {
      for (const announcement of announcements) await announce(command, announcement.trim());
    });
}

function kindOption(): Option {
  return new Option('--key <key>', 'which one').choices(Object.keys(KINDS)).makeOptionMandatory();
}

function withRoot(command: Command): Command {
  return command
    .option('--root <file>', 'the seed of the root key, which "init" made; it stays here')
    .addHelpText(
      'after',
      [
        '',
        'Without --root the texts are printed that root has to sign: "cash-server keys sign" does it on the machine where the root',
        'key is, which needs no network, and "cash-server keys announce" takes what that prints. The root key itself is not changed.',
      ].join('\n'),
    );
}

async function announceOrPrint(
  command: Command,
  announcements: readonly KeyAnnouncement[],
  sign: ((text: Uint8Array) => Uint8Array) | undefined,
  record: object,
): Promise<void> {
  if (sign !== undefined) {
    for (const announcement of announcements) await announce(command, hexOf(encodeAnnouncement(announcement, sign)));
    return;
  }
  const texts = announcements.map(textOf);
  outputOf(command).print(
    { ...record, texts },
    [
      'Nothing changes until root has signed:',
      ...announcements.map((one) => `  ${announcementLine(one)}`),
      `cash-server keys sign --root root-seed.txt ${texts.join(' ')}`,
      'then: cash-server keys announce with what that prints',
    ].join('\n'),
  );
}

async function announce(command: Command, announcement: string): Promise<void> {
  const request = { method: 'POST', path: '/v1/keys/announcements', body: { announcement } } as const;
  const key = await askService(command, request, KeyAnswer);
  const isEnd = key.endAnnouncedAt !== undefined;
  outputOf(command).print(
    { event: isEnd ? 'key-ended' : 'key-announced', ...key },
    isEnd
      ? `The ${NAMES[key.key]} ${key.kid} counts until ${key.endsAt}: each phone that has a later one is told so by an SMS.`
      : [
          `The ${NAMES[key.key]} ${key.kid} is used from ${key.beginsAt} on, by all processes.`,
          'Each phone is told of it by an SMS when it next says something or is asked: cash-server keys show says how many have it.',
        ].join('\n'),
  );
}

function jwsLine({ kid, exp }: { readonly kid: string; readonly exp?: number | undefined }): string {
  const end = exp === undefined ? 'checks what relying parties got signed' : `signs until ${textOfTime(exp)}`;
  return `JWS key ${kid}: ${end}`;
}

/** @param at unix seconds */
function textOfTime(at: number): string {
  return new Date(at * 1_000).toISOString();
}

function lineOf({ key, kid, createdAt, beginsAt, endsAt, endAnnouncedAt }: KeyAnswer): string {
  const made = createdAt === undefined ? 'of the key file' : `made ${createdAt}`;
  const begins = createdAt !== undefined && beginsAt === undefined ? ', not signed by root yet' : '';
  const told = endAnnouncedAt === undefined ? ' (phones are not told: cash-server keys end)' : '';
  const ends = endsAt === undefined ? '' : `, counts until ${endsAt}${told}`;
  return `${NAMES[key]} ${kid}: ${made}${begins}${ends}`;
}

/** A new key counts from the moment on at which it was made, so that a phone whose clock is a little late takes it, too. */
function announcementOf({ key, kid, publicKey, createdAt }: KeyAnswer, notAfter: number = NO_END): KeyAnnouncement {
  const notBefore = Math.floor(Date.parse(createdAt ?? '') / 1000) || 0;
  return { what: WHAT[key], kid, key: octetsOf(publicKey), notBefore, notAfter };
}

/** Unix seconds. */
function endAfter(days: number): number {
  return Math.floor(systemClock.now() / 1000) + days * DAY_SECONDS;
}

/** Whether a key that root has signed has no end yet of which phones are told, or a later one. @param end unix seconds */
function needsEnd({ createdAt, beginsAt, endsAt, endAnnouncedAt }: KeyAnswer, end: number): boolean {
  const isSigned = createdAt === undefined || beginsAt !== undefined;
  return isSigned && (endsAt === undefined || endAnnouncedAt === undefined || Date.parse(endsAt) / 1000 > end + 1);
}
