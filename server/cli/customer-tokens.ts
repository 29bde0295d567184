import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../../modem/cli/program.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { E164 } from '../vocabulary/person-fields.ts';

/** As receipts show them. */
const LAST_DIGITS = /^[0-9]{4}$/;

/** What the tokens of a file are. */
export interface TokenKind {
  /** In the plural, for messages: `cards`. */
  readonly what: string;
  readonly form: RegExp;
  /** The form in words: `a token of 1 to 19 digits`. */
  readonly expected: string;
  /** Whether a line may have a third column, the last four digits that receipts show. */
  readonly hasDigits: boolean;
}

/** What a line of the file says of a customer. */
export interface CustomerToken {
  readonly token: string;
  readonly lastDigits?: string | undefined;
}

/**
 * The tokens of customers at the host of a rail, from a file with a line a customer: number, comma, token, and perhaps last digits. The file is read again when it
 * has changed; while it cannot be read then, what was read before goes on.
 * @param told hears once why it cannot be read
 * @returns gives the token of a customer by phone number. @throws UsageError when it cannot be read the first time
 */
export function customerTokens(
  file: string,
  kind: TokenKind,
  told: (what: string) => void,
): (number: string) => CustomerToken | undefined {
  let readAt = changedAt(file, kind);
  let tokens = readTokens(file, kind);
  let fault: string | undefined;
  return (number) => {
    try {
      const changed = changedAt(file, kind);
      if (changed !== readAt) {
        readAt = changed;
        tokens = readTokens(file, kind);
      }
      fault = undefined;
    } catch (error) {
      const now = messageOf(error);
      if (now !== fault) told(`the ${kind.what} of customers stay as they were: ${now}`);
      fault = now;
    }
    return tokens.get(number);
  };
}

function changedAt(file: string, { what }: TokenKind): number {
  try {
    return statSync(file).mtimeMs;
  } catch (error) {
    throw new UsageError(`the ${what} of customers cannot be read: ${messageOf(error)}`);
  }
}

/** No message has a token: it may be printed where others read it. */
function readTokens(file: string, { form, expected, hasDigits }: TokenKind): ReadonlyMap<string, CustomerToken> {
  const tokens = new Map<string, CustomerToken>();
  for (const [index, line] of readFileSync(file, 'utf8').trimEnd().split(/\r?\n/).entries()) {
    if (line === '') continue;
    const [number = '', token = '', lastDigits, ...surplus] = line.split(',');
    const isRightEnd = lastDigits === undefined || (hasDigits && LAST_DIGITS.test(lastDigits));
    if (!E164.test(number) || !form.test(token) || !isRightEnd || surplus.length > 0) {
      const more = hasDigits ? ', or these and the last four digits of the card' : '';
      throw new UsageError(`${file}: line ${index + 1} is not a number with +, a comma and ${expected}${more}`);
    }
    if (tokens.has(number)) throw new UsageError(`${file}: line ${index + 1} has ${number} again`);
    tokens.set(number, { token, lastDigits });
  }
  return tokens;
}
