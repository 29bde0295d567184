import type { MessageState } from '../message-states.ts';
import type { SubmitAnswer } from '../network/radio-link.ts';
import { durationText } from '../vocabulary/durations.ts';
import type { CountExpectation, MessageExpectation } from './schema.ts';

/** An expectation, or a step, and whether it is as it should be. */
export interface Judgement {
  /** What was expected, in words. */
  readonly what: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
}

/** What became of the messages of a name. */
export interface Fate {
  /** Of each SMS; undefined when it is forgotten. */
  readonly states: readonly (MessageState | undefined)[];
  readonly answers: readonly SubmitAnswer['kind'][];
}

/** Says whether there were as many events as expected. */
export function judgeCount(
  { count, is, atLeast = 0, atMost = Number.POSITIVE_INFINITY }: CountExpectation,
  found: number,
): Judgement {
  const { kind, ...fields } = count;
  const about = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  const bounds = [
    ...(is === undefined ? [] : [`${is}`]),
    ...(atLeast === 0 ? [] : [`at least ${atLeast}`]),
    ...(atMost === Number.POSITIVE_INFINITY ? [] : [`at most ${atMost}`]),
  ];
  return {
    what: `${bounds.join(', ')} × ${[kind, ...about].join(' ')}`,
    ok: (is === undefined || found === is) && found >= atLeast && found <= atMost,
    found: String(found),
  };
}

/** Says whether the messages fared as expected. */
export function judgeMessages(expectation: MessageExpectation, { states, answers }: Fate): Judgement {
  const { message, state, within, deliveries, report, answer, share } = expectation;
  const wanted = [
    ...(state === undefined ? [] : [state]),
    ...(within === undefined ? [] : [`within ${durationText(within)}`]),
    ...(deliveries === undefined ? [] : [`given to the phone ${deliveries} times`]),
    ...(report === undefined ? [] : [`report ${report}`]),
    ...(answer === undefined ? [] : [`answer ${answer}`]),
    ...(share === 1 ? [] : [`${share * 100} % of them`]),
  ];
  const right = states.filter((found) => found !== undefined && fits(found, expectation)).length;
  const answered = answer === undefined || (answers.length > 0 && answers.every((told) => told === answer));
  return {
    what: `message ${message}: ${wanted.join(', ')}`,
    ok: states.length > 0 && right >= share * states.length && answered,
    found: states.length > 1 ? `${right} of ${states.length}${lagText(states)}` : describe(states[0], answers),
  };
}

function fits(found: MessageState, { state, within, deliveries, report }: MessageExpectation): boolean {
  const lasted = found.endedAt === undefined ? Number.POSITIVE_INFINITY : found.endedAt - found.sentAt;
  return (
    (state === undefined || found.state === state) &&
    (within === undefined || lasted <= within) &&
    (deliveries === undefined || found.deliveries === deliveries) &&
    (report === undefined || found.reports.at(-1) === report)
  );
}

function describe(found: MessageState | undefined, answers: readonly string[]): string {
  if (found === undefined) return 'it was never sent';
  const { state, sentAt, endedAt, deliveries, reports, status, reason } = found;
  return [
    state,
    ...(endedAt === undefined ? [] : [`after ${durationText(endedAt - sentAt)}`]),
    ...(reason === undefined ? [] : [`(${reason})`]),
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(deliveries > 1 ? [`given to the phone ${deliveries} times`] : []),
    ...(reports.length === 0 ? [] : [`report ${reports.join(', ')}`]),
    ...(answers.length === 0 ? [] : [`answer ${answers.join(', ')}`]),
  ].join(' ');
}

/** The median and the longest time of those that came. */
function lagText(states: readonly (MessageState | undefined)[]): string {
  const lags = states
    .flatMap((found) =>
      found?.state === 'delivered' && found.endedAt !== undefined ? [found.endedAt - found.sentAt] : [],
    )
    .sort((a, b) => a - b);
  const median = lags[Math.floor(lags.length / 2)];
  const longest = lags.at(-1);
  if (median === undefined || longest === undefined) return '';
  return `, ${lags.length} delivered, median ${durationText(median)}, longest ${durationText(longest)}`;
}
