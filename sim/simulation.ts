import { MessageStates } from './message-states.ts';
import type { VirtualModem } from './modem/virtual-modem.ts';
import { type ModemLines, type OpenLines, openLines } from './modem-lines.ts';
import { World, type WorldOptions } from './world.ts';
import { WorldClock, type WorldClockOptions } from './world-clock.ts';

/** A world whose clock goes by itself and whose modems other programs can open. */
export interface Simulation {
  readonly world: World;
  readonly clock: WorldClock;
  readonly messages: MessageStates;
  readonly lines: OpenLines;
  /** Where programs open a modem, whatever number its SIM has now. */
  linesOf(modem: VirtualModem): ModemLines | undefined;
  /** Hangs up, and stops the clock. */
  close(): void;
}

/** How a simulation is made. */
export interface SimulationOptions extends Omit<WorldOptions, 'clock'> {
  readonly clock: WorldClockOptions;
  /** Where the modems appear as `modem1`, `modem2` and so on. */
  readonly folder: string;
  /** Each modem has a second device, for its unsolicited codes. Default: no. */
  readonly codePorts?: boolean;
  /** A folder for recordings of all that passes on the lines. */
  readonly record?: string;
  /** The TCP port of the first modem; those of the others follow. Default: any free ones. */
  readonly tcpPort?: number;
}

/**
 * Opens a simulation.
 * @param people puts phones into the world, and says which of them other programs can open.
 * @throws LinkError when one of the links exists already.
 */
export async function openSimulation(
  { clock: clockOptions, folder, codePorts = false, record, tcpPort, ...options }: SimulationOptions,
  people: (world: World) => readonly VirtualModem[],
): Promise<Simulation> {
  const clock = new WorldClock(clockOptions);
  const world = new World({ ...options, clock });
  const messages = new MessageStates(world.log);
  const opened = people(world);
  const lines = await openLines(opened, folder, {
    touched: () => clock.touch(),
    codePorts,
    ...(record === undefined ? {} : { record }),
    ...(tcpPort === undefined ? {} : { tcpPort }),
  }).catch((error: unknown) => {
    // Its timers would keep the process alive.
    clock.close();
    throw error;
  });
  return {
    world,
    clock,
    messages,
    lines,
    linesOf: (modem) => lines.lines[opened.indexOf(modem)],
    close() {
      lines.close();
      messages.close();
      clock.close();
    },
  };
}
