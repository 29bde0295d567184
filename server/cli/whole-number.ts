import { InvalidArgumentError } from 'commander';

/** Reads a whole number above zero from the command line. */
export function wholeNumberOption(text: string): number {
  if (/^[1-9][0-9]{0,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number above zero.');
}

/** Reads a whole number, 0 included, from the command line: at most ten years in days. */
export function countOption(text: string): number {
  if (/^(0|[1-9][0-9]{0,3})$/.test(text) && Number(text) <= 3_660) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 0 to 3660.');
}
