import { VirtualClock } from '../clock.ts';
import type { EventLog } from '../log.ts';
import { latencyProfiles } from '../network/profiles.ts';
import { createWorld } from '../world.ts';
import { type Names, namesIn } from './names.ts';
import { type ScenarioResult, ScenarioRun } from './scenario-run.ts';
import type { Scenario } from './schema.ts';

/**
 * Plays a scenario in a world of its own on a virtual clock. The same scenario gives the same events, octet for octet.
 * @param watch handed the world's log before anything happens.
 */
export async function runScenario(
  scenario: Scenario,
  watch: (log: EventLog) => void = () => {},
): Promise<ScenarioResult> {
  const { seed, start, profile: id } = scenario;
  const names: Names = namesIn(scenario);
  const clock = new VirtualClock(start);
  const profile = latencyProfiles[id];
  const world = createWorld({ seed, clock, ...(profile === undefined ? {} : { profile }) });
  watch(world.log);
  const run = new ScenarioRun(world, scenario, names);
  run.start();
  await clock.runUntil(() => run.over, scenario.lasts);
  return run.result();
}
