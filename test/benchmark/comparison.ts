/** One side of a comparison: does its work once and says how many operations a second that was. */
export type Run = () => number | Promise<number>;

/** What is compared with what. */
export interface Contest {
  /** The key of its ratio in the results. */
  readonly name: string;
  /** The package that the project is measured against. */
  readonly peer: string;
  readonly ours: Run;
  readonly theirs: Run;
}

/** How a contest ended. */
export interface Comparison {
  readonly name: string;
  readonly peer: string;
  /** Operations a second, median over the rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** `ours` over `theirs`. */
  readonly ratio: number;
}

/**
 * Runs both sides in turn, `rounds` times after `warmUps` that do not count, so that whatever else slows the machine
 * down slows both.
 */
export async function compare(contest: Contest, rounds: number, warmUps: number): Promise<Comparison> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    ours.push(await contest.ours());
    theirs.push(await contest.theirs());
  }
  const result = { ours: median(ours.slice(warmUps)), theirs: median(theirs.slice(warmUps)) };
  return { name: contest.name, peer: contest.peer, ...result, ratio: result.ours / result.theirs };
}

/** Operations a second of work that began at `start`, a value of `process.hrtime.bigint()`, and ends now. */
export function perSecond(operations: number, start: bigint): number {
  return (operations * 1e9) / Number(process.hrtime.bigint() - start);
}

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [lower = Number.NaN, upper = lower] = sorted.slice(sorted.length % 2 === 0 ? middle - 1 : middle, middle + 1);
  return (lower + upper) / 2;
}
