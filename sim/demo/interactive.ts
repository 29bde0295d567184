import { systemClock } from '../../modem/index.ts';
import { type LatencyProfile, latencyProfiles } from '../network/profiles.ts';
import { WorldClock } from '../world-clock.ts';
import type { Bar } from './bar.ts';
import type { PurseName } from './cast.ts';
import { readKept } from './kept.ts';
import { type StageOptions, setStage } from './stage.ts';

/** How the demonstration is run on a terminal. */
export interface InteractiveOptions extends Pick<StageOptions, 'seed' | 'lines' | 'folder'> {
  readonly profile: readonly [name: string, LatencyProfile];
  readonly purse: PurseName;
  /** Whether a request is heard (BEL) and marked on the phone. */
  readonly rings: boolean;
}

/** What the title says of the purse. */
const BY: Readonly<Record<PurseName, string>> = { ledger: '', card: ' · by card', paypal: ' · by PayPal' };

/**
 * Sets the stage, enrols the phones that are not enrolled, and hands the keys to the user.
 * @param bar says meanwhile how far it is.
 */
export async function showLoop({ profile, rings, ...options }: InteractiveOptions, bar: Bar): Promise<void> {
  const { folder, lines, seed } = options;
  const [profileName, latency] = profile;
  const last = folder === undefined ? undefined : readKept(folder);
  const clock = new WorldClock({
    start: Math.max(systemClock.now(), last?.at ?? 0),
    // Nobody has to wait for the modems to open and for eight SMS; over a pseudo terminal time must be real.
    pace: lines === 'memory' ? { kind: 'fast' } : { kind: 'speed', factor: 1 },
  });
  try {
    const stage = await setStage({
      ...options,
      clock,
      profile: latencyProfiles['none'] ?? latency,
      pace: 0,
      hold: (promise) => clock.hold(promise),
      progress: (next) => bar.step(next),
    });
    try {
      await stage.enrol();
      bar.step('The screen is drawn');
      const { showTheatre } = await import('./theatre.tsx');
      stage.world.profile = latency;
      clock.pace = { kind: 'speed', factor: 1 };
      bar.clear();
      await showTheatre({
        stage,
        rings,
        title: `Cash-Mobile · the loop in simulation · seed ${seed} · network "${profileName}"${BY[options.purse]}`,
      });
    } finally {
      await stage.close();
    }
  } finally {
    clock.close();
  }
}
