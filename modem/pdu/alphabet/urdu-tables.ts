import { type CharacterTable, characterTable } from './character-table.ts';
import { southAsianSingle } from './south-asian-single.ts';

// Written as code points, because an editor shows this script from right to left.
const LOCKING = [
  '\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c',
  '\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f\u001b\u068c\u0688\u0689\u068a',
  ' !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u0698',
  '0123456789:;\u069a\u0633\u0634?',
  '\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646',
  '\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657',
  '\u0654abcdefghijklmno',
  'pqrstuvwxyz\u0655\u0651\u0653\u0656\u0670',
].join('');

/** 3GPP TS 23.038, A.3.13. */
export const URDU_LOCKING: CharacterTable = characterTable([...LOCKING].entries());

/** 3GPP TS 23.038, A.2.13. */
export const URDU_SINGLE: CharacterTable = southAsianSingle([
  ...[0x0600, 0x0601, 0x06f0, 0x06f1, 0x06f2, 0x06f3],
  ...[0x06f4, 0x06f5, 0x06f6, 0x06f7, 0x06f8, 0x06f9, 0x060c, 0x060d, 0x060e, 0x060f, 0x0610, 0x0611, 0x0612],
  ...[0x0613, 0x0614, 0x061b, 0x061f, 0x0640, 0x0652, 0x0658, 0x066b, 0x066c, 0x0672, 0x0673, 0x06cd, 0x06d4],
]);
