import { randomBelow } from '../../modem/index.ts';
import { HOST_FAULTS, type HostFault } from '../hosts/example-host.ts';
import type { LineFaultAction, MessageFaultAction } from '../network/fault-kinds.ts';
import type { SeededRandom } from '../random.ts';
import { ROTATED_KEYS, type RotatedKey } from './operator.ts';
import { FULL_MOMENTS, type FullMoment, KILL_MOMENTS, type KillMoment } from './service-life.ts';
import type { LoopDepth } from './service-line.ts';

/** What goes wrong, and when: ms since the shops opened. `customer` counts from 0. */
export type LoopFault = { readonly at: number } /** The next messages of the network, whoever they are from. */ & (
  | { readonly kind: 'network'; readonly action: MessageFaultAction; readonly times: number }
  /** What the service's modem says next, or the modem itself: only at the depth of AT. */
  | { readonly kind: 'line'; readonly action: LineFaultAction; readonly times: number }
  /** A customer is out of coverage. */
  | { readonly kind: 'away'; readonly customer: number; readonly ms: number }
  /** What a customer's phone sends within this time waits in the network for more than a day. */
  | { readonly kind: 'backlog'; readonly customer: number; readonly ms: number }
  /** A customer's phone is switched off: it keeps its flash and nothing else. */
  | { readonly kind: 'phone-off'; readonly customer: number; readonly ms: number }
  /** A customer's phone shows another time from now on. */
  | { readonly kind: 'phone-clock'; readonly customer: number; readonly aheadMs: number }
  /** The service dies when it has come to such a moment for the nth time from now, and is started again later. */
  | { readonly kind: 'kill'; readonly moment: KillMoment; readonly nth: number; readonly downMs: number }
  /** The service's process stops, and goes on. */
  | { readonly kind: 'pause'; readonly ms: number }
  /** The clock of the service's machine shows another time from now on. */
  | { readonly kind: 'service-clock'; readonly aheadMs: number }
  /** The disk of the service has no room. */
  | { readonly kind: 'disk-full'; readonly noticed: FullMoment; readonly ms: number }
  /** The operator locks a customer's phone, and unlocks it later. */
  | { readonly kind: 'lock'; readonly customer: number; readonly ms: number }
  /** A key of the service is followed by another. */
  | { readonly kind: 'rotate'; readonly use: RotatedKey }
  /** The payment host does this with the next order. */
  | { readonly kind: 'host'; readonly fault: HostFault }
  /** Nothing reaches the payment host. */
  | { readonly kind: 'host-down'; readonly ms: number }
);

/** What goes wrong between the service and its modem. */
const LINE_ACTIONS = [
  ...(['split', 'merge', 'late', 'lose-octets', 'garbage', 'noise', 'swallow', 'repeat'] as const),
  ...(['stall', 'reboot', 'unplug'] as const),
];

/** The kinds of faults at the depth of SMS; those of the network and of the host apart by what they do, kills by their moment. */
export const LOOP_FAULT_KINDS: readonly string[] = [
  ...['drop', 'delay', 'duplicate', 'reorder', 'corrupt', 'refuse', 'lose-answer', 'lose-acknowledgement'],
  ...['away', 'backlog', 'phone-off', 'phone-clock', 'pause', 'service-clock', 'disk-full', 'lock', 'rotate'],
  ...KILL_MOMENTS.map((moment) => `kill-${moment}`),
  ...HOST_FAULTS,
  'host-down',
];

