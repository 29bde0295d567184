import type { Clock, Random, SmsBearer } from '../../modem/index.ts';
import type { Flash } from './flash.ts';
import type { Bars } from './screen.ts';

/** What the buzzer can play: a message came, an application wants attention, all is well, something is wrong. */
export type Tone = 'message' | 'attention' | 'confirmation' | 'error';

/** What the phone shows of the network and of its battery. */
export interface Gauges {
  /** The operator's name on the idle screen. */
  operator(): string;
  signal(): Bars;
  battery(): Bars;
}

/** The hardware that a firmware runs on. Keys go in through the handset, the LCD comes out of it. */
export interface Board {
  readonly flash: Flash;
  readonly radio: SmsBearer;
  readonly clock: Clock;
  readonly random: Random;
  /** Plays a tone; a silent phone does nothing. */
  buzz(tone: Tone): void;
  readonly gauges: Gauges;
  /** What local time is ahead of UTC, in minutes, at an instant in ms since 1970. */
  utcOffsetMinutes(at: number): number;
}
