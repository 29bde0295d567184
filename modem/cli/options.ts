import { InvalidArgumentError } from 'commander';
import { fromHex } from '../pdu/hex.ts';

/** Reads a whole number between two limits from the command line. */
export function numberOption(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(`Give a whole number from ${lowest} to ${highest}.`);
  };
}

/** Reads octets in hexadecimal from the command line. */
export function hexOption(text: string): Uint8Array {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return fromHex(text);
  throw new InvalidArgumentError('Give octets in hexadecimal, two digits each, without spaces.');
}

/**
 * The number to dial in a text as people write it: `+39 333 123-4567`, `+44 (0)20 7946 0000`. Undefined when it is none: `+` and up to
 * 20 digits, `*` and `#` are (3GPP TS 23.040, 9.1.2.5).
 */
export function dialledNumber(text: string): string | undefined {
  // `+44 (0)20 …`: the 0 in brackets is dialled inside the country only, so it is left out.
  const number = text.replace(/^(\s*\+[\d\s]+)\(0\)/, '$1').replaceAll(/[\s()./\u2010-\u2015-]/g, '');
  return /^\+?[0-9*#]{1,20}$/.test(number) ? number : undefined;
}

/** Reads a number to dial from the command line. */
export function destinationOption(text: string): string {
  const number = dialledNumber(text);
  if (number !== undefined) return number;
  throw new InvalidArgumentError('Give an international number with +, or a short code.');
}
