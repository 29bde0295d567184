import { systemClock } from '../../modem/index.ts';
import { VIRTUAL_START, VirtualClock } from '../clock.ts';
import type { LatencyProfile } from '../network/profiles.ts';
import { WorldClock } from '../world-clock.ts';
import type { PurseName } from './cast.ts';
import type { StageEvent } from './events.ts';
import { readKept } from './kept.ts';
import { type PlayResult, play } from './play.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';

/** How the play is played without a terminal. */
export interface HeadlessOptions {
  readonly seed: number;
  /** A name of {@link LatencyProfile}, and what it is. */
  readonly profile: readonly [name: string, LatencyProfile];
  readonly purse: PurseName;
  /** Over pseudo terminals and in real time, instead of in memory and on the virtual clock. */
  readonly pty: boolean;
  /** Keeps database and flash files in this folder. */
  readonly folder?: string;
}

/** Prints a record for programs, or the text for people, whichever is wanted. */
export type Print = (record: object, text: string) => void;

/** Virtual time that the play may take, ms. */
const LIMIT_MS = 24 * 3_600_000;

/** Between two runs in one folder, ms: by then the customer's phone no longer counts what was refused in the last. */
const PAUSE_MS = 3_600_000;

/** Plays all scenes, prints a line an event and a summary. @returns whether every outcome was as it should be */
export async function playHeadless(options: HeadlessOptions, print: Print): Promise<boolean> {
  const tell = (event: StageEvent) => print(recordOf(event), lineOf(event));
  const [profileName, profile] = options.profile;
  const { seed, purse, pty, folder } = options;
  const common = { seed, profile, purse, ...(folder === undefined ? {} : { folder }) };
  const last = folder === undefined ? undefined : readKept(folder);
  const startFrom = (usual: number) => (last === undefined ? usual : Math.max(usual, last.at + PAUSE_MS));
  const result = pty
    ? await playInRealTime(common, startFrom(systemClock.now()), tell)
    : await playVirtually(common, startFrom(VIRTUAL_START), tell);
  print(
    {
      event: 'summary',
      ok: result.ok,
      seed,
      profile: profileName,
      enrolment: result.enrolment,
      payments: result.payments,
    },
    `${result.ok ? 'Every outcome is as it should be' : 'NOT every outcome is as it should be'}: ${outcomes(result)}`,
  );
  return result.ok;
}

type Common = Pick<StageOptions, 'seed' | 'profile' | 'purse' | 'folder'>;

async function playInRealTime(common: Common, start: number, print: (event: StageEvent) => void): Promise<PlayResult> {
  const clock = new WorldClock({ start });
  try {
    return await playOn({ ...common, clock, lines: 'pty', hold: (promise) => promise }, print);
  } finally {
    clock.close();
  }
}

async function playVirtually(common: Common, start: number, print: (event: StageEvent) => void): Promise<PlayResult> {
  const clock = new VirtualClock(start);
  const playing = playOn({ ...common, clock, lines: 'memory', hold: (promise) => clock.hold(promise) }, print);
  let over = false;
  const end = () => {
    over = true;
  };
  playing.then(end, end);
  if (!(await clock.runUntil(() => over, LIMIT_MS)))
    throw new Error('The play did not end within a day of virtual time');
  return playing;
}

async function playOn(options: StageOptions, print: (event: StageEvent) => void): Promise<PlayResult> {
  const stage: Stage = await setStage(options);
  try {
    return await play(stage, print);
  } finally {
    await stage.close();
  }
}

function recordOf({ at, event, data }: StageEvent): object {
  return { at: new Date(at).toISOString(), event, ...data };
}

function lineOf({ at, text }: StageEvent): string {
  return `${new Date(at).toISOString().slice(11, 23)} ${text}`;
}

function outcomes({ payments }: PlayResult): string {
  return payments.map(({ scene, outcome, sms }) => `${scene} ${outcome} (${sms} SMS)`).join(', ');
}
