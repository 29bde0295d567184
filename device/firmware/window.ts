import { LCD_ROWS, type Row, type Screen } from '../hal/index.ts';
import type { LaidOutRow } from './layout.ts';

/** Which target has the focus, and the first row that the LCD shows. */
export interface Window {
  readonly focus: number;
  readonly top: number;
}

/** The window moved as little as needed to show a target whole, its first row in any case. */
export function keepVisible(rows: readonly LaidOutRow[], target: number, top: number): number {
  const first = rows.findIndex((row) => row.target === target);
  if (first < 0) return top;
  const last = rows.findLastIndex((row) => row.target === target);
  return Math.min(first, Math.max(top, last - LCD_ROWS + 1));
}

/**
 * What the up or down key does: the focus goes to the next target if that comes into view by one screen at most,
 * otherwise the rows move by one, so that nothing between two targets is skipped unread.
 */
export function scrollFor(
  rows: readonly LaidOutRow[],
  targets: number,
  { focus, top }: Window,
  by: 1 | -1,
  wraps: boolean,
): Window {
  const next = nextTarget(focus + by, targets, wraps);
  const nextTop = next === undefined ? undefined : keepVisible(rows, next, top);
  if (next !== undefined && nextTop !== undefined && (wraps || Math.abs(nextTop - top) < LCD_ROWS)) {
    return { focus: next, top: nextTop };
  }
  return { focus, top: Math.min(Math.max(0, top + by), Math.max(0, rows.length - LCD_ROWS)) };
}

function nextTarget(next: number, targets: number, wraps: boolean): number | undefined {
  if (targets === 0) return undefined;
  if (wraps) return (next + targets) % targets;
  return next >= 0 && next < targets ? next : undefined;
}

/** The first row of the last window. */
export function lastTop(rows: readonly LaidOutRow[]): number {
  return Math.max(0, rows.length - LCD_ROWS);
}

/** The rows that the LCD shows from `top` on. @param focus the target that is drawn inverse; -1 for none */
export function windowOf(rows: readonly LaidOutRow[], top: number, focus: number): Pick<Screen, 'rows' | 'scroll'> {
  const shown: readonly Row[] = rows.slice(top, top + LCD_ROWS).map(({ text, secret, target }) => ({
    text,
    ...(secret === undefined ? {} : { secret }),
    inverse: target === focus && target !== undefined,
  }));
  return { rows: shown, scroll: { above: top > 0, below: top + LCD_ROWS < rows.length } };
}
