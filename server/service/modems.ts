import { type Cancel, type Clock, describeState, type Modem, type ModemState } from '../../modem/index.ts';

/** A modem that the service sends with, under the name of its port. */
export interface NamedModem {
  readonly port: string;
  readonly modem: Pick<Modem, 'state' | 'onState'>;
}

/** The state of a modem, for people and programs. */
export interface ModemStanding {
  readonly port: string;
  readonly state: ModemState['kind'];
  /** The state in words, with its reason. */
  readonly detail: string;
  /** Since when, ms since 1970. */
  readonly since: number;
}

/** Whether all modems of this process are ready, or some, or none: then it sends no SMS. */
type Reachability = 'ok' | 'degraded' | 'no-modem';

/** Watches the states of the modems, and reports changes. */
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

  /** Without watched modems (an in-process bearer) it counts as ready. */
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

  /** Stops watching the modems. */
  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#listeners.clear();
  }
}
