/** What a register asks of the terminal. Fields that say nothing to a service without cards are passed over. */
export type EcrRequest =
  /** Payment. `P`: with the usual result; `X`: with the extended one. */
  | { readonly code: 'P' | 'X'; readonly terminal: string; readonly minor: number; readonly text: string }
  /** Reversal of the last payment; `stan` undefined: whatever its number is. */
  | { readonly code: 'S'; readonly terminal: string; readonly stan: number | undefined }
  /** G: the last result again. T: totals. C: totals, which begin anew. s: status. */
  | { readonly code: 'G' | 'T' | 'C' | 's'; readonly terminal: string }
  /** The last receipt again. `prints`: by the register. */
  | { readonly code: 'R'; readonly terminal: string; readonly prints: boolean }
  | EcrSetting;

/** What is only confirmed. `E`: whether the register prints the next receipt. `U`: data for the acquirer. */
export type EcrSetting =
  | { readonly code: 'E'; readonly terminal: string; readonly prints: boolean }
  | { readonly code: 'U'; readonly terminal: string };

/** A field: its first position as the tables of the protocol count, from 1 on, and its length. */
type Field = readonly [position: number, length: number];

const TERMINAL: Field = [1, 8];
const CODE: Field = [10, 1];
const AMOUNT: Field = [24, 8];
const TEXT: Field = [32, 128];
const STAN: Field = [19, 6];
const PRINTS: Field = [11, 1];

/**
 * A message of a register, as Nexi's pages of the traditional POS (ECR17) have it; `undefined` for one that is not understood, which is
 * answered with NAK. Fields after the last one that says something may be missing: registers differ there.
 */
export function readRequest(message: string): EcrRequest | undefined {
  const terminal = digits(message, TERMINAL);
  if (terminal === undefined) return undefined;
  const code = text(message, CODE);
  switch (code) {
    case 'P':
    case 'X': {
      const amount = digits(message, AMOUNT);
      return amount === undefined
        ? undefined
        : { code, terminal, minor: Number(amount), text: text(message, TEXT).trim() };
    }
    case 'S': {
      const stan = digits(message, STAN);
      return stan === undefined ? undefined : { code, terminal, stan: Number(stan) === 0 ? undefined : Number(stan) };
    }
    case 'E':
    case 'R': {
      const prints = digits(message, PRINTS);
      return prints === undefined ? undefined : { code, terminal, prints: prints === '1' };
    }
    case 'U':
      return { code, terminal };
    case 'G':
    case 'T':
    case 'C':
    case 's':
      return { code, terminal };
    default:
      return undefined;
  }
}

function text(message: string, [position, length]: Field): string {
  return message.slice(position - 1, position - 1 + length);
}

function digits(message: string, field: Field): string | undefined {
  const found = text(message, field);
  return found.length === field[1] && /^[0-9]+$/.test(found) ? found : undefined;
}
