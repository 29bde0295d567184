/** How often each outcome came. */
export function tally(outcomes: readonly unknown[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(outcomes, String);
  return Object.fromEntries([...groups].map(([outcome, { length }]) => [outcome, length]));
}

/** What each of the promises gave, or the code of its error. */
export async function ends<T>(promises: readonly Promise<T>[], say: (value: T) => unknown): Promise<unknown[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((end) => (end.status === 'fulfilled' ? say(end.value) : (end.reason.code ?? end.reason)));
}

/** What `make` makes, so often. */
export const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
