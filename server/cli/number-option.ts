import { InvalidArgumentError } from 'commander';
import { E164 } from '../vocabulary/person-fields.ts';

/** A phone number of the command line. @throws InvalidArgumentError */
export function numberOption(text: string): string {
  if (E164.test(text)) return text;
  throw new InvalidArgumentError('Give an international number: + and 7 to 15 digits.');
}
