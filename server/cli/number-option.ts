import { InvalidArgumentError } from 'commander';
import { E164, namesSomebody } from '../vocabulary/person-fields.ts';

/** A phone number of the command line. @throws InvalidArgumentError */
export function numberOption(text: string): string {
  if (E164.test(text)) return text;
  throw new InvalidArgumentError('Give an international number: + and 7 to 15 digits.');
}

/** A person on the command line, by number or alias. @throws InvalidArgumentError */
export function numberOrAliasOption(text: string): string {
  if (namesSomebody(text)) return text;
  throw new InvalidArgumentError('Give an international number: + and 7 to 15 digits, or an alias of 1 to 7 letters.');
}
