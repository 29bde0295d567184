import { AtTimeout, type Clock, ModemError, openModem, PortError, type SmsBearer, sleep } from '../../modem/index.ts';
import type { World } from '../world.ts';
import type { Lifeline } from './lifeline.ts';

/** How deep an episode goes: TPDUs with the network, or AT commands with a modem, by the driver. */
export const LOOP_DEPTHS = ['sms', 'at'] as const;
export type LoopDepth = (typeof LOOP_DEPTHS)[number];

/** Pause before a modem that could not be opened is tried again, ms. */
const AGAIN_MS = 10_000;

/** The way of one life of the service to the network. @param clock of the service's machine */
export type ServiceLine = (lifeline: Lifeline, clock: Clock) => Promise<SmsBearer>;

/** Gives the service its number in the network, and the way there. */
export function serviceLine(world: World, number: string, depth: LoopDepth): ServiceLine {
  if (depth === 'sms') {
    const radio = world.addBareRadio(number);
    return async (lifeline) => lifeline.bearer(radio);
  }
  const port = world.addModem({ number }).memoryPort();
  return async (lifeline, clock) => {
    const own = lifeline.clock(clock);
    for (;;) {
      try {
        return await openModem(lifeline.port(port), { clock: own });
      } catch (error) {
        if (!isForNow(error)) throw error;
        await sleep(own, AGAIN_MS);
      }
    }
  };
}

/** The modem is unplugged, starts, or its line has spoilt what it said. */
function isForNow(error: unknown): boolean {
  return error instanceof PortError || error instanceof ModemError || error instanceof AtTimeout;
}
