import { systemClock } from '../../modem/index.ts';
import { type LatencyProfile, latencyProfiles } from '../network/profiles.ts';
import type { Print } from './headless.ts';
import { type StageOptions, setStage } from './stage.ts';
import { showTheatre } from './theatre.tsx';

/** Rows and columns that the two phones and the trace need. */
const ROWS = 24;
const COLUMNS = 80;

/** How the demonstration is run on a terminal. */
export interface InteractiveOptions extends Pick<StageOptions, 'seed' | 'lines' | 'folder'> {
  readonly profile: readonly [name: string, LatencyProfile];
}

/** Sets the stage, enrols both phones at once, and hands the keys to the user. */
export async function showLoop({ profile, ...options }: InteractiveOptions, print: Print): Promise<void> {
  const { rows, columns } = process.stdout;
  if (rows < ROWS || columns < COLUMNS) {
    throw new Error(
      `The terminal has ${columns} columns and ${rows} rows: make it ${COLUMNS} by ${ROWS} and try again`,
    );
  }
  const [profileName, latency] = profile;
  print({ event: 'starting' }, 'Setting up a network, the service and two phones; each phone enrols with four SMS …');
  const stage = await setStage({
    ...options,
    clock: systemClock,
    profile: latencyProfiles['none'] ?? latency,
    pace: 0,
    hold: (promise) => promise,
  });
  try {
    await stage.enrol();
    stage.world.profile = latency;
    await showTheatre({
      stage,
      title: `Cash-Mobile · the loop in simulation · seed ${options.seed} · network "${profileName}"`,
    });
    print({ event: 'page', url: stage.page }, `The merchant's page was ${stage.page}`);
  } finally {
    await stage.close();
  }
}
