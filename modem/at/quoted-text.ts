/** Codes whose text goes on over the line ends inside its quotes (`+CUSD`, 3GPP TS 27.007, 7.15). */
const QUOTED_CODE = /^\+CUSD:/i;

/** The closing quote is at the end of the line, or before `,<dcs>`. */
const ENDS_IN_QUOTE = /"\s*$/;
const ENDS_IN_CODING = /"\s*,\s*\d*\s*$/;

/** A line of the text that looks like a code, `+CMTI: "SM",3`: the `",3` in it is not the end of the text with its `<dcs>`. */
const WHOLE_CODE = /^[+^#*%$_][A-Z0-9]+:(?:[^"]*"[^"]*")+[^"]*$/i;

/** Octets of the longest text of several lines (182 characters in hexadecimal: 728). A longer one has lost its closing quote. */
export const QUOTED_LIMIT = 1024;

/**
 * Whether a line end belongs to the text of the code that `line` has begun, because its closing quote has not come.
 * Modems do not mask a quote that is part of the text, so a quote closes only before `,<dcs>`, or as one of a pair.
 */
export function isInsideQuotes(line: string): boolean {
  if (!QUOTED_CODE.test(line)) return false;
  const quotes = line.split('"').length - 1;
  if (quotes > 1 && ENDS_IN_CODING.test(line)) return WHOLE_CODE.test(lastOf(line.trimEnd().split('\n')));
  return quotes > 0 && !(ENDS_IN_QUOTE.test(line) && quotes % 2 === 0);
}

/** The last of several lines; empty when there is only one line. */
function lastOf([, ...more]: readonly string[]): string {
  return more.at(-1) ?? '';
}
