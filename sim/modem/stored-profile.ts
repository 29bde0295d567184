import type { StartValues } from './personality.ts';
import { type Settings, settingsDefaults } from './settings.ts';
import { type TalkSettings, talkDefaults } from './talk.ts';

/** What `AT&W` stores and `ATZ` brings back (ITU-T V.250, 6.1.1). */
export interface Profile {
  readonly settings: Settings;
  readonly talk: TalkSettings;
}

/** The manufacturer's profile, for `AT&F` (ITU-T V.250, 6.1.2). */
export function factoryProfile({ settings, talk }: StartValues): Profile {
  return { settings: { ...settingsDefaults(), ...settings }, talk: { ...talkDefaults(), ...talk } };
}
