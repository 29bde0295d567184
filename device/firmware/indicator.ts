import { type Indicator, legible } from '../hal/index.ts';
import { clip } from './cells.ts';
import type { InstallTexts } from './install-texts.ts';
import { type Language, SHELL_TEXTS, type ShellTexts } from './languages.ts';
import type { Signer, Trust } from './signer.ts';
import type { Suite } from './suites.ts';

/**
 * Whose screen it is. The mark stands before the name, which the application has chosen: a name that looks like a mark, or like the name
 * of another application, comes after the words that say what it is.
 * @param suite whose application shows the screen; absent: the phone itself
 */
export function indicatorOf(suite: Suite | undefined, { phone, marks }: ShellTexts): Indicator {
  if (suite === undefined) return { kind: 'phone', text: phone };
  const { trust, descriptor } = suite;
  return { kind: trust, text: `${marks[trust]} ${plain(descriptor.name)}` };
}

/** A name that begins with marks over a letter would have them over the mark of the phone. */
function plain(name: string): string {
  return legible(name).replace(/^[\p{Mn}\p{Me}]+/u, '');
}

/** The name of an application in a question of the phone: of a long one only the beginning, so that it does not read as the question. */
export function nameInQuestion({ descriptor }: Suite): string {
  return clip(plain(descriptor.name), NAME_CELLS);
}

/** Cells of a name that stand in a question at most: a row of the LCD. */
const NAME_CELLS = 22;

/**
 * An application in a question of the phone: with what it is about, by the attribute `MIDlet-Description` (JSR-118; in the language of the phone,
 * `MIDlet-Description-it`, JSR-271), unless nobody answers for these words, and with its mark, unless it is trusted.
 */
export function calledInQuestion(suite: Suite, language: Language): string {
  const { trust, descriptor } = suite;
  const { attributes } = descriptor;
  const name = nameInQuestion(suite);
  const description = attributes[`MIDlet-Description-${language}`] ?? attributes['MIDlet-Description'];
  const mark = trust === 'trusted' ? [] : [SHELL_TEXTS[language].marks[trust]];
  const about = trust === 'unsigned' || description === undefined ? [] : [clip(description, ABOUT_CELLS)];
  const more = [...mark, ...about].join(', ');
  return more === '' ? name : `${name} (${more})`;
}

/** Cells of a description that stand in a question at most. */
const ABOUT_CELLS = 40;

/** Hexadecimal digits of a key that a person compares. */
const KEY_DIGITS = 16;

/** Who has signed a suite, as the owner reads it before it is installed and among its details. */
export function trustText(signer: Signer, trust: Trust, texts: InstallTexts): string {
  if (signer.kind === 'nobody') return texts.unsigned;
  if (signer.kind === 'phone') return texts.builtIn;
  return trust === 'trusted' ? texts.trusted : texts.signed.replace('{}', signer.id.slice(0, KEY_DIGITS));
}
