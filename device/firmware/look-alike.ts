/**
 * Letters that look like a Latin one, each followed by it (after Unicode UTS #39, "Confusable Detection": those of Cyrillic, Greek and Armenian, and
 * Latin letters with a stroke); a capital that is not here is as its small letter. Letters with accents, wide ones and the like are taken apart by normalisation (NFKD).
 */
const LETTERS =
  'аaвbеeкkмmнhоoрpсcтtуyхxіiјjѕsһhԁdԛqԝwӏlьbгrпnшwАAВBЕEКKМMНHОOРPСCТTУYХXІIЈJЅSҺHӀlЗ3з3' +
  'αaβbγyεeηnιiκkνvοoρpτtυuχxωwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX' +
  'օoոnսuհhզqցgւlՕOՍU' +
  'ıiɑaɡgøoØOłlŁLđdĐDħhĦHŧtŦTƅbƿpʟlɩi';

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
