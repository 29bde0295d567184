/** What a host writes wrongly into its settlement report: each kind once. */
export const SETTLEMENT_FAULTS = ['amount', 'day', 'missing', 'duplicate', 'orphan'] as const;

/** One of {@link SETTLEMENT_FAULTS}. */
export type SettlementFault = (typeof SETTLEMENT_FAULTS)[number];

/** What a line of a settlement report says of one movement. */
interface ReportLine {
  readonly minor: number;
  /** ms since 1970. */
  readonly at: number;
}

const DAY_MS = 24 * 3_600_000;

/**
 * The lines of a settlement report with faults, one after the other, each at the first line.
 * @param orphanOf a line of a movement that nobody asked for, otherwise as this one
 */
export function misreported<Line extends ReportLine>(
  honest: readonly Line[],
  faults: readonly SettlementFault[],
  orphanOf: (first: Line) => Line,
): readonly Line[] {
  return faults.reduce((lines, fault) => withFault(lines, fault, orphanOf), honest);
}

function withFault<Line extends ReportLine>(
  lines: readonly Line[],
  fault: SettlementFault,
  orphanOf: (first: Line) => Line,
): readonly Line[] {
  const [first, ...others] = lines;
  if (first === undefined) return lines;
  switch (fault) {
    case 'amount':
      return [{ ...first, minor: first.minor + 1 }, ...others];
    case 'day':
      return [{ ...first, at: first.at + DAY_MS }, ...others];
    case 'missing':
      return others;
    case 'duplicate':
      return [first, ...lines];
    case 'orphan':
      return [...lines, orphanOf(first)];
  }
}
