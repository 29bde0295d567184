const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ms of a length of time as people write it: `250ms`, `10s`, `1.5m`, `2h`, `7d`. Undefined when it is none. */
export function durationOf(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNIT_MS[unit] ?? 1));
}

const SECOND_MS = 1_000;
const LARGEST_FIRST: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [SECOND_MS, 's'],
];

/** A length of time: the two largest units, as `2 h 5 min`, or `0.4 s`. */
export function durationText(ms: number): string {
  if (ms < 10 * SECOND_MS) return `${Math.round(ms / 100) / 10} s`;
  let left = Math.round(ms / SECOND_MS) * SECOND_MS;
  const words = LARGEST_FIRST.flatMap(([unit, name]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return words.slice(0, 2).join(' ');
}
