import type { Port } from '../../modem/index.ts';
import {
  createWorld,
  latencyProfiles,
  VirtualClock,
  type VirtualModem,
  type World,
  type WorldOptions,
} from '../../sim/index.ts';

/** A host on a modem's line in memory, that types and reads as a person at a terminal does. */
export interface Host {
  /** Types, lets `ms` of virtual time pass, and says what came since. */
  type(text: string, ms?: number): Promise<string>;
  /** What came since the last call. */
  heard(): string;
  close(): Promise<void>;
}

export async function hostOf(modem: VirtualModem, clock: VirtualClock): Promise<Host> {
  return openHost(modem.memoryPort(), clock);
}

/** A host on any port. */
export async function openHost(port: Port, clock: VirtualClock): Promise<Host> {
  let heard = '';
  await port.open({
    data: (octets) => {
      heard += Buffer.from(octets).toString('latin1');
    },
    closed() {},
  });
  const take = () => {
    const text = heard;
    heard = '';
    return text;
  };
  return {
    async type(text, ms = 100) {
      await port.write(new Uint8Array(Buffer.from(text, 'latin1')));
      await clock.advance(ms);
      return take();
    },
    heard: take,
    close: () => port.close(),
  };
}

/** A world in which nothing takes time, on a virtual clock, unless told otherwise. */
export function quietWorld(options: Partial<WorldOptions> = {}): { world: World; clock: VirtualClock } {
  const clock = new VirtualClock();
  const profile = latencyProfiles['none'];
  const world = createWorld({ seed: 1, clock, responseMs: [0, 0], ...(profile && { profile }), ...options });
  return { world, clock };
}
