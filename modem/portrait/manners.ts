/** The characters with which a modem begins and ends lines, as in its answer to `AT`. */
export interface Framing {
  readonly echo: boolean;
  readonly lineStart: string;
  readonly lineEnd: string;
  readonly nuls: boolean;
}

/** The framing of an `OK`; undefined when an unsolicited code came in between. */
export function framingOf(raw: string): Framing | undefined {
  const [, echo = '', lineStart, lineEnd] = /^(AT\r)?([\r\n]*)OK([\r\n]+)$/i.exec(raw.replaceAll('\0', '')) ?? [];
  if (lineStart === undefined || lineEnd === undefined) return undefined;
  return { echo: echo !== '', lineStart, lineEnd, nuls: raw.includes('\0') };
}

/** The lines of an answer, without the echo of `typed`, NULs and empty lines. */
export function linesIn(raw: string, typed: string): readonly string[] {
  const text = raw.replaceAll('\0', '');
  const echo = `${typed}\r`;
  const said = text.toUpperCase().startsWith(echo.toUpperCase()) ? text.slice(echo.length) : text;
  return said.split(/[\r\n]+/).filter((line) => line.trim() !== '');
}

const FINAL = /^(OK|ERROR|NO CARRIER|\+CM[ES] ERROR: ?.*|COMMAND NOT SUPPORT|MODEM ERROR: ?\d+|\+EXT ERROR: ?\d+)$/;

/** Whether a line ends an answer; `others` are results that only this modem has. */
export function isFinal(line: string, others: readonly string[]): boolean {
  return FINAL.test(line) || others.includes(line);
}

/** Results of a modem that is not ready yet: the same question is asked again. */
export function isTransient(final: string): boolean {
  return /^\+CME ERROR: ?(14|515|3517|SIM busy)$|^\+CMS ERROR: ?(3|314|500|512|515)$/.test(final);
}
