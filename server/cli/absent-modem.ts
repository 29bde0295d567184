import type {
  Cancel,
  Clock,
  Modem,
  ModemState,
  OutgoingSms,
  PoolModem,
  SendOutcome,
  SmsReceiver,
} from '../../modem/index.ts';
import { messageOf } from '../vocabulary/errors.ts';

/** Pause between two tries to open a modem, ms. */
const AGAIN_AFTER_MS = 10_000;

/**
 * A modem that could not be opened when the service began: tried again until it opens, and from then on as that modem. Meanwhile
 * it is `absent`, and a pool gives it nothing.
 */
export class AbsentModem implements PoolModem {
  readonly #clock: Clock;
  readonly #open: () => Promise<Modem>;
  readonly #listeners = new Set<(state: ModemState) => void>();
  #absent: ModemState;
  #modem: Modem | undefined;
  #receiver: SmsReceiver | undefined;
  #cancel: Cancel;
  #closed = false;

  /** @param reason why it could not be opened. */
  constructor(clock: Clock, open: () => Promise<Modem>, reason: string) {
    this.#clock = clock;
    this.#open = open;
    this.#absent = { kind: 'absent', reason };
    this.#cancel = this.#later();
  }

  get state(): ModemState {
    return this.#modem?.state ?? this.#absent;
  }

  onState(listener: (state: ModemState) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async send(message: OutgoingSms): Promise<SendOutcome> {
    return this.#modem?.send(message) ?? { kind: 'failed', reason: 'the modem is not open', retry: true };
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
    this.#modem?.receive(receiver);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#modem?.close();
  }

  #later(): Cancel {
    return this.#clock.after(AGAIN_AFTER_MS, () => void this.#try());
  }

  async #try(): Promise<void> {
    try {
      const modem = await this.#open();
      if (this.#closed) await modem.close();
      else this.#use(modem);
    } catch (error) {
      this.#absent = { kind: 'absent', reason: messageOf(error) };
      if (!this.#closed) this.#cancel = this.#later();
    }
  }

  #use(modem: Modem): void {
    this.#modem = modem;
    if (this.#receiver !== undefined) modem.receive(this.#receiver);
    const tell = (state: ModemState) => {
      for (const listener of [...this.#listeners]) listener(state);
    };
    modem.onState(tell);
    tell(modem.state);
  }
}
