import type { Simulation } from '../simulation.ts';
import { OFFERED_FAULTS, pressClockKey } from './keys.ts';

/** Who sits before the view: which phone is chosen, and what the keys are for at the moment. */
export interface Desk {
  /** The place of the chosen phone, from 0. */
  readonly chosen: number;
  readonly mode: 'keys' | 'message' | 'fault' | 'help';
  /** The message that is being typed. */
  readonly typed: string;
  /** The user wants to leave. */
  readonly left: boolean;
}

/** How it begins. */
export const FIRST_DESK: Desk = { chosen: 0, mode: 'keys', typed: '', left: false };

/** Who messages typed here are from. */
export const SENDER = '4321';
/** The longest message that is typed here: five SMS. */
const MESSAGE_CHARACTERS = 765;

/** Keys that are no characters. */
export const KEYS = { enter: '\r', erase: '\b', escape: '\x1b', up: '\0up', down: '\0down' } as const;

/** What one key does to the simulation and to the desk. */
export function pressKey(simulation: Simulation, desk: Desk, key: string): Desk {
  if (key === KEYS.escape) return { ...desk, mode: 'keys' };
  const number = simulation.world.modems[desk.chosen]?.number;
  if (number === undefined) return { ...desk, left: key === 'q' };
  switch (desk.mode) {
    case 'message':
      return type(simulation, desk, number, key);
    case 'fault': {
      const offered = OFFERED_FAULTS.find((fault) => fault.key === key);
      if (offered !== undefined) simulation.world.faults.add(offered.of(number));
      return { ...desk, mode: 'keys' };
    }
    case 'keys':
    case 'help':
      return command(simulation, desk, number, key);
  }
}

function type({ world }: Simulation, desk: Desk, number: string, key: string): Desk {
  const { typed } = desk;
  if (key === KEYS.enter) {
    if (typed !== '') world.deliver({ to: number, from: SENDER, content: { kind: 'text', text: typed } });
    return { ...desk, mode: 'keys' };
  }
  if (key === KEYS.erase) return { ...desk, typed: [...typed].slice(0, -1).join('') };
  return /\p{Cc}/u.test(key) ? desk : { ...desk, typed: (typed + key).slice(0, MESSAGE_CHARACTERS) };
}

function command(simulation: Simulation, desk: Desk, number: string, key: string): Desk {
  const count = simulation.world.modems.length;
  switch (key) {
    case KEYS.up:
      return { ...desk, chosen: (desk.chosen + count - 1) % count };
    case KEYS.down:
      return { ...desk, chosen: (desk.chosen + 1) % count };
    case 'm':
      return { ...desk, mode: 'message', typed: '' };
    case 'f':
      return { ...desk, mode: 'fault' };
    case '?':
      return { ...desk, mode: desk.mode === 'help' ? 'keys' : 'help' };
    case 'q':
      return { ...desk, left: true };
    default:
      if (!pressClockKey(simulation.clock, key)) pressPhoneKey(simulation, number, key);
      return desk;
  }
}

function pressPhoneKey({ world }: Simulation, number: string, key: string): void {
  const subscriber = world.subscriber(number);
  const modem = world.modem(number);
  if (subscriber === undefined || modem === undefined) return;
  if (key === 'c') subscriber.setCovered(!subscriber.covered);
  else if (key === 'o') subscriber.setPowered(subscriber.link?.powered !== true);
  else if (key === 'b') modem.reboot();
  else if (key === 'u') {
    if (modem.plugged) modem.unplug(0);
    else modem.plugIn();
  } else if (/^[1-9]$/.test(key)) {
    const fault = world.faults.list()[Number(key) - 1];
    if (fault !== undefined) world.faults.switch(fault.id, !fault.on);
  }
}
