import { take } from '../limits/allowance.ts';
import type { Context } from '../outgoing/context.ts';
import { Recent } from './recent.ts';

/**
 * Frames that name a phone and do not open. Each that is tried costs an X25519, so of one phone's own number, of other numbers that name this phone, and of
 * all other numbers together, so many are tried as the limits say. Frames that open use nothing of that up.
 */
export class Unopened {
  readonly #context: Pick<Context, 'limits' | 'clock'>;
  /** By phone, and whether the frame came from its number: when the allowance is all there again, ms since 1970. */
  readonly #fullAt = new Recent<number>();
  /** The same of all frames from other numbers than those of the phones that they name. */
  #elsewhereFullAt = 0;

  constructor(context: Pick<Context, 'limits' | 'clock'>) {
    this.#context = context;
  }

  /** Whether one more is tried. @param isOwn it comes from the number of the phone */
  mayTry(deviceId: number, isOwn: boolean): boolean {
    return this.#ofPhone(nameOf(deviceId, isOwn)) !== undefined && (isOwn || this.#elsewhere() !== undefined);
  }

  /** Notes that a frame that was tried has not opened. */
  note(deviceId: number, isOwn: boolean): void {
    const name = nameOf(deviceId, isOwn);
    const fullAt = this.#ofPhone(name);
    if (fullAt !== undefined) this.#fullAt.set(name, fullAt);
    if (!isOwn) this.#elsewhereFullAt = this.#elsewhere() ?? this.#elsewhereFullAt;
  }

  #ofPhone(name: string): number | undefined {
    const { limits, clock } = this.#context;
    return take(limits.unopened, this.#fullAt.get(name) ?? 0, clock.now());
  }

  #elsewhere(): number | undefined {
    const { limits, clock } = this.#context;
    return take(limits.unopenedElsewhere, this.#elsewhereFullAt, clock.now());
  }
}

function nameOf(deviceId: number, isOwn: boolean): string {
  return `${deviceId} ${isOwn}`;
}
