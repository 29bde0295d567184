import type { Clock, Random, SmsBearer } from '../../modem/index.ts';
import type { Download } from './download.ts';
import type { Flash } from './flash.ts';
import type { Bars } from './screen.ts';

/** The tones of the buzzer: a text has come, an application asks for attention, something has succeeded, something has failed. */
export type Tone = 'message' | 'attention' | 'confirmation' | 'error';

/** What the phone shows of the network and of its battery. */
export interface Gauges {
  /** The operator's name on the idle screen. */
  operator(): string;
  signal(): Bars;
  battery(): Bars;
}

/** The hardware that a firmware runs on. The keys and the LCD are not here: they are `press` and `screen` of the handset. */
export interface Board {
  readonly flash: Flash;
  readonly radio: SmsBearer;
  readonly clock: Clock;
  readonly random: Random;
  readonly download: Download;
  /** Plays a tone; a silent phone does nothing. */
  buzz(tone: Tone): void;
  readonly gauges: Gauges;
  /** Local time less UTC, in minutes, at an instant in ms since 1970. */
  utcOffsetMinutes(at: number): number;
}
