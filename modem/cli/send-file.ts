import type { SendOutcome } from '../bearer.ts';
import { systemClock } from '../clock.ts';
import type { CodingOptions } from '../pdu/index.ts';
import type { BatchMessage } from './batch-file.ts';
import type { Output } from './program.ts';
import type { Sender } from './sending-again.ts';

/** Messages given to the bearer at a time, so that no modem of a pool waits for its next message. */
const AHEAD = 64;

/** The exit code of `unknown`: the modem's answer was lost, and sending the message again may send it twice. */
export const PERHAPS_SENT = 3;

interface Tally {
  readonly total: number;
  readonly startedAt: number;
  readonly count: Record<SendOutcome['kind'], number>;
  /** SMS on the air, of which a long message takes several. */
  segments: number;
}

/**
 * Sends messages in order. Prints the outcome of each message that was not sent (with `--json`: of each message), and at the
 * end the count and the rate; on a terminal also the progress. A failed message is not sent again: the user decides.
 */
export async function sendBatch(
  bearer: Sender,
  messages: readonly BatchMessage[],
  output: Output,
  coding: CodingOptions = {},
): Promise<void> {
  const tally: Tally = {
    total: messages.length,
    startedAt: systemClock.now(),
    count: { sent: 0, failed: 0, unknown: 0 },
    segments: 0,
  };
  const waiting = messages.values();
  const work = async () => {
    for (const { line, number, text } of waiting) {
      const content = { kind: 'text', text } as const;
      const outcome = await bearer.send({ id: `${line}`, destination: number, content, coding });
      tally.count[outcome.kind] += 1;
      if (outcome.kind === 'sent') tally.segments += outcome.references.length;
      showProgress('');
      output.print({ event: 'outcome', line, number, ...recordOf(outcome) }, lineOf(line, number, outcome));
      showProgress(progressOf(tally));
    }
  };
  await Promise.all(Array.from({ length: AHEAD }, work));
  showProgress('');
  const { sent, failed, unknown } = tally.count;
  const { seconds, perMinute } = rateOf(tally);
  output.print(
    { event: 'rate', messages: tally.total, sent, failed, unknown, segments: tally.segments, seconds, perMinute },
    `${sent} of ${tally.total} sent, ${failed} failed, ${unknown} unknown: ${tally.segments} SMS in ${seconds} s, ${perMinute} a minute`,
  );
  if (failed > 0) process.exitCode = 1;
  else if (unknown > 0) process.exitCode = PERHAPS_SENT;
}

function recordOf(outcome: SendOutcome): object {
  const { kind, ...rest } = outcome;
  return { outcome: kind, ...rest };
}

function lineOf(line: number, number: string, outcome: SendOutcome): string | undefined {
  if (outcome.kind === 'sent') return undefined;
  return `line ${line}, ${outcome.kind === 'unknown' ? 'perhaps sent' : 'not sent'} to ${number}: ${outcome.reason}`;
}

function rateOf({ startedAt, segments }: Tally): { readonly seconds: number; readonly perMinute: number } {
  const ms = Math.max(systemClock.now() - startedAt, 1);
  return { seconds: Math.round(ms / 100) / 10, perMinute: Math.round((segments * 600_000) / ms) / 10 };
}

function progressOf(tally: Tally): string {
  const { sent, failed, unknown } = tally.count;
  const unwell = failed + unknown === 0 ? '' : `, ${failed} failed, ${unknown} unknown`;
  return `${sent} of ${tally.total} sent${unwell}, ${rateOf(tally).perMinute} SMS a minute`;
}

/** Shows a line on the terminal in place of the one before; into a pipe, nothing. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
