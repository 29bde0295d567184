import type { Chat } from '../at/chat.ts';
import { textIn, valuesOf } from '../at/values.ts';
import { ESCAPE } from '../pdu/alphabet/character-table.ts';
import { DEFAULT_EXTENSION, DEFAULT_TABLE } from '../pdu/alphabet/default-tables.ts';

/** UTF-16 units in hexadecimal. */
const UNITS = /^(?:[0-9A-F]{4})+$/i;
const OCTETS = /^(?:[0-9A-F]{2})+$/i;
/** A quote and a backslash in a string, as ITU-T V.250, 5.4.2.2, has them. Most modems write both as they are. */
const ESCAPED = /\\(22|5C)/gi;
/** Two or more UTF-16 units of the alphabets before U+1000, without controls. No name or number looks so by itself. */
const NAME_IN_UNITS = /^(?:(?!00[01])0[0-9A-F]{3}){2,}$/i;

/**
 * Chooses the character set of all strings, `+CSCS` (3GPP TS 27.007, 5.5). Another program may have left "UCS2", under which
 * operator, service centre and own number come in hexadecimal. "GSM" is taken where the modem has it, because "IRA" lacks
 * characters of the default alphabet (`é`, `€`).
 *
 * @returns the one that is in force, in capitals; undefined when the modem does not say
 * @throws AtTimeout, AtAborted, PortError
 */
export async function chooseCharacterSet(chat: Chat): Promise<string | undefined> {
  for (const charset of ['GSM', 'IRA']) {
    // Under "UCS2" SIMCom and Wavecom modems expect this string in hexadecimal too.
    for (const name of [charset, stringIn(charset, 'UCS2')]) {
      const result = await chat.run({ text: `AT+CSCS="${name}"`, repeatable: true });
      if (result.kind === 'ok') return charset;
      if (result.kind !== 'error') throw result.error;
    }
  }
  const result = await chat.run({ text: 'AT+CSCS?', response: { prefix: '+CSCS:' }, repeatable: true });
  if (result.kind === 'error') return undefined;
  if (result.kind !== 'ok') throw result.error;
  const name = textIn(valuesOf(result.lines[0]?.text ?? '')[0]);
  return name && (UNITS.test(name) ? textOf(name, 'UCS2') : name).toUpperCase();
}

/**
 * A string that a modem wrote, as text. Some modems use the character set for some of their strings only, so a string that
 * is not valid in the character set is returned as it is.
 *
 * @param said a character for each octet on the line
 * @param charset of `+CSCS`; undefined when the modem does not say
 */
export function textOf(said: string, charset: string | undefined): string {
  if (charset === 'UCS2') return UNITS.test(said) ? Buffer.from(said, 'hex').swap16().toString('utf16le') : said;
  if (charset === 'HEX') return OCTETS.test(said) ? septetText(Buffer.from(said, 'hex')) : said;
  const unescaped = said.replaceAll(ESCAPED, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const octets = Buffer.from(unescaped, 'latin1');
  if (charset === 'GSM') return septetText(octets);
  return charset === 'UTF-8' ? octets.toString('utf8') : unescaped;
}

/**
 * A name or number that a modem wrote, as text: {@link textOf}, but also where a modem writes UTF-16 units under another
 * character set than "UCS2", or without having `+CSCS`.
 */
export function nameOf(said: string, charset: string | undefined): string {
  return textOf(said, NAME_IN_UNITS.test(said) ? 'UCS2' : charset);
}

/** A string of ASCII characters for a command: two character sets write it in hexadecimal. */
export function stringIn(ascii: string, charset: string | undefined): string {
  if (charset === 'UCS2') return Buffer.from(ascii, 'utf16le').swap16().toString('hex').toUpperCase();
  return charset === 'HEX' ? Buffer.from(ascii, 'latin1').toString('hex').toUpperCase() : ascii;
}

/** A text of which each octet is a septet of the default alphabet. */
export function septetText(septets: Uint8Array): string {
  const codes: number[] = [];
  for (let at = 0; at < septets.length; at += 1) {
    const septet = septets[at] ?? 0;
    const isEscaped = septet === ESCAPE;
    if (isEscaped) at += 1;
    codes.push((isEscaped ? DEFAULT_EXTENSION.characters[septets[at] ?? 0] : DEFAULT_TABLE.characters[septet]) ?? 0);
  }
  return String.fromCharCode(...codes.filter((code) => code !== 0));
}
