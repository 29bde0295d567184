import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import {
  type AnnouncedKey,
  announcementOctets,
  encodeAnnouncement,
  hexOf,
  isSmallOrder,
  isZero,
  type KeyAnnouncement,
  octetsOf,
  readUnsigned,
} from '../../device/safe-mobile/index.ts';
import { outputOf, UsageError } from '../../modem/cli/program.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { messageOf } from '../vocabulary/errors.ts';

/** The `notAfter` of a key without an end. */
export const NO_END = 0xffff_ffff;

/** What keys are called. */
const NAMES: Readonly<Record<AnnouncedKey, string>> = { 1: 'service key', 2: 'receipt key' };

/** `cash-server keys sign`: needs no service and no network. */
export function signCommand(): Command {
  return new Command('sign')
    .description('sign what is to be announced of keys with the root key; needs no service and no network')
    .argument('<text...>', 'what "keys rotate" or "keys end" printed')
    .requiredOption('--root <file>', 'the seed of the root key')
    .addHelpText(
      'after',
      [
        '',
        'It says what each text is: compare that with what "keys rotate" said. On a terminal it asks before it signs. Root signs a text for',
        'all phones and for ever, and a phone forgets no key.',
      ].join('\n'),
    )
    .action(async (texts: readonly string[], { root }: { root: string }, command: Command) => {
      const announcements = texts.map(unsigned);
      const sign = rootOf(root);
      for (const announcement of announcements) process.stderr.write(`${announcementLine(announcement)}\n`);
      if (process.stdin.isTTY && !(await isWanted())) throw new Error('nothing is signed');
      const signed = announcements.map((announcement) => hexOf(encodeAnnouncement(announcement, sign)));
      outputOf(command).print({ event: 'key-signed', announcements: signed }, signed.join('\n'));
    });
}

/** What an announcement says, for a person who compares it with the same line of the service. */
export function announcementLine({ what, kid, key, notBefore, notAfter }: KeyAnnouncement): string {
  const check = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const name = `${NAMES[what]} ${kid}, check ${check}`;
  if (notAfter < notBefore) return `${name}: never counts`;
  const until = notAfter === NO_END ? 'no end' : `the end ${timeOf(notAfter)}`;
  return `${name}: counts from ${notBefore === 0 ? 'the beginning' : timeOf(notBefore)}, has ${until}`;
}

/** The text that root signs, in hexadecimal. */
export function textOf(announcement: KeyAnnouncement): string {
  return hexOf(announcementOctets(announcement));
}

/** Signs with the root key in a file, which is read only here. @throws UsageError when the file is none */
export function rootOf(file: string): (text: Uint8Array) => Uint8Array {
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

async function isWanted(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Is that what the service said? Sign it (yes)? ')).trim());
  } finally {
    terminal.close();
  }
}

/** @throws UsageError for a text that is none, and for one that no phone would take */
function unsigned(text: string): KeyAnnouncement {
  const digits = text.trim();
  const none = 'this is not what "keys rotate" printed';
  if (!/^[0-9a-f]{86}$/.test(digits)) throw new UsageError(`${none}: 86 hexadecimal digits`);
  const announcement = read(digits, none);
  const { what, kid, key } = announcement;
  if (kid === 0) throw new UsageError(`${none}: its number is wrong`);
  const isSmall = what === 2 ? isSmallOrder(key) : isZero(servicePrimitives().x25519(new Uint8Array(32).fill(1), key));
  if (isSmall) throw new UsageError(`${none}: everybody could seal or sign with its key`);
  return announcement;
}

function read(digits: string, none: string): KeyAnnouncement {
  try {
    return readUnsigned(octetsOf(digits));
  } catch (error) {
    throw new UsageError(`${none}: ${messageOf(error)}`);
  }
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
