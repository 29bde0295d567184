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

/** Whether a text is a number to dial: `+` and up to 20 digits, `*` and `#` (3GPP TS 23.040, 9.1.2.5). */
export function isDialable(text: string): boolean {
  return /^\+?[0-9*#]{1,20}$/.test(text);
}

/** Reads a number to dial from the command line. */
export function destinationOption(text: string): string {
  if (isDialable(text)) return text;
  throw new InvalidArgumentError('Give an international number with +, or a short code.');
}
