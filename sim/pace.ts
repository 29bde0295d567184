/** How the time of a world goes, beside the machine's. */
export type Pace =
  /** `factor` times as fast: 1 is real time. */
  | { readonly kind: 'speed'; readonly factor: number }
  /** Only when it is stepped. */
  | { readonly kind: 'stopped' }
  /** From one event to the next at once, while no host says or hears anything. */
  | { readonly kind: 'fast' };

/** The slowest and the fastest speed. */
export const SPEEDS = { from: 0.001, to: 100_000 } as const;

/** A pace in a word: `real`, `x10`, `stopped`, `fast`. */
export function paceText(pace: Pace): string {
  if (pace.kind !== 'speed') return pace.kind;
  return pace.factor === 1 ? 'real' : `x${pace.factor}`;
}

/** The pace that a word of {@link paceText} means, if any. */
export function paceOf(text: string): Pace | undefined {
  if (text === 'stopped' || text === 'fast') return { kind: text };
  if (text === 'real') return { kind: 'speed', factor: 1 };
  const factor = /^x(\d+(\.\d+)?)$/.exec(text)?.[1];
  if (factor === undefined || Number(factor) < SPEEDS.from || Number(factor) > SPEEDS.to) return undefined;
  return { kind: 'speed', factor: Number(factor) };
}
