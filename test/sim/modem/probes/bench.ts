import { expect } from 'vitest';
import {
  type Fault,
  personalities,
  type Shown,
  standardPersonality,
  VirtualClock,
  type VirtualModem,
  type World,
} from '../../../../sim/index.ts';
import { type Host, hostOf, quietWorld } from '../../host.ts';

export const NUMBER = '+393330000001';
/** SUBMIT to +393330000001, 7-bit `hello`, status report requested. */
export const SUBMIT = '21000C91933303000010000005E8329BFD06';

/** A modem that shows a fact, and a host on its line whose echo is off. */
export interface Bench {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly modem: VirtualModem;
  readonly host: Host;
  /** Types, lets `ms` pass, and expects the answer: the whole of it, or something in it. */
  says(typed: string, answer: string | RegExp, ms?: number): Promise<void>;
  /** Sends a message to the modem's own number, and says what was heard. */
  sendToSelf(): Promise<string>;
  /** A message comes from outside. */
  arrives(text?: string): Promise<void>;
}

/** How a fact is seen. */
export interface Probe {
  /** The SIM asks for it. Default: it asks for none. */
  readonly pin?: string;
  readonly simCapacity?: number;
  /** For facts that a fault shows. */
  readonly fault?: Fault;
  /** What is typed first. Default: `ATE0`, until it is answered. */
  readonly first?: string;
  readonly see: (bench: Bench) => Promise<void>;
}

/** What is typed and heard, one after the other. */
export function dialogue(...steps: readonly (readonly [typed: string, answer: string | RegExp, ms?: number])[]): Probe {
  return {
    async see({ says }) {
      for (const [typed, answer, ms] of steps) await says(typed, answer, ms);
    },
  };
}

/** Runs a probe where a fact is said to be shown. */
export async function probe({ pin, simCapacity, fault, first = 'ATE0\r', see }: Probe, shown: Shown): Promise<void> {
  const clock = new VirtualClock();
  const { world } = quietWorld({ clock });
  const personality = 'personality' in shown ? personalities[shown.personality] : standardPersonality;
  if (personality === undefined) throw new Error(`no personality ${JSON.stringify(shown)}`);
  const modem = world.addModem({
    number: NUMBER,
    personality,
    ...(pin === undefined ? {} : { pin }),
    ...(simCapacity === undefined ? {} : { simCapacity }),
  });
  if ('fault' in shown) {
    expect(fault?.action.kind).toBe(shown.fault);
    if (fault !== undefined) world.faults.add(fault);
  }
  const host = await hostOf(modem, clock);
  if (first !== '') await host.type(first);
  const bench: Bench = {
    world,
    clock,
    modem,
    host,
    async says(typed, answer, ms) {
      const heard = await host.type(typed, ms);
      if (typeof answer === 'string') expect(heard).toBe(answer);
      else expect(heard).toMatch(answer);
    },
    async sendToSelf() {
      const before = await host.type(`AT+CMGS=${SUBMIT.length / 2}\r`, 400);
      return before + (await host.type(`00${SUBMIT}\x1a`, 400));
    },
    async arrives(text = 'hello') {
      world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text } });
      await clock.advance(1);
    },
  };
  await see(bench);
}
