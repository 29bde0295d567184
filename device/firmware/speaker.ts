import type { Tone } from '../hal/index.ts';
import type { AlertType } from '../midp/index.ts';
import type { HandsetEvent } from './events.ts';

const TONES: Readonly<Record<AlertType, Tone>> = {
  INFO: 'confirmation',
  CONFIRMATION: 'confirmation',
  WARNING: 'error',
  ERROR: 'error',
  ALARM: 'attention',
};

/** Plays tones, and tells which. */
export class Speaker {
  readonly #buzz: (tone: Tone) => void;
  readonly #emit: (event: HandsetEvent) => void;

  constructor(buzz: (tone: Tone) => void, emit: (event: HandsetEvent) => void) {
    this.#buzz = buzz;
    this.#emit = emit;
  }

  play(tone: Tone): void {
    this.#buzz(tone);
    this.#emit({ kind: 'sound', tone });
  }

  /** The sound of an alert (JSR-118, `AlertType.playSound`). */
  alert(type: AlertType): void {
    this.play(TONES[type]);
  }
}
