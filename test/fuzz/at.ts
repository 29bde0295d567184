import { isDeepStrictEqual } from 'node:util';
import { AtLexer, type AtToken, LINE_LIMIT } from '../../modem/at/lexer.ts';
import { QUOTED_LIMIT } from '../../modem/at/quoted-text.ts';
import { itemsIn, numberIn, textIn, valuesOf } from '../../modem/index.ts';
import { found, type Target } from './target.ts';

const VALID = [
  '\r\n+CSQ: 23,0\r\n\r\nOK\r\n',
  'AT+CMGL=4\r\r\n+CMGL: 1,0,,25\r\n07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07\r\n\r\nOK\r\n',
  '\r\n> 0011AA\x1a\r\n+CMGS: 7\r\n\r\nOK\r\n',
  '\r\n+CUSD: 1,"Menu\r\n> Saldo\r\nRING\r\nOK",15\r\n\r\nOK\r\n',
  '\r\n+CPMS: ("SM","ME","SR"),("SM"),("SM","ME")\r\n\r\nOK\r\n',
  '\r\n+CMTI: "SM",3\r\n+CDS: 25\r\n0006\r\n^RSSI:20\r\n+CMS ERROR: 321\r\n',
];

/** All tokens, when the octets come in pieces of so many. */
function tokensOf(octets: Uint8Array, piece: number): readonly AtToken[] {
  const lexer = new AtLexer();
  const tokens: AtToken[] = [];
  for (let at = 0; at < octets.length; at += piece) tokens.push(...lexer.read(octets.subarray(at, at + piece)));
  return tokens;
}

/** What a modem says: the same tokens whatever the pieces, of limited length, and values that are read or refused. */
export function openAt(): Target {
  return {
    corpus: VALID.map((text) => Buffer.from(text, 'latin1')),
    run(octets) {
      const whole = tokensOf(octets, Math.max(1, octets.length));
      for (const piece of [1, 7]) {
        found(!isDeepStrictEqual(tokensOf(octets, piece), whole), `pieces of ${piece} octets make other tokens`);
      }
      for (const token of whole) {
        if (token.kind === 'prompt') continue;
        found(token.text.length > LINE_LIMIT + QUOTED_LIMIT, 'a line is longer than the limit');
        const values = valuesOf(token.text);
        for (const value of values ?? []) {
          numberIn(value);
          textIn(value);
          itemsIn(value);
        }
      }
    },
  };
}
