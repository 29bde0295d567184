import { PduError, toHex } from '../../modem/index.ts';
import { septetsOfText, textOfSeptets } from './septets.ts';

/**
 * The character sets of `+CSCS` that the virtual modem knows (3GPP TS 27.007, 5.5). Not UTF-8: Gammu prefers it, and then
 * loses a USSD text of several lines.
 */
export const CHARSETS: readonly string[] = ['IRA', 'GSM', 'UCS2', 'HEX', '8859-1'];

const UNKNOWN = '?';

/** A text in the character set that the host has chosen: a string in which each character is one octet on the line. */
export function toHost(charset: string, text: string): string {
  switch (charset) {
    case 'UCS2':
      return toHex(new Uint8Array(Buffer.from(text, 'utf16le').swap16()));
    case 'GSM':
      return latin1(septets(text));
    case 'HEX':
      return toHex(septets(text));
    case '8859-1':
      return text.replaceAll(/[^\0-\xff]/gu, UNKNOWN);
    default:
      return text.replaceAll(/[^\0-\x7f]/gu, UNKNOWN);
  }
}

/** The text that the host wrote in a character set; `undefined` when the octets are not valid in it. */
export function fromHost(charset: string, written: string): string | undefined {
  switch (charset) {
    case 'UCS2':
      if (!/^([0-9A-Fa-f]{4})*$/.test(written)) return undefined;
      return Buffer.from(written, 'hex').swap16().toString('utf16le');
    case 'HEX':
      if (!/^([0-9A-Fa-f]{2})*$/.test(written)) return undefined;
      return textOrNone(new Uint8Array(Buffer.from(written, 'hex')));
    case 'GSM':
      return textOrNone(new Uint8Array(Buffer.from(written, 'latin1')));
    default:
      return written;
  }
}

const NUMBER = /^\+?[0-9*#abcpwABCPW]*$/;

/**
 * A number that the host wrote in the character set, or in ASCII: many hosts write numbers in ASCII under "UCS2" too.
 * `undefined` when it is no number. When both readings are possible, that in the character set counts.
 */
export function numberFromHost(charset: string, written: string): string | undefined {
  return [fromHost(charset, written), written].find((text) => text !== undefined && NUMBER.test(text));
}

function textOrNone(septets: Uint8Array): string | undefined {
  try {
    return textOfSeptets(septets);
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}

/** Septets of any text: characters outside the alphabet become `?`. */
function septets(text: string): Uint8Array {
  return (
    septetsOfText(text) ??
    septetsOfText([...text].map((c) => (septetsOfText(c) ? c : UNKNOWN)).join('')) ??
    new Uint8Array()
  );
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}
