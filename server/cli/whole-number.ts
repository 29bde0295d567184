import { InvalidArgumentError } from 'commander';

/** Reads a whole number above zero from the command line. */
export function wholeNumberOption(text: string): number {
  if (/^[1-9][0-9]{0,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number above zero.');
}
