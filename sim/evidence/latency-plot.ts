import { durationText } from '../vocabulary/durations.ts';
import { ATTEMPTS, figuresOf, type LatencyRun, percentile } from './latency.ts';
import { box, drawing, type Ink, line, px, text, widthOf } from './svg.ts';

/** Sizes, px. */
const WIDTH = 1_000;
const MARGIN = 24;
const TITLE = 64;
const PANEL = 326;
const PLOT = { left: 76, top: 88, width: 640, height: 190 } as const;
const BARS = { left: 850, width: 96, row: 30 } as const;
const BINS = 48;
const SMALL = 11;
/** Labels of the axis stand at least so far apart. */
const LABEL_GAP = 46;

/** The percentiles that are marked. */
const MARKS = [
  [0.5, 'p50'],
  [0.95, 'p95'],
  [0.99, 'p99'],
] as const;

/** Times at which the axis may have a mark, ms. */
const TICKS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 3, 5, 7, 10, 15, 20, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 4, 8, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 4, 7, 14].map((days) => days * 86_400_000),
];

/**
 * How long messages took, as a plot in SVG: of each profile the distribution of the latency on a logarithmic axis, its
 * cumulative curve with the percentiles, what was lost, and how many attempts it took.
 */
export function latencyPlot(runs: readonly LatencyRun[]): string {
  const height = TITLE + Math.max(1, runs.length) * PANEL + MARGIN;
  const panels = runs.flatMap((run, i) => panel(run, TITLE + i * PANEL));
  return drawing(WIDTH, height, 'Latency of SMS', [
    text(MARGIN, 34, 'Latency of SMS', { size: 17, ink: 'ink', bold: true }),
    text(MARGIN, 54, 'From the beginning of the submission to the phone that has it', { size: 12, ink: 'muted' }),
    ...(runs.length === 0 ? [text(MARGIN, 110, 'No SMS was sent.', { size: 13, ink: 'muted' })] : panels),
  ]);
}

/** How a run went: `pt2008: 1,000 SMS, 99.5 % delivered, 0.5 % lost; p50 6.1 s, …`. */
export function figuresText(run: LatencyRun): string {
  const { profile, p50, p95, p99, longest } = figuresOf(run);
  const times = Object.entries({ p50, p95, p99, longest }).flatMap(([name, ms]) =>
    ms === undefined ? [] : [`${name} ${timeSpent(ms)}`],
  );
  return `${profile}: ${[sharesText(run), ...times].join(', ')}`;
}

function sharesText(run: LatencyRun): string {
  const { sms, delivered, lost, failed, refused, open } = figuresOf(run);
  const share = (count: number, name: string) =>
    count === 0 ? [] : [`${Math.round((count / sms) * 1_000) / 10} % ${name}`];
  return [
    `${sms.toLocaleString('en')} SMS`,
    ...share(delivered, 'delivered'),
    ...share(lost, 'lost'),
    ...share(failed, 'given up'),
    ...share(refused, 'refused'),
    ...share(open, 'under way'),
  ].join(', ');
}

function timeSpent(ms: number): string {
  return ms < 100 ? `${ms} ms` : durationText(ms);
}

function panel(run: LatencyRun, top: number): readonly string[] {
  const { latencies } = run;
  const heading = [
    line(MARGIN, top + 8, WIDTH - MARGIN, top + 8, 'rule'),
    text(MARGIN, top + 36, run.profile, { size: 15, ink: 'ink', bold: true }),
    text(WIDTH - MARGIN, top + 36, sharesText(run), { size: 12, ink: 'muted', anchor: 'end' }),
  ];
  const [shortest, longest] = [latencies[0], latencies.at(-1)];
  if (shortest === undefined || longest === undefined) {
    return [...heading, text(PLOT.left, top + 110, 'None was delivered.', { size: 13, ink: 'muted' })];
  }
  const axis = axisOf(shortest, longest);
  const bottom = top + PLOT.top + PLOT.height;
  return [
    ...heading,
    ...grid(axis, bottom),
    ...histogram(latencies, axis, bottom),
    ...cumulative(latencies, axis, bottom),
    ...marks(latencies, axis, bottom),
    ...attemptBars(run, top + PLOT.top),
  ];
}

/** A logarithmic axis of time. */
interface Axis {
  readonly from: number;
  readonly to: number;
  /** Where a time stands, px. */
  x(ms: number): number;
}

function axisOf(shortest: number, longest: number): Axis {
  const from = Math.max(1, shortest * 0.9);
  const to = Math.max(from * 4, longest * 1.1);
  const scale = PLOT.width / Math.log(to / from);
  return { from, to, x: (ms) => PLOT.left + Math.log(Math.max(ms, from) / from) * scale };
}

