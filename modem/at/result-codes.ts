import { cmeErrors, cmsErrors } from './error-names.ts';

/** What a final result code says (ITU-T V.250, 5.7.1; 3GPP TS 27.007, 9; 3GPP TS 27.005, 3.2.5). */
export type FinalCode = { readonly kind: 'ok' } | { readonly kind: 'error'; readonly error: AtErrorCode };

/** A refusal, as the modem said it. `number` and the family are there when it gave a reason that has a number. */
export type AtErrorCode =
  | { readonly family: 'CME' | 'CMS'; readonly number: number; readonly text: string }
  | { readonly family: 'other'; readonly text: string };

/** Final codes that are a whole line. Numbers come after `ATV0`; words such as `NA` come from some models instead of `ERROR`. */
const WHOLE_LINES: Readonly<Record<string, 'ok' | 'error'>> = {
  OK: 'ok',
  '0': 'ok',
  ERROR: 'error',
  '3': 'error',
  '4': 'error',
  'NO CARRIER': 'error',
  'NO DIALTONE': 'error',
  'NO ANSWER': 'error',
  BUSY: 'error',
  ABORTED: 'error',
  'COMMAND NOT SUPPORT': 'error',
  'TOO MANY PARAMETERS': 'error',
  NA: 'error',
};

/** Beginnings of lines that are a refusal with a reason. */
const BEGINNINGS: readonly string[] = ['+EXT ERROR:', 'MODEM ERROR:', 'NOT FOND ^', 'NOT FOUND ^'];

const NUMBERED = /^\+(CME|CMS) ERROR: ?(.*)$/i;

/**
 * The final result code that `line` is, if it is one.
 *
 * @param inWords the modem is known to answer in words: then a line of one digit is not a final code.
 */
export function finalCodeOf(line: string, inWords = false): FinalCode | undefined {
  if (inWords && isNumeric(line)) return undefined;
  const upper = line.toUpperCase();
  const whole = WHOLE_LINES[upper];
  if (whole === 'ok') return { kind: 'ok' };
  if (whole === 'error') return { kind: 'error', error: { family: 'other', text: line } };
  const [, family, reason = ''] = NUMBERED.exec(line) ?? [];
  if (family !== undefined) return { kind: 'error', error: numberedError(family.toUpperCase(), reason.trim(), line) };
  if (BEGINNINGS.some((beginning) => upper.startsWith(beginning)))
    return { kind: 'error', error: { family: 'other', text: line } };
  return undefined;
}

/** Whether the modem answers in numbers (`ATV0`), where `OK` is `0`. */
export function isNumeric(finalLine: string): boolean {
  return /^\d$/.test(finalLine);
}

function numberedError(family: string, reason: string, text: string): AtErrorCode {
  const names = family === 'CMS' ? cmsErrors : cmeErrors;
  const number = /^\d+$/.test(reason) ? Number(reason) : numberOfName(names, reason);
  if (number === undefined) return { family: 'other', text };
  return { family: family === 'CMS' ? 'CMS' : 'CME', number, text };
}

/** The number of an error in words, which a modem writes under `+CMEE=2`. */
function numberOfName(names: Readonly<Record<number, string>>, words: string): number | undefined {
  const wanted = words.toLowerCase();
  const entry = Object.entries(names).find(([, name]) => name.toLowerCase() === wanted);
  return entry === undefined ? undefined : Number(entry[0]);
}

/** The refusal in words for a person: `+CMS ERROR: 330 (SMSC address unknown)`. */
export function describeError(error: AtErrorCode): string {
  if (error.family === 'other') return error.text;
  const name = (error.family === 'CMS' ? cmsErrors : cmeErrors)[error.number];
  return `+${error.family} ERROR: ${error.number}${name === undefined ? '' : ` (${name})`}`;
}
