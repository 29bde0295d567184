import { type Cancel, type Clock, describeState, type Modem, type ModemState } from '../modem/index.ts';

/** A modem that the service sends with, under the name of its port. */
export interface NamedModem {
  readonly port: string;
  readonly modem: Pick<Modem, 'state' | 'onState'>;
}

/** How a modem stands. */
export interface ModemStanding {
  readonly port: string;
  readonly state: ModemState['kind'];
  /** The state in words, with its reason. */
  readonly detail: string;
  /** Since when, ms since 1970. */
  readonly since: number;
}

/** What the service's modems can do together: all are ready, some are, or none is and nothing leaves. */
export type Reachability = 'ok' | 'degraded' | 'no-modem';

/** Knows how the modems stand, and tells when that changes. */
export class Modems {
  readonly #standings: ModemStanding[];
  readonly #listeners = new Set<(standing: ModemStanding) => void>();
  readonly #cancels: readonly Cancel[];

  constructor(modems: readonly NamedModem[], clock: Clock) {
    const standingOf = (port: string, state: ModemState): ModemStanding => {
      return { port, state: state.kind, detail: describeState(state), since: clock.now() };
    };
    this.#standings = modems.map(({ port, modem }) => standingOf(port, modem.state));
    this.#cancels = modems.map(({ port, modem }, index) =>
      modem.onState((state) => {
        const standing = standingOf(port, state);
        this.#standings[index] = standing;
        for (const listener of [...this.#listeners]) listener(standing);
      }),
    );
  }

  get standings(): readonly ModemStanding[] {
    return this.#standings;
  }

  /** A service that was not told of its modems takes them for ready. */
  get reachability(): Reachability {
    const ready = this.#standings.filter(({ state }) => state === 'ready').length;
    if (ready === this.#standings.length) return 'ok';
    return ready > 0 ? 'degraded' : 'no-modem';
  }

  /** Calls `listener` with every change of state from now on. */
  onChange(listener: (standing: ModemStanding) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears of the modems no more. */
  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#listeners.clear();
  }
}