function grid({ from, to, x }: Axis, bottom: number): readonly string[] {
  const elements: string[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const tick of TICKS) {
    if (tick < from || tick > to) continue;
    const at = x(tick);
    elements.push(line(at, bottom, at, bottom + 5, 'muted'));
    if (at - lastAt < LABEL_GAP) continue;
    lastAt = at;
    const words = timeSpent(tick);
    elements.push(text(at, bottom + 20, words, { size: SMALL, ink: 'muted', anchor: 'middle' }));
  }
  for (const share of [0, 25, 50, 75, 100]) {
    const y = bottom - (share / 100) * PLOT.height;
    elements.push(
      line(PLOT.left, y, PLOT.left + PLOT.width, y, 'rule', share === 0 ? 1.5 : 1, share === 0 ? undefined : '1 4'),
    );
    elements.push(text(PLOT.left + PLOT.width + 8, y + 4, `${share} %`, { size: SMALL, ink: 'report' }));
  }
  return elements;
}

function histogram(latencies: readonly number[], { from, to, x }: Axis, bottom: number): readonly string[] {
  const counts = new Array<number>(BINS).fill(0);
  const ratio = Math.log(to / from);
  for (const latency of latencies) {
    const bin = Math.min(BINS - 1, Math.floor((Math.log(Math.max(latency, from) / from) / ratio) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const width = PLOT.width / BINS;
  const bars = counts.flatMap((count, i) => {
    if (count === 0) return [];
    const height = Math.max(1, (count / most) * PLOT.height * 0.92);
    const left = x(from) + i * width;
    return [
      `<rect x="${px(left + 0.75)}" y="${px(bottom - height)}" width="${px(width - 1.5)}" height="${px(height)}" rx="1.5" class="fill-message" fill-opacity="0.45"/>`,
    ];
  });
  const y = bottom - PLOT.height * 0.92;
  return [
    ...bars,
    text(PLOT.left - 8, y + 4, most.toLocaleString('en'), { size: SMALL, ink: 'message', anchor: 'end' }),
    text(PLOT.left - 8, bottom + 4, '0', { size: SMALL, ink: 'message', anchor: 'end' }),
    text(PLOT.left - 8, bottom - PLOT.height / 2, 'SMS', { size: SMALL, ink: 'message', anchor: 'end' }),
  ];
}

/** The curve in at most as many points as it has px. */
function cumulative(latencies: readonly number[], { x }: Axis, bottom: number): readonly string[] {
  const step = Math.max(1, Math.floor(latencies.length / PLOT.width));
  const points: string[] = [`M${px(PLOT.left)} ${px(bottom)}`];
  for (let i = 0; i < latencies.length; i += step) points.push(pointOf(i));
  points.push(pointOf(latencies.length - 1), `H${px(PLOT.left + PLOT.width)}`);
  return [`<path d="${points.join('')}" fill="none" class="stroke-report" stroke-width="2" stroke-linejoin="round"/>`];

  function pointOf(i: number): string {
    const y = bottom - ((i + 1) / latencies.length) * PLOT.height;
    return `L${px(x(latencies[i] ?? 0))} ${px(y)}`;
  }
}

/** The percentiles, with their names above the plot: each higher than the next one's, where it would run into it. */
function marks(latencies: readonly number[], { x }: Axis, bottom: number): readonly string[] {
  let next = Number.POSITIVE_INFINITY;
  let row = 0;
  return MARKS.toReversed().flatMap(([share, name]) => {
    const ms = percentile(latencies, share) ?? 0;
    const at = x(ms);
    const words = `${name} ${timeSpent(ms)}`;
    row = at + widthOf(words, SMALL) + 12 > next ? row + 1 : 0;
    next = at;
    const y = bottom - PLOT.height - 8 - row * 14;
    return [
      line(at, bottom, at, y - 8, 'trouble', 1.25, '4 3'),
      text(at + 5, y, words, { size: SMALL, ink: 'trouble', bold: true }),
    ];
  });
}

function attemptBars({ attempts }: LatencyRun, top: number): readonly string[] {
  const total = attempts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...attempts);
  return [
    text(BARS.left, top - 4, 'attempts', { size: SMALL, ink: 'muted' }),
    ...attempts.flatMap((count, i) => {
      const y = top + 8 + i * BARS.row;
      const name = i === ATTEMPTS - 1 ? `${ATTEMPTS} or more` : String(i + 1);
      const ink: Ink = i === 0 ? 'message' : 'ussd';
      const share = Math.round((count / total) * 1_000) / 10;
      return [
        text(BARS.left - 8, y + 13, name, { size: SMALL, ink: 'muted', anchor: 'end' }),
        ...(count === 0 ? [] : [box(BARS.left, y + 2, Math.max(2, (count / most) * BARS.width), 14, ink, ink, 2)]),
        text(BARS.left, y + 27, count === 0 ? '0' : `${count.toLocaleString('en')} (${share} %)`, {
          size: 10,
          ink: 'muted',
        }),
      ];
    }),
  ];
}
