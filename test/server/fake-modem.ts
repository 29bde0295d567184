import type { ModemState } from '../../modem/index.ts';
import type { NamedModem } from '../../server/index.ts';

/** A modem of which only the state is looked at. */
export class FakeModem implements NamedModem {
  readonly port: string;
  readonly modem: NamedModem['modem'];
  #state: ModemState = { kind: 'ready', registration: 'home' };
  readonly #listeners = new Set<(state: ModemState) => void>();

  constructor(port: string) {
    this.port = port;
    const state = () => this.#state;
    this.modem = {
      get state() {
        return state();
      },
      onState: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  become(state: ModemState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

export const LOST: ModemState = { kind: 'lost', reason: 'the line is gone' };
export const READY: ModemState = { kind: 'ready', registration: 'home' };