/** The kinds of faults of an episode. */
export function faultKinds(depth: LoopDepth): readonly string[] {
  return depth === 'at' ? [...LOOP_FAULT_KINDS, ...LINE_ACTIONS.map((action) => `line-${action}`)] : LOOP_FAULT_KINDS;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Payments for each fault of a swarm. */
const PAYMENTS_A_FAULT = 4;

/** The name under which coverage counts a fault: one of {@link faultKinds}. */
export function nameOf(fault: LoopFault): string {
  if (fault.kind === 'network') return fault.action.kind;
  if (fault.kind === 'kill') return `kill-${fault.moment}`;
  if (fault.kind === 'line') return `line-${fault.action.kind}`;
  return fault.kind === 'host' ? fault.fault : fault.kind;
}

/** A fault as one line for people: `away customer=3 ms=60000`. */
export function wordsOf({ at: _, kind, ...values }: LoopFault): string {
  return [kind, ...Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}

/**
 * Draws what goes wrong in an episode: first which kinds of faults there are at all (each with an even chance, so that also rare pairs meet
 * alone), then as many of them as there are payments for.
 * @param durationMs how long the shops are open about
 */
export function drawFaults(
  random: SeededRandom,
  {
    payments,
    customers,
    depth,
    durationMs,
  }: {
    readonly payments: number;
    readonly customers: number;
    readonly depth: LoopDepth;
    readonly durationMs: number;
  },
): readonly LoopFault[] {
  const kinds = faultKinds(depth).filter(() => randomBelow(random, 2) === 0);
  if (kinds.length === 0) return [];
  return Array.from({ length: Math.ceil(payments / PAYMENTS_A_FAULT) }, () => {
    const kind = kinds[randomBelow(random, kinds.length)] ?? '';
    return { at: randomBelow(random, durationMs), ...drawn(kind, random, customers) };
  }).toSorted((one, other) => one.at - other.at);
}

/** One fault of this kind, without its time. */
function drawn(kind: string, random: SeededRandom, customers: number): Unplaced {
  const ms = 1_000 + randomBelow(random, randomBelow(random, 2) === 0 ? MINUTE_MS : 2 * HOUR_MS);
  const customer = randomBelow(random, customers);
  switch (kind) {
    case 'away':
    case 'backlog':
    case 'phone-off':
    case 'lock':
      return { kind, customer, ms };
    case 'phone-clock':
      return { kind, customer, aheadMs: (randomBelow(random, 3) - 1) * ms };
    case 'pause':
      return { kind, ms: 1_000 + randomBelow(random, 10 * MINUTE_MS) };
    case 'service-clock':
      return { kind, aheadMs: (randomBelow(random, 3) - 1) * ms };
    case 'disk-full':
      return { kind, noticed: FULL_MOMENTS[randomBelow(random, FULL_MOMENTS.length)] ?? 'commit', ms };
    case 'host-down':
      return { kind, ms };
    case 'rotate':
      return { kind, use: ROTATED_KEYS[randomBelow(random, ROTATED_KEYS.length)] ?? 'sealing' };
    default:
      if (kind.startsWith('line-')) return ofLine(kind, random);
      return kind.startsWith('kill-') ? killAt(kind, random) : messageOrHost(kind, random);
  }
}

type Unplaced = LoopFault extends infer Fault ? (Fault extends LoopFault ? Omit<Fault, 'at'> : never) : never;

function killAt(kind: string, random: SeededRandom): Unplaced {
  const moment = KILL_MOMENTS.find((one) => kind === `kill-${one}`);
  if (moment === undefined) throw new RangeError(`There is no fault "${kind}"`);
  return { kind: 'kill', moment, nth: 1 + randomBelow(random, 12), downMs: randomBelow(random, 5 * MINUTE_MS) };
}

/** The letters of a code that the driver did not ask for: a stick of Huawei says so now and then. */
const UNASKED = '^RSSI: 20';

function ofLine(kind: string, random: SeededRandom): Unplaced {
  const action = LINE_ACTIONS.find((one) => kind === `line-${one}`);
  if (action === undefined) throw new RangeError(`There is no fault "${kind}"`);
  return { kind: 'line', action: lineAction(action, random), times: 1 + randomBelow(random, 3) };
}

function lineAction(kind: (typeof LINE_ACTIONS)[number], random: SeededRandom): LineFaultAction {
  switch (kind) {
    case 'swallow':
    case 'repeat':
    case 'reboot':
      return { kind };
    case 'split':
      return { kind, atMost: 1 + randomBelow(random, 8), gapMs: randomBelow(random, 50) };
    case 'merge':
      return { kind, ms: 1 + randomBelow(random, 300) };
    case 'late':
    case 'stall':
      return { kind, ms: 1_000 + randomBelow(random, 2 * MINUTE_MS) };
    case 'unplug':
      return { kind, ms: 1_000 + randomBelow(random, 5 * MINUTE_MS), renamed: 0 };
    case 'lose-octets':
      return { kind, share: (1 + randomBelow(random, 10)) / 100 };
    case 'garbage':
      return { kind, octets: 1 + randomBelow(random, 8) };
    case 'noise':
      return { kind, code: UNASKED };
  }
}

function messageOrHost(kind: string, random: SeededRandom): Unplaced {
  const times = 1 + randomBelow(random, 3);
  switch (kind) {
    case 'drop':
    case 'duplicate':
    case 'reorder':
    case 'corrupt':
    case 'lose-answer':
    case 'lose-acknowledgement':
      return { kind: 'network', action: { kind }, times };
    case 'delay':
      return { kind: 'network', action: { kind, ms: 1_000 + randomBelow(random, 10 * MINUTE_MS) }, times };
    case 'refuse':
      return { kind: 'network', action: { kind, cause: 38 }, times };
    default: {
      const fault = HOST_FAULTS.find((one) => one === kind);
      if (fault === undefined) throw new RangeError(`There is no fault "${kind}"`);
      return { kind: 'host', fault };
    }
  }
}
