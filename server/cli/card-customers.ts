import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../../modem/cli/program.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { E164 } from '../vocabulary/person-fields.ts';

/**
 * The cards of customers, from a file with a line a customer: number, comma, token. The file is read again when it has changed; while it
 * cannot be read then, the cards that were read before go on.
 * @param told hears once why it cannot be read
 * @returns gives the token of a customer by phone number. @throws UsageError when it cannot be read the first time
 */
export function cardCustomers(file: string, told: (what: string) => void): (number: string) => string | undefined {
  let readAt = changedAt(file);
  let cards = readCards(file);
  let fault: string | undefined;
  return (number) => {
    try {
      const changed = changedAt(file);
      if (changed !== readAt) {
        readAt = changed;
        cards = readCards(file);
      }
      fault = undefined;
    } catch (error) {
      const now = messageOf(error);
      if (now !== fault) told(`the cards of customers stay as they were: ${now}`);
      fault = now;
    }
    return cards.get(number);
  };
}

function changedAt(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch (error) {
    throw new UsageError(`the cards of customers cannot be read: ${messageOf(error)}`);
  }
}

/** No message has a token: it may be printed where others read it. */
function readCards(file: string): ReadonlyMap<string, string> {
  const cards = new Map<string, string>();
  for (const [index, line] of readFileSync(file, 'utf8').trimEnd().split(/\r?\n/).entries()) {
    if (line === '') continue;
    const [number = '', token = '', ...surplus] = line.split(',');
    if (!E164.test(number) || !/^[0-9]{1,19}$/.test(token) || surplus.length > 0) {
      throw new UsageError(`${file}: line ${index + 1} is not a number with +, a comma and a token of 1 to 19 digits`);
    }
    if (cards.has(number)) throw new UsageError(`${file}: line ${index + 1} has ${number} again`);
    cards.set(number, token);
  }
  return cards;
}
