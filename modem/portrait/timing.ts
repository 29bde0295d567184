import { linesIn } from './manners.ts';
import type { Portrait } from './portrait.ts';
import { isAboutPeople } from './secrets.ts';

/** Times are noted in steps of this many ms. */
const STEP_MS = 10;
/** A command is slow when it differs from the usual by more than this, ms, and by more than the usual. */
const SLOW_MS = 100;
const CODE_STEP_MS = 100;

/** Codes in what came unasked, and how far apart they are. */
export function codesIn(pieces: readonly { readonly at: number; readonly raw: string }[]): Portrait['codes'] {
  const heard = pieces
    .map(({ at, raw }) => ({ at, lines: linesIn(raw, '').filter((line) => !isAboutPeople(line)) }))
    .filter(({ lines }) => lines.length > 0);
  const lines = [...new Set(heard.flatMap((piece) => piece.lines))];
  const gaps = heard.slice(1).map(({ at }, i) => at - (heard[i]?.at ?? at));
  const everyMs = Math.max(CODE_STEP_MS, rounded(median(gaps), CODE_STEP_MS));
  return lines.length === 0 || gaps.length === 0 ? undefined : { everyMs, lines };
}

/** How long answers usually take, the first one, and those that take another time. */
export function delaysOf(times: Readonly<Record<string, number>>, firstMs: number): Portrait['delays'] {
  const usualMs = rounded(median(Object.values(times)), STEP_MS);
  const slow = Object.entries(times).filter(([, ms]) => Math.abs(ms - usualMs) > Math.max(SLOW_MS, usualMs));
  return {
    usualMs,
    firstMs: firstMs - usualMs > SLOW_MS ? rounded(firstMs, STEP_MS) - usualMs : 0,
    commands: Object.fromEntries(slow.map(([form, ms]) => [form, rounded(ms, STEP_MS)])),
  };
}

/** In steps that are noted. */
export function rounded(ms: number, step: number = STEP_MS): number {
  return Math.round(ms / step) * step;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
