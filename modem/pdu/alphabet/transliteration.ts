import { DEFAULT_ALPHABET, firstForeign, hasCharacter } from './gsm7.ts';

/**
 * What stands for characters that the default alphabet has not: quotation marks, dashes, spaces and signs of typography,
 * Latin letters that Unicode does not take apart, and the Greek capitals that look like Latin ones. Other letters lose
 * their marks (`á` is `a`) and keep them where the alphabet has the letter (`é`, `ñ`). Cyrillic and all other scripts are
 * not in the table: how such a letter is written in Latin letters depends on the language.
 */
const TABLE: ReadonlyMap<string, string> = new Map([
  ...each('‘’‚‛′ʹʻʼ`´', "'"),
  ...each('“”„‟″«»', '"'),
  ...each('‹', '<'),
  ...each('›', '>'),
  ...each('‐‑‒–—―−', '-'),
  ...each('\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t', ' '),
  ...each('\u00ad\u200b\u200c\u200d\u2060\ufeff', ''),
  ...each('•·∙', '*'),
  ...each('…', '...'),
  ...each('™', 'TM'),
  ...each('©', '(C)'),
  ...each('®', '(R)'),
  ...each('×', 'x'),
  ...each('÷', '/'),
  ...each('º°', 'o'),
  ...each('ª', 'a'),
  ...each('¹', '1'),
  ...each('²', '2'),
  ...each('³', '3'),
  ...each('½', '1/2'),
  ...each('¼', '1/4'),
  ...each('¾', '3/4'),
  ...each('œ', 'oe'),
  ...each('Œ', 'OE'),
  ...each('ĳ', 'ij'),
  ...each('Ĳ', 'IJ'),
  ...each('ﬁ', 'fi'),
  ...each('ﬂ', 'fl'),
  ...each('ẞ', 'SS'),
  ...each('þ', 'th'),
  ...each('Þ', 'Th'),
  ...each('ðđ', 'd'),
  ...each('ÐĐ', 'D'),
  ...each('łŀ', 'l'),
  ...each('ŁĿ', 'L'),
  ...each('ħ', 'h'),
  ...each('Ħ', 'H'),
  ...each('ı', 'i'),
  ...each('ĸ', 'k'),
  ...each('ŋ', 'n'),
  ...each('Ŋ', 'N'),
  ...each('ŧ', 't'),
  ...each('Ŧ', 'T'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'),
  ...pairs('αβγδεζηθικλμνξοπρσςτυφχψω', 'ABΓΔEZHΘIKΛMNΞOΠPΣΣTYΦXΨΩ'),
]);

function each(characters: string, replacement: string): readonly (readonly [string, string])[] {
  return [...characters].map((character) => [character, replacement]);
}

function pairs(characters: string, replacements: string): readonly (readonly [string, string])[] {
  return [...characters].map((character, index) => [character, replacements.charAt(index)]);
}

const MARKS = /\p{Mark}/gu;

function replaced(character: string): string {
  if (character.length === 1 && hasCharacter(character.charCodeAt(0), DEFAULT_ALPHABET)) return character;
  const known = TABLE.get(character);
  if (known !== undefined) return known;
  const [base = ''] = character.normalize('NFD').replace(MARKS, '');
  return TABLE.get(base) ?? base;
}

/**
 * A text in the default alphabet that reads like `text`, by {@link TABLE}. Undefined when the table lacks some character:
 * then the text needs UCS-2 or a national table anyway, and is sent unchanged.
 */
export function transliterated(text: string): string | undefined {
  const result = [...text.normalize('NFC')].map(replaced).join('');
  return firstForeign(result, DEFAULT_ALPHABET) === undefined ? result : undefined;
}
