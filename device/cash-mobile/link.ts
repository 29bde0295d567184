import {
  Display,
  InterruptedIOException,
  type MessageConnection,
  type MIDlet,
  type MidletContext,
  openConnection,
} from '../midp/index.ts';
import {
  encodeUp,
  openDown,
  type PhoneKeyPair,
  type Primitives,
  sealEnrol,
  sealUp,
  type UpMessage,
} from '../safe-mobile/index.ts';
import { Counter } from './counter.ts';
import type { Properties } from './properties.ts';

/** The port of both ends. */
const PORT = 16_001;
/** Pauses before a frame that the network did not take is tried again, ms. */
const RETRY_PAUSES_MS: readonly number[] = [5_000, 15_000];

/** Whether a frame was sent. `unknown` counts as sent: when the SMS was lost after all, the frame is repeated later. */
export type Dispatch = 'sent' | 'not-sent';

/** The sealed line to the service: the only place where frames are made, opened and sent. */
export class Link {
  readonly #display: Display;
  readonly #context: MidletContext;
  readonly #primitives: Primitives;
  readonly #properties: Properties;
  readonly #counter: Counter;
  #connection: MessageConnection | undefined;
  #receiving = 0;

  constructor(midlet: MIDlet, primitives: Primitives, properties: Properties) {
    const { context } = midlet;
    this.#display = Display.getDisplay(midlet);
    this.#context = context;
    this.#primitives = primitives;
    this.#properties = properties;
    this.#counter = new Counter(context);
  }

  /** Listens for frames, starting with those that wait in the phone. */
  listen(arrived: (frame: Uint8Array) => void): void {
    const connection = openConnection(this.#context, `sms://:${PORT}`);
    this.#connection = connection;
    connection.setMessageListener(() => {
      this.#receiving += 1;
      connection.receive().then(
        (message) =>
          this.#display.callSerially(() => {
            this.#receiving -= 1;
            if (message.kind === 'binary') arrived(message.data);
          }),
        // The application was ended meanwhile: unread messages stay in the phone for its next start.
        () => {},
      );
    });
  }

  /** Whether frames have come that were not handed over yet. */
  get receiving(): boolean {
    return this.#receiving > 0;
  }

  close(): void {
    this.#connection?.close();
  }

  /**
   * Seals a message of an enrolled phone. The caller stores the frame before it sends it.
   * @param compose makes the message with the given `ctr`; the octets of the message are wiped here.
   */
  seal(phone: PhoneKeyPair, compose: (ctr: number) => UpMessage): Uint8Array {
    const plaintext = encodeUp(compose(this.#counter.next()));
    const ephemeral = this.#context.system.randomBytes(32);
    try {
      return sealUp(this.#primitives, this.#properties.serviceKey, phone, plaintext, ephemeral);
    } finally {
      plaintext.fill(0);
    }
  }

  /** Seals the first message of a phone, which the service does not know yet. */
  sealEnrol(compose: (ctr: number) => UpMessage): Uint8Array {
    const plaintext = encodeUp(compose(this.#counter.next()));
    const ephemeral = this.#context.system.randomBytes(32);
    try {
      return sealEnrol(this.#primitives, this.#properties.serviceKey, this.#properties.deviceId, plaintext, ephemeral);
    } finally {
      plaintext.fill(0);
    }
  }

  /** Opens a frame to its 83 octets. @throws SafeMobileError for anything that is not from the service to this phone */
  open(phone: PhoneKeyPair, frame: Uint8Array): Uint8Array {
    return openDown(this.#primitives, this.#properties.serviceKey, phone, frame);
  }

  /** Hands a frame to the network, again after a pause when it was not taken, and says how that ended. */
  send(frame: Uint8Array, ended: (dispatch: Dispatch) => void = () => {}): void {
    this.#dispatch(frame).then(
      (dispatch) => this.#display.callSerially(() => ended(dispatch)),
      () => this.#display.callSerially(() => ended('not-sent')),
    );
  }

  async #dispatch(frame: Uint8Array): Promise<Dispatch> {
    for (const pause of RETRY_PAUSES_MS) {
      if ((await this.#try(frame)) === 'sent') return 'sent';
      await this.#sleep(pause);
    }
    return this.#try(frame);
  }

  async #try(frame: Uint8Array): Promise<Dispatch> {
    const address = `sms://${this.#properties.service}:${PORT}`;
    try {
      await this.#connection?.send({ kind: 'binary', address, data: frame });
      return this.#connection === undefined ? 'not-sent' : 'sent';
    } catch (error) {
      return error instanceof InterruptedIOException ? 'sent' : 'not-sent';
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#context.system.schedule(ms, resolve);
    });
  }
}
