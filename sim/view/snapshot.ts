import { textLine } from '../evidence/columns.ts';
import type { MessageState } from '../message-states.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import type { ArrangedFault } from '../network/faults.ts';
import { paceText } from '../pace.ts';
import type { Simulation } from '../simulation.ts';
import { durationText } from '../vocabulary/durations.ts';

/** A phone as the view shows it. */
export interface PhoneRow {
  readonly number: string;
  readonly state: string;
  /** Whether messages reach it. */
  readonly reachable: boolean;
  /** Where programs open it, and whether one has. */
  readonly line: string;
  readonly open: boolean;
  readonly stored: number;
  readonly waiting: number;
}

/** What the view shows of a simulation: words, ready to be drawn. */
export interface Snapshot {
  readonly time: string;
  readonly pace: string;
  readonly profile: string;
  readonly phones: readonly PhoneRow[];
  /** The messages that the service centre has, one line each. */
  readonly queue: readonly string[];
  readonly faults: readonly { readonly id: string; readonly on: boolean; readonly text: string }[];
  /** The last events, oldest first. */
  readonly log: readonly { readonly seq: number; readonly text: string }[];
}

/** Which part of a simulation fits on the terminal. */
export interface Section {
  /** The first phone that is shown, from 0, and how many are. */
  readonly firstPhone: number;
  readonly phones: number;
  /** How many of the last events are shown, and in how many cells. */
  readonly events: number;
  readonly columns: number;
}

/** Looks at a simulation. */
export function snapshotOf(simulation: Simulation, { firstPhone, phones, events, columns }: Section): Snapshot {
  const { world, clock, messages } = simulation;
  const now = clock.now();
  return {
    time: new Date(now).toISOString().slice(0, 19).replace('T', ' '),
    pace: paceText(clock.pace),
    profile: world.profile.id,
    phones: world.modems.slice(firstPhone, firstPhone + phones).map((modem) => rowOf(simulation, modem)),
    queue: messages.open().map((message) => queueText(message, now)),
    faults: world.faults.list().map((fault) => ({ id: fault.id, on: fault.on, text: faultText(fault) })),
    log: world.log
      .entries(Math.max(0, world.log.seq - events))
      .map((entry) => ({ seq: entry.seq, text: textLine(entry, columns) })),
  };
}

function rowOf({ world, linesOf }: Simulation, modem: VirtualModem): PhoneRow {
  return {
    number: modem.number,
    state: stateOf(modem, world.subscriber(modem.number)?.covered ?? false),
    reachable: modem.radio.registered,
    line: linesOf(modem)?.tty ?? '',
    open: modem.hostPresent,
    stored: modem.store('MT').used,
    waiting: world.waitingFor(modem.number),
  };
}

function stateOf({ plugged, radio }: VirtualModem, covered: boolean): string {
  if (!plugged) return 'unplugged';
  if (radio.registered) return 'registered';
  if (radio.functionality !== 1) return 'off';
  return covered ? 'searching' : 'no coverage';
}

function queueText({ sms, from, to, isReport, state, reason, nextAttempt }: MessageState, now: number): string {
  const what = isReport ? 'report' : from;
  const fate =
    state === 'waiting' && nextAttempt !== undefined
      ? `waits (${reason}), again in ${durationText(Math.max(0, nextAttempt - now))}`
      : 'on the way';
  return `${String(sms).padStart(5)}  ${what.padEnd(14)} → ${to.padEnd(14)} ${fate}`;
}

function faultText({ action, matched, struck, ...fault }: ArrangedFault): string {
  const { kind, ...parameters } = action;
  const about = 'modem' in fault ? { modem: fault.modem } : {};
  const from = 'from' in fault ? { from: fault.from } : {};
  const to = 'to' in fault ? { to: fault.to } : {};
  const details = Object.entries({ ...parameters, ...about, ...from, ...to }).map(
    ([name, value]) => `${name} ${value}`,
  );
  return `${kind.padEnd(20)} struck ${struck} of ${matched}  ${details.join(', ')}`;
}
