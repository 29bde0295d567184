/**
 * Letters that look like a Latin one, each followed by it (after Unicode UTS #39, "Confusable Detection": those of Cyrillic, Greek and Armenian, and
 * Latin letters with a stroke or a hook); a capital that is not here is as its small letter. Letters with accents, wide ones and the like are taken apart by normalisation (NFKD).
 */
const LETTERS =
  'аaвbеeкkмmнhоoрpсcтtуyхxіiјjѕsһhԁdԛqԝwӏlьbгrпnшwАAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSҺHӀlЗ3з3' +
  'αaβbγyεeηnιiκkνvοoρpτtυuχxωwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX' +
  'օoոnսuհhզqցgւlՕOՍU' +
  'ıiɑaɡgøoØOłlŁLđdĐDħhĦHŧtŦTƅbƿpʟlɩi' +
  'ɓbɗdɖdɛeɠgɨiɵoʉuʋu';

const LATIN: ReadonlyMap<string, string> = new Map(
  Array.from(LETTERS.matchAll(/(.)(.)/gsu), ([, letter = '', latin = '']) => [letter, latin] as const),
);

/** What a name looks like at a glance: letters and digits alone, without accents and case, each written as one that looks like it. */
function skeletonOf(name: string): string {
  const letters = name.normalize('NFKD').replaceAll(/[^\p{L}\p{N}|]/gu, '');
  return Array.from(letters, (letter) => LATIN.get(letter) ?? LATIN.get(letter.toLowerCase()) ?? letter)
    .join('')
    .replaceAll(/[Il1|i]/g, 'l')
    .toLowerCase()
    .replaceAll('0', 'o')
    .replaceAll('5', 's')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

/** Whether a person takes one name for the other: `Cash-Mobile`, `CASH MOBILE`, `Cash‑MobiIe` with a capital I. */
export function looksLike(one: string, other: string): boolean {
  const skeleton = skeletonOf(one);
  return skeleton === '' ? one === other : skeleton === skeletonOf(other);
}

/** Scripts in everyday use (UAX #31, "Recommended Scripts"). Of the others some, as Lisu and Cherokee, have letters that a reader of Latin takes for Latin ones. */
const SCRIPTS: readonly string[] = [
  ...['Arabic', 'Armenian', 'Bengali', 'Bopomofo', 'Common', 'Cyrillic', 'Devanagari', 'Ethiopic', 'Georgian', 'Greek'],
  ...[
    'Gujarati',
    'Gurmukhi',
    'Han',
    'Hangul',
    'Hebrew',
    'Hiragana',
    'Inherited',
    'Kannada',
    'Katakana',
    'Khmer',
    'Lao',
  ],
  ...['Latin', 'Malayalam', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thaana', 'Thai', 'Tibetan'],
];
const OF_SCRIPTS = new RegExp(`[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');

/** Blocks with letters of these scripts for phonetics (small capitals) and for old manuscripts, and with letters in boxes. */
const TECHNICAL =
  /[\u0250-\u02af\u1c80-\u1c8f\u1d00-\u1dbf\u2c60-\u2c7f\ua640-\ua69f\ua720-\ua7ff\uab30-\uab6f\u{10780}-\u{107bf}\u{1df00}-\u{1dfff}\u{1f100}-\u{1f1ff}]/u;

/** What alphabets have of the phonetic letters, as those of Azerbaijani, Hausa, Ewe and Bambara. */
const IN_ALPHABETS: ReadonlySet<string> = new Set('ɓɔɖɗəɛɠɣɨɩɲɵʃʉʊʋʒ');

/**
 * The first letter or digit of a name that names are not written with: of a script of limited use, or technical; `undefined` when there is none. Many of these look
 * like a Latin one, and are in no table here: a name with one is refused.
 */
export function strangeLetter(name: string): string | undefined {
  return Array.from(name).find(
    (letter) =>
      (TECHNICAL.test(letter) && !IN_ALPHABETS.has(letter)) ||
      (/[\p{L}\p{N}\p{M}]/u.test(letter) && !OF_SCRIPTS.test(letter)),
  );
}
