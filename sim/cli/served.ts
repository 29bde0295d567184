import { type ControlServer, openControl } from '../control/server.ts';
import type { Personality } from '../modem/personality.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import { latencyProfiles } from '../network/profiles.ts';
import type { Pace } from '../pace.ts';
import { ScenarioRun } from '../scenario/scenario-run.ts';
import type { Scenario } from '../scenario/schema.ts';
import { openSimulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import { defined } from '../vocabulary/optional.ts';
import type { World } from '../world.ts';
import { keepLogIn } from './kept-log.ts';
import { openScenario } from './scenario-file.ts';

/** What `gsm-sim serve` is told. */
export interface ServeOptions {
  readonly modems: number;
  /** Their numbers; absent: those from {@link FIRST_NUMBER} on. */
  readonly numbers?: readonly string[];
  readonly seed: string;
  readonly profile: string;
  /** Port of the control API. */
  readonly control: number;
  readonly pin?: string;
  /** How the modems behave, in turn. */
  readonly personality: readonly Personality[];
  readonly ratePerMinute?: number;
  readonly interimReports?: true;
  readonly clock: Pace;
  /** ms since 1970. */
  readonly start?: number;
  /** Each modem has a second tty, for its unsolicited codes. */
  readonly codePorts?: true;
  /** A folder for recordings of the lines. */
  readonly record?: string;
  /** TCP port of the first modem; those of the others follow. */
  readonly tcpPort?: number;
  /** A file. */
  readonly scenario?: string;
  /** A file that every event is written to. */
  readonly log?: string;
}

/** A simulation that can be controlled. */
export interface Served {
  readonly simulation: Simulation;
  readonly control: ControlServer;
  /** What is played in it. */
  readonly scenario: ScenarioRun | undefined;
  close(): Promise<void>;
}

/** The number of the first modem; the others follow. */
const FIRST_NUMBER = 393_330_000_001;

/** Opens what `serve` serves. @throws Error when the control port is in use, LinkError when a link exists. */
export async function openServed(options: ServeOptions, folder: string): Promise<Served> {
  const file = options.scenario === undefined ? undefined : openScenario(options.scenario);
  let scenario: ScenarioRun | undefined;
  const people = (world: World): readonly VirtualModem[] => {
    if (file === undefined) return addModems(world, options);
    scenario = new ScenarioRun(world, withReaders(file.scenario), file.names);
    scenario.start();
    return file.scenario.phones.flatMap(({ number, count }) => (count === 1 ? (world.modem(number) ?? []) : []));
  };
  const world = file === undefined ? options : { ...options, ...file.scenario };
  const simulation = await openSimulation(
    {
      ...simulationOptions(world, folder),
      codePorts: options.codePorts === true,
      ...defined({ record: options.record, tcpPort: options.tcpPort }),
    },
    people,
  ).catch((error: unknown) => {
    throw isInUse(error) ? new Error(`${error.message}: choose another --tcp-port`) : error;
  });
  process.once('exit', () => simulation.close());
  try {
    const endLog = options.log === undefined ? () => {} : keepLogIn(options.log, simulation.world.log);
    const control = await openControl(simulation, options.control);
    const close = async () => {
      await control.close();
      simulation.close();
      endLog();
    };
    return { simulation, control, scenario, close };
  } catch (error) {
    simulation.close();
    if (!isInUse(error)) throw error;
    throw new Error(`Port ${options.control} is in use: choose another --control, or 0 for any`);
  }
}

function isInUse(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

type WorldPart = Pick<ServeOptions, 'profile' | 'clock' | 'start' | 'ratePerMinute' | 'interimReports'>;

function simulationOptions(
  { seed, profile: id, clock: pace, start, ratePerMinute, interimReports }: WorldPart & { seed: string | number },
  folder: string,
): SimulationOptions {
  const profile = latencyProfiles[id];
  return {
    seed,
    folder,
    clock: { pace, ...(start === undefined ? {} : { start }) },
    responseMs: [0, 0],
    ...defined({ ratePerMinute, interimReports }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** Programs read what comes to the phones that they can open, and nobody else does. */
function withReaders(scenario: Scenario): Scenario {
  return {
    ...scenario,
    phones: scenario.phones.map((phone) => (phone.count === 1 ? { ...phone, reads: false } : phone)),
  };
}

function addModems(world: World, options: ServeOptions): readonly VirtualModem[] {
  const { modems, pin, personality: kinds } = options;
  const numbers = options.numbers ?? Array.from({ length: modems }, (_, i) => `+${FIRST_NUMBER + i}`);
  return numbers.map((number, i) => {
    const personality = kinds[i % kinds.length];
    return world.addModem({
      number,
      ...(pin === undefined ? {} : { pin }),
      ...(personality === undefined ? {} : { personality }),
    });
  });
}
