import { Command } from 'commander';
import { type Clock, systemClock } from '../clock.ts';
import { type Modem, openModem } from '../modem.ts';
import { type ReplayPort, replayPort } from '../port/replay.ts';
import type { TraceEvent } from '../port/trace.ts';
import { numberOption } from './options.ts';
import { type Output, outputOf } from './program.ts';
import { readRecordingFile } from './trace.ts';

/** Any PIN does: in a recording it is masked. */
const MASKED_PIN = '0000';

/** `gsm-modem replay`: the driver against a recording, without a modem. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('run the driver against a recording (made with --record); exit code 1 where it does something else')
    .argument('<file>', 'the recording')
    .option('--speed <factor>', 'how many times faster than it was', numberOption(1, 1_000), 20);
  return command.action(async (file: string) => {
    const { speed } = command.opts<{ speed: number }>();
    await replay(await readRecordingFile(file), fasterClock(speed), outputOf(command));
  });
}

async function replay(events: readonly TraceEvent[], clock: Clock, output: Output): Promise<void> {
  const port = replayPort(events, clock);
  const log = ({ kind, text }: { kind: string; text: string }) =>
    output.print({ event: kind, text }, `${kind}: ${text}`);
  try {
    const modem = await openModem(port, { clock, pin: MASKED_PIN, trustPin: true, log });
    await play(modem, port, events, clock, output);
    await modem.close();
  } catch (error) {
    log({ kind: 'failed', text: error instanceof Error ? error.message : String(error) });
  }
  const { divergence } = port;
  if (divergence !== undefined) process.exitCode = 1;
  output.print(
    { event: 'replayed', events: events.length, ...(divergence && { divergence }) },
    divergence === undefined
      ? `replayed ${events.length} events: the driver did the same`
      : `at event ${divergence.event} the recording has ${JSON.stringify(divergence.recorded)}, the driver typed ${JSON.stringify(divergence.typed)}`,
  );
}

/** Receives if the recording does, sends what it sends, when it sends it, and ends with it. */
async function play(
  modem: Modem,
  port: ReplayPort,
  events: readonly TraceEvent[],
  clock: Clock,
  output: Output,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    modem.onState((state) => {
      if (state.kind === 'lost' && (port.isFinished || port.divergence !== undefined)) resolve();
    });
  });
  const typed = events.map((event) => ({ at: event.at, text: event.kind === 'sent' ? textOf(event) : '' }));
  if (typed.some(({ text }) => text.startsWith('AT+CMGL'))) {
    modem.receive({
      message: async ({ originator }) => output.print({ event: 'message', originator }, `message from ${originator}`),
      report: (report) => output.print({ event: 'report', ...report }, `report: ${report.outcome}`),
    });
  }
  const openedAt = typed.findLast(({ text }) => text.startsWith('AT+CREG?'))?.at ?? 0;
  for (const [index, { at, text }] of typed.entries()) {
    const payload = typed
      .slice(index + 1)
      .find((next) => next.text.endsWith('\x1a'))
      ?.text.slice(0, -1);
    if (!text.startsWith('AT+CMGS=') || payload === undefined) continue;
    const submit = { text: text.trimEnd(), payload, response: { prefix: '+CMGS:' }, timeoutMs: 120_000 };
    clock.after(at - openedAt, () => {
      void modem.run(submit).then(({ kind }) => output.print({ event: 'submit', outcome: kind }, `submit: ${kind}`));
    });
  }
  await ended;
}

function textOf(event: TraceEvent): string {
  return 'octets' in event ? Buffer.from(event.octets).toString('latin1') : '';
}

/** A clock on which everything happens so many times faster. */
function fasterClock(factor: number): Clock {
  const start = systemClock.now();
  return {
    now: () => start + (systemClock.now() - start) * factor,
    after: (delayMs, task) => systemClock.after(delayMs / factor, task),
  };
}
