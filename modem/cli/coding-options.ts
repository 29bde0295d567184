import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Alphabet,
  type CodingOptions,
  type DataCodingScheme,
  dataCodingOf,
  LANGUAGE_CODES,
  type Language,
  languageOf,
  type MessageClass,
} from '../pdu/index.ts';

/** What {@link withCoding} adds to the options of a command. */
export interface CodingFlags {
  readonly alphabet?: Alphabet;
  readonly language?: Language | 'auto' | 'none';
  readonly transliterate?: true;
  readonly class?: MessageClass;
  readonly dcs?: DataCodingScheme;
}

/** The alphabets, as options name them. */
export const ALPHABETS: readonly Alphabet[] = ['gsm7', '8bit', 'ucs2'];

/** The message classes. */
export const CLASSES: readonly MessageClass[] = [0, 1, 2, 3];

/** The words for a choice of national tables. */
export const LANGUAGE_WORDS: readonly string[] = [...LANGUAGE_CODES, 'auto', 'none'];

/** The choice of national tables that a word stands for: a language by its code or name, `auto` or `none`. */
export function languageChoice(word: string): Language | 'auto' | 'none' | undefined {
  return word === 'auto' || word === 'none' ? word : languageOf(word);
}

function languageOption(text: string): Language | 'auto' | 'none' {
  const language = languageChoice(text);
  if (language !== undefined) return language;
  throw new InvalidArgumentError(`Give one of ${LANGUAGE_WORDS.join(', ')}.`);
}

function classOption(text: string): MessageClass {
  const found = CLASSES.find((messageClass) => String(messageClass) === text);
  if (found === undefined) throw new InvalidArgumentError('Give 0, 1, 2 or 3.');
  return found;
}

function dcsOption(text: string): DataCodingScheme {
  const octet = /^[0-9a-f]{2}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
  if (octet !== undefined && (octet >= 0x80 || (octet & 0x20) === 0)) return dataCodingOf(octet);
  throw new InvalidArgumentError('Give an octet in hexadecimal, as F0; compressed text is not supported.');
}

/** Adds the options that say how a text is written. */
export function withCoding(command: Command): Command {
  return command
    .addOption(new Option('--alphabet <alphabet>', 'instead of the smallest').choices(ALPHABETS))
    .option(
      '--language <code>',
      `whose national tables the recipient's phone knows: ${LANGUAGE_WORDS.join(', ')}; default: auto, all of them. They are used where they save an SMS`,
      languageOption,
    )
    .option('--transliterate', 'write what the default alphabet has not with what looks like it, if it has all of that')
    .option('--class <number>', 'message class, 0 to 3', classOption)
    .option(
      '--dcs <octet>',
      'TP-DCS in hexadecimal, for its other groups: F0, C8, …; says alphabet and class',
      dcsOption,
    );
}

/** The options of {@link withCoding} as the codec takes them. */
export function codingOf(flags: CodingFlags): CodingOptions {
  const { alphabet, language, transliterate, dcs } = flags;
  return {
    ...(alphabet !== undefined && { alphabet }),
    ...(language !== undefined && { language }),
    ...(transliterate !== undefined && { transliterate }),
    ...(flags.class !== undefined && { messageClass: flags.class }),
    ...(dcs !== undefined && { dcs }),
  };
}
