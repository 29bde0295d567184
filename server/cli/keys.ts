import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { z } from 'zod';
import {
  type AnnouncedKey,
  announcementOctets,
  encodeAnnouncement,
  hexOf,
  type KeyAnnouncement,
  octetsOf,
  readUnsigned,
} from '../../device/safe-mobile/index.ts';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { askService, withServer } from './admin-api.ts';
import { rotateVaultCommand, VaultAnswer, vaultLine } from './rotate-vault.ts';
import { wholeNumberOption } from './whole-number.ts';

const DAY_SECONDS = 24 * 3_600;

/** The `notAfter` of a key without an end. */
const NO_END = 0xffff_ffff;

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
});
type KeyAnswer = z.infer<typeof KeyAnswer>;

/** `cash-server keys` */
export function keysCommand(): Command {
  return new Command('keys')
    .addCommand(showCommand())
    .addCommand(rotateCommand())
    .addCommand(rotateVaultCommand())
    .addCommand(signCommand())
    .addCommand(announceCommand());
}

function showCommand(): Command {
  return withServer(new Command('show'))
    .description('print the keys of the service, and how many phones use each')
    .action(async (_: object, command: Command) => {
      const answer = z.object({ keys: z.array(KeyAnswer.extend({ phones: z.int() })) });
      const { keys } = await askService(command, { method: 'GET', path: '/v1/keys' }, answer);
      const lines = keys.map((key) => `${lineOf(key)}, ${key.phones} ${key.phones === 1 ? 'phone' : 'phones'}`);
      const vault = await askService(command, { method: 'GET', path: '/v1/vault-key' }, VaultAnswer);
      const { state, moved } = vault;
      outputOf(command).print(
        { event: 'keys', keys, vault: { state, moved } },
        [...lines, vaultLine(vault)].join('\n'),
      );
    });
}

function rotateCommand(): Command {
  return withKept(withServer(new Command('rotate')))
    .description('make another service key or receipt key, let root announce it, and use it')
    .addOption(new Option('--key <key>', 'which one').choices(Object.keys(KINDS)).makeOptionMandatory())
    .option('--root <file>', 'the seed of the root key, which "init" made; it stays here')
    .addHelpText(
      'after',
      [
        '',
        'Without --root the text is printed that root has to sign: "cash-server keys sign" does it on the machine where the root',
        'key is, which needs no network, and "cash-server keys announce" takes what that prints. The root key itself is not changed.',
      ].join('\n'),
    )
    .action(async (options: { key: Kind; root?: string; keepOldFor?: number }, command: Command) => {
      const sign = options.root === undefined ? undefined : rootOf(options.root);
      const body = { key: KINDS[options.key] };
      const made = await askService(command, { method: 'POST', path: '/v1/keys', body }, KeyAnswer);
      const announcement = announcementOf(made);
      if (sign !== undefined) {
        await announce(command, hexOf(encodeAnnouncement(announcement, sign)), options.keepOldFor);
        return;
      }
      const text = hexOf(announcementOctets(announcement));
      outputOf(command).print(
        { event: 'key-made', ...made, text },
        [
          `The ${NAMES[made.key]} ${made.kid} is made. It is used once root has signed it:`,
          `cash-server keys sign --root root-seed.txt ${text}`,
          'then: cash-server keys announce with what that prints',
        ].join('\n'),
      );
    });
}

function signCommand(): Command {
  return new Command('sign')
    .description('sign the announcement of a key with the root key; needs no service and no network')
    .argument('<text>', 'what "keys rotate" printed')
    .requiredOption('--root <file>', 'the seed of the root key')
    .action((text: string, { root }: { root: string }, command: Command) => {
      const announcement = unsigned(text);
      const signed = hexOf(encodeAnnouncement(announcement, rootOf(root)));
      outputOf(command).print({ event: 'key-signed', announcement: signed }, signed);
    });
}

function announceCommand(): Command {
  return withKept(withServer(new Command('announce')))
    .description('use a key whose announcement root has signed')
    .argument('<announcement>', 'what "keys sign" printed')
    .action((announcement: string, { keepOldFor }: { keepOldFor?: number }, command: Command) =>
      announce(command, announcement.trim(), keepOldFor),
    );
}

function withKept(command: Command): Command {
  return command.option(
    '--keep-old-for <days>',
    'how long the key before still counts (default: 90)',
    wholeNumberOption,
  );
}

async function announce(command: Command, announcement: string, keepDays: number | undefined): Promise<void> {
  const kept = keepDays === undefined ? {} : { keepOldForSeconds: keepDays * DAY_SECONDS };
  const request = { method: 'POST', path: '/v1/keys/announcements', body: { announcement, ...kept } } as const;
  const key = await askService(command, request, KeyAnswer);
  outputOf(command).print(
    { event: 'key-announced', ...key },
    [
      `The ${NAMES[key.key]} ${key.kid} is used from now on, by all processes within 5 s.`,
      'Each phone is told of it by an SMS when it next says something or is asked: cash-server keys show says how many were.',
    ].join('\n'),
  );
}

function lineOf({ key, kid, createdAt, beginsAt, endsAt }: KeyAnswer): string {
  const made = createdAt === undefined ? 'of the key file' : `made ${createdAt}`;
  const begins = createdAt !== undefined && beginsAt === undefined ? ', not signed by root yet' : '';
  const ends = endsAt === undefined ? '' : `, counts until ${endsAt}`;
  return `${NAMES[key]} ${kid}: ${made}${begins}${ends}`;
}

/** It counts from the moment on at which it was made, so that a phone whose clock is a little late takes it, too. */
function announcementOf({ key, kid, publicKey, createdAt }: KeyAnswer): KeyAnnouncement {
  const notBefore = Math.floor(Date.parse(createdAt ?? '') / 1000) || 0;
  return { what: WHAT[key], kid, key: octetsOf(publicKey), notBefore, notAfter: NO_END };
}

function unsigned(text: string): KeyAnnouncement {
  const digits = text.trim();
  if (!/^[0-9a-f]{86}$/.test(digits))
    throw new UsageError('this is not what "keys rotate" printed: 86 hexadecimal digits');
  try {
    return readUnsigned(octetsOf(digits));
  } catch (error) {
    throw new UsageError(`this is not what "keys rotate" printed: ${messageOf(error)}`);
  }
}

/** Signs with the root key in a file, which is read only here. @throws UsageError when the file is none */
function rootOf(file: string): (text: Uint8Array) => Uint8Array {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--root ${file} cannot be read: ${messageOf(error)}`);
  }
  const [seed] = /^[0-9a-f]{64}$/m.exec(content) ?? [];
  if (seed === undefined) throw new UsageError(`--root ${file} holds no root key: expected the file that "init" made`);
  return (text) => servicePrimitives().ed25519Sign(octetsOf(seed), text);
}
