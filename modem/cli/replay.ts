import { Command } from 'commander';
import { type Clock, systemClock } from '../clock.ts';
import type { Modem, ModemOptions } from '../modem.ts';
import { type ReplayPort, replayPort, typedIn } from '../port/replay.ts';
import type { TraceEvent } from '../port/trace.ts';
import { commandOf, wantsMessage } from './at-terminal.ts';
import { type Output, outputOf } from './program.ts';
import { readRecordingFile } from './trace.ts';

/** Commands that the driver types by itself once the modem is open. All other commands come from its user. */
const OWN = /^(?:AT\r|AT\+(?:C[EG]?REG\?|CNMI\?|CMG[LRD]|CPMS="|CNMA))/;

/** Commands that read messages, and those that follow when the receiver has taken a message. */
const RECEIVING = /^AT\+(?:CMG[LR]|CPMS=")/;
const HANDED_OVER = /^AT\+(?:CMGD|CNMA)/;

/** `gsm-modem doctor` asks this and then lists each memory: in its recordings these lists are not receiving. */
const BEFORE_LISTING = 'AT+CPMS?';

const CTRL_Z = '\x1a';

/** `gsm-modem replay`: the driver against a recording, without a modem. */
export function replayCommand(): Command {
  const command = new Command('replay').argument('<file>', 'the recording');
  return command.action(async (file: string) => {
    const events = await readRecordingFile(file);
    await replay(events, impatientClock(events[0]?.at ?? 0), outputOf(command));
  });
}

async function replay(events: readonly TraceEvent[], clock: Clock, output: Output): Promise<void> {
  const port = replayPort(events, clock);
  const log = ({ kind, text }: { kind: string; text: string }) =>
    output.print({ event: kind, text }, `${kind}: ${text}`);
  try {
    const { openModem } = await import('../modem.ts');
    const modem = await openModem(port, { clock, ...pinOf(events), log });
    await play(modem, port, output);
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

/** A PIN of zeros as long as the masked one in the recording: the replayed port compares masked octets only. */
function pinOf(events: readonly TraceEvent[]): Pick<ModemOptions, 'pin' | 'trustPin'> {
  const typed = typedIn(events);
  const [, masked] = typed.map((text) => /^AT\+CPIN=(\*+)/.exec(text)).find((match) => match !== null) ?? [];
  if (masked !== undefined) return { pin: '0'.repeat(masked.length - '""'.length), trustPin: true };
  // The recorded program had a PIN, asked for the tries left, and did not type the PIN.
  return typed.some((text) => text.startsWith('AT+CPINR')) ? { pin: '0000' } : {};
}

/** Gives the modem the recorded commands, each at its turn, and closes it with the end of the recording. */
function play(modem: Modem, port: ReplayPort, output: Output): Promise<void> {
  let isReceiving = false;
  const receiver = {
    message: async ({ originator }: { originator: string }) => {
      if (!port.remaining.some((typed) => HANDED_OVER.test(typed))) throw new Error('not taken, as in the recording');
      output.print({ event: 'message', originator }, `message from ${originator}`);
    },
    report: (report: { outcome: string }) => output.print({ event: 'report', ...report }, `report: ${report.outcome}`),
  };
  let isDue = false;
  let lastAsked = '';
  let isListing = false;
  let end = () => {};
  const takeTurn = () => {
    if (!isDue || isListing || !isOpen(modem)) return;
    isDue = false;
    const [typed, ...later] = port.remaining;
    if (typed === undefined) end();
    else if (lastAsked === BEFORE_LISTING && RECEIVING.test(typed)) {
      lastAsked = '';
      isListing = true;
      const listed = () => {
        isListing = false;
        takeTurn();
      };
      void modem.reception().then(listed, listed);
    } else if (!isReceiving && RECEIVING.test(typed)) {
      isReceiving = true;
      modem.receive(receiver);
    } else if (typed.endsWith('\r') && !OWN.test(typed)) {
      const message = wantsMessage(typed) ? later.find((text) => text.endsWith(CTRL_Z)) : undefined;
      lastAsked = typed.slice(0, -1);
      void ask(modem, lastAsked, message?.slice(0, -1), output);
    }
  };
  return new Promise<void>((resolve) => {
    end = () => resolve(modem.close());
    modem.onState(({ kind }) => {
      if (kind === 'lost' && (port.isFinished || port.divergence !== undefined)) end();
      else takeTurn();
    });
    port.onTurn(() => {
      isDue = true;
      takeTurn();
    });
  });
}

function isOpen({ state }: Modem): boolean {
  return state.kind === 'ready' || state.kind === 'searching';
}

async function ask(modem: Modem, text: string, message: string | undefined, output: Output): Promise<void> {
  const { kind } = await modem.run(commandOf(text, message));
  output.print({ event: 'asked', command: text, outcome: kind }, `${text}: ${kind}`);
}

/** A virtual clock that jumps to the next task as soon as the present one is done: a replay takes no real time. */
function impatientClock(start: number): Clock {
  let now = start;
  let isGoing = false;
  let timers: readonly { readonly at: number; readonly task: () => void }[] = [];
  const goOn = () => {
    const [next, ...later] = timers;
    isGoing = next !== undefined;
    if (next === undefined) return;
    timers = later;
    now = next.at;
    systemClock.after(0, goOn);
    next.task();
  };
  return {
    now: () => now,
    after(delayMs, task) {
      const timer = { at: now + Math.max(delayMs, 0), task };
      if (!isGoing) systemClock.after(0, goOn);
      isGoing = true;
      const place = timers.findLastIndex(({ at }) => at <= timer.at) + 1;
      timers = timers.toSpliced(place, 0, timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
}
