import type { LogEntry } from '../log.ts';

/** How the messages of one latency profile fared. Status reports are not among them. */
export interface LatencyRun {
  readonly profile: string;
  /** From the beginning of the submission to the first delivery, ms, shortest first. */
  readonly latencies: readonly number[];
  /** How many of the delivered messages needed one attempt, two, three and so on; the last counts the rest. */
  readonly attempts: readonly number[];
  /** What never came: lost on its way, given up by the service centre, refused by it. */
  readonly lost: number;
  readonly failed: number;
  readonly refused: number;
  /** What had not ended when the log did. */
  readonly open: number;
}

/** Attempts beyond this are counted together. */
export const ATTEMPTS = 5;

interface Message {
  readonly profile: string;
  readonly sentAt: number;
  attempts: number;
  end: 'open' | 'delivered' | 'lost' | 'failed' | 'refused';
  latency: number;
}

/** How the messages of a log fared, by the latency profile under which they were sent, in the order of the profiles. */
export function latencyOf(entries: readonly LogEntry[]): readonly LatencyRun[] {
  const messages = messagesOf(entries);
  const profiles = new Set(messages.map(({ profile }) => profile));
  return [...profiles].map((profile) =>
    runOf(
      profile,
      messages.filter((message) => message.profile === profile),
    ),
  );
}

/** The value that a share of the sorted values does not exceed (nearest rank); `undefined` of none. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** A run in figures. Shares are of 1; times are in ms, and absent when nothing was delivered. */
export interface LatencyFigures {
  readonly profile: string;
  readonly sms: number;
  readonly delivered: number;
  readonly lost: number;
  readonly failed: number;
  readonly refused: number;
  readonly open: number;
  readonly lostShare: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly longest?: number;
  /** By the number of attempts, from 1; the last counts the rest. */
  readonly attempts: readonly number[];
}

/** The figures of a run. */
export function figuresOf(run: LatencyRun): LatencyFigures {
  const { profile, latencies, attempts, lost, failed, refused, open } = run;
  const sms = latencies.length + lost + failed + refused + open;
  const [p50, p95, p99, longest] = [0.5, 0.95, 0.99, 1].map((share) => percentile(latencies, share));
  return {
    profile,
    sms,
    delivered: latencies.length,
    ...{ lost, failed, refused, open },
    lostShare: sms === 0 ? 0 : lost / sms,
    ...(p50 === undefined ? {} : { p50 }),
    ...(p95 === undefined ? {} : { p95 }),
    ...(p99 === undefined ? {} : { p99 }),
    ...(longest === undefined ? {} : { longest }),
    attempts,
  };
}

function messagesOf(entries: readonly LogEntry[]): readonly Message[] {
  const messages = new Map<number, Message>();
  let profile = 'unknown';
  for (const entry of entries) {
    if (entry.kind === 'start' || entry.kind === 'profile') profile = entry.profile;
    else if (entry.kind === 'submit') {
      messages.set(entry.sms, { profile, sentAt: entry.at, attempts: 0, end: 'open', latency: 0 });
    } else if (entry.kind === 'duplicate') {
      const original = messages.get(entry.original);
      if (original !== undefined) messages.set(entry.sms, original);
    } else if ('sms' in entry) {
      const message = messages.get(entry.sms);
      if (message !== undefined) follow(message, entry);
    }
  }
  return [...new Set(messages.values())];
}

function follow(message: Message, entry: LogEntry): void {
  if (message.end === 'delivered') return;
  switch (entry.kind) {
    case 'attempt':
      message.attempts += 1;
      break;
    case 'wait':
      if (entry.reason === 'absent') message.attempts += 1;
      break;
    case 'deliver':
      message.end = 'delivered';
      message.latency = entry.at - message.sentAt;
      break;
    case 'lose':
      message.end = 'lost';
      break;
    case 'fail':
      message.end = 'failed';
      break;
    case 'refuse':
      message.end = 'refused';
      break;
  }
}

function runOf(profile: string, messages: readonly Message[]): LatencyRun {
  const ended = (end: Message['end']) => messages.filter((message) => message.end === end);
  const delivered = ended('delivered');
  const attempts = new Array<number>(ATTEMPTS).fill(0);
  for (const message of delivered) {
    const index = Math.min(Math.max(message.attempts, 1), ATTEMPTS) - 1;
    attempts[index] = (attempts[index] ?? 0) + 1;
  }
  return {
    profile,
    latencies: delivered.map(({ latency }) => latency).toSorted((a, b) => a - b),
    attempts,
    lost: ended('lost').length,
    failed: ended('failed').length,
    refused: ended('refused').length,
    open: ended('open').length,
  };
}
