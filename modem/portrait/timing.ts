import { linesIn } from './manners.ts';
import type { Portrait } from './portrait.ts';
import { isAboutPeople } from './secrets.ts';

/** Times are noted in steps of this many ms. */
const STEP_MS = 10;
/** A command is slow when it differs from the usual by more than this, ms, and by more than the usual. */
const SLOW_MS = 100;
const CODE_STEP_MS = 100;

/** The unsolicited codes that came while the line was listened to, and the time between them. */
export function codesIn(pieces: readonly { readonly at: number; readonly raw: string }[]): Portrait['codes'] {
  const heard = pieces
    .map(({ at, raw }) => ({ at, lines: linesIn(raw, '').filter((line) => !isAboutPeople(line)) }))
    .filter(({ lines }) => lines.length > 0);
  const lines = [...new Set(heard.flatMap((piece) => piece.lines))];
  const gaps = heard.slice(1).map(({ at }, i) => at - (heard[i]?.at ?? at));
  const everyMs = Math.max(CODE_STEP_MS, Math.round(median(gaps) / CODE_STEP_MS) * CODE_STEP_MS);
  return lines.length === 0 || gaps.length === 0 ? undefined : { everyMs, lines };
}

/** How long answers usually take, ms. */
export function usualOf(times: readonly number[]): number {
  return noted(median(times));
}

/** Whether the time of an answer differs much from the usual time. */
export function isSlow(ms: number, usualMs: number): boolean {
  return Math.abs(ms - usualMs) > Math.max(SLOW_MS, usualMs);
}

/** The usual time, the extra time of the first answer, and the times of slow answers. */
export function delaysOf(times: Readonly<Record<string, number>>, firstMs: number): Portrait['delays'] {
  const usualMs = usualOf(Object.values(times));
  const slow = Object.entries(times).filter(([, ms]) => isSlow(ms, usualMs));
  return {
    usualMs,
    firstMs: firstMs - usualMs > SLOW_MS ? noted(firstMs) - usualMs : 0,
    commands: Object.fromEntries(slow.map(([form, ms]) => [form, noted(ms)])),
  };
}

/** A time rounded down to a step, which leaves out the computer's share. */
export function noted(ms: number): number {
  return Math.floor(ms / STEP_MS) * STEP_MS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
