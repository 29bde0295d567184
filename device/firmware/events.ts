import type { Cancel, Clock } from '../../modem/index.ts';
import type { Screen, Tone } from '../hal/index.ts';
import type { InstallStatus } from '../suite/index.ts';

/** The events of a handset, for programs and the terminal. They never have the content of a message. */
export type HandsetEvent =
  | { readonly kind: 'screen'; readonly screen: Screen }
  | { readonly kind: 'sound'; readonly tone: Tone }
  /** A message came and is stored; `destination` is the inbox or the port's application, or the screen of one that is not stored. */
  | {
      readonly kind: 'received';
      readonly from: string;
      readonly octets: number;
      readonly port?: number;
      readonly destination: 'inbox' | 'screen' | 'application' | 'nobody';
    }
  | {
      readonly kind: 'sent';
      readonly to: string;
      readonly octets: number;
      readonly port?: number;
      readonly outcome: 'sent' | 'failed' | 'unknown';
      readonly reason?: string;
    }
  /** A suite was installed; `replaced` is the version before, which was newer when it is a downgrade. */
  | {
      readonly kind: 'installed';
      readonly name: string;
      readonly version: string;
      readonly replaced?: string;
      readonly isDowngrade: boolean;
    }
  /** A link was opened and nothing installed; without a status of JSR-118 when there is no descriptor at it. */
  | { readonly kind: 'not-installed'; readonly status?: InstallStatus; readonly reason: string }
  | { readonly kind: 'removed'; readonly name: string; readonly version: string }
  | {
      readonly kind: 'application';
      readonly name: string;
      readonly state: 'started' | 'ended' | 'failed';
      readonly reason?: string;
    };

const MINUTE_MS = 60_000;

/** Who watches a handset. */
export class Watchers {
  readonly #clock: Clock;
  readonly #screen: () => Screen;
  readonly #clockTicks: boolean;
  readonly #watchers = new Set<(event: HandsetEvent) => void>();
  #drawing = false;
  #drawn = '';
  #minute: Cancel = () => {};

  /** @param screen what the LCD shows now. @param clockTicks whether the time on it is drawn anew each minute */
  constructor(clock: Clock, screen: () => Screen, clockTicks: boolean) {
    this.#clock = clock;
    this.#screen = screen;
    this.#clockTicks = clockTicks;
  }

  /** The phone is on. */
  start(): void {
    if (!this.#clockTicks) return;
    this.#minute = this.#clock.after(MINUTE_MS - (this.#clock.now() % MINUTE_MS), () => {
      this.draw();
      this.start();
    });
  }

  /** The phone is off. */
  stop(): void {
    this.#minute();
  }

  /** Calls a watcher with all events from now on; the returned function ends that. */
  add(watcher: (event: HandsetEvent) => void): () => void {
    // While nobody watches, no screen is drawn. One that has stood there longer is no event for the first watcher.
    if (this.#watchers.size === 0 && !this.#drawing) this.#drawn = JSON.stringify(this.#screen());
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  emit(event: HandsetEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }

  /** The screen may have changed: several changes in one turn of the event loop are told as one new screen. */
  draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      if (this.#watchers.size === 0) return;
      const screen = this.#screen();
      const drawn = JSON.stringify(screen);
      if (drawn === this.#drawn) return;
      this.#drawn = drawn;
      this.emit({ kind: 'screen', screen });
    });
  }
}
