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
  readFrameHeader,
  SafeMobileError,
  sealEnrol,
  sealUp,
  type UpMessage,
} from '../safe-mobile/index.ts';
import { type AnchoredKey, hasEnded, newestKey } from './anchors.ts';
import { Counter } from './counter.ts';
import type { DeviceStore } from './device-record.ts';

/** The port of both ends. */
const PORT = 16_001;
/** Pauses before a frame that the network did not take is tried again, ms. */
const RETRY_PAUSES_MS: readonly number[] = [5_000, 15_000];

/** Whether a frame was sent. `unknown` counts as sent: when the SMS was lost after all, the frame is repeated later. */
export type Dispatch = 'sent' | 'not-sent';

/** Reads the messages that wait in the phone, and those that come, and drops them: they would start an application that cannot read them again and again. */
export function dropMessages(context: MidletContext): void {
  const connection = openConnection(context, `sms://:${PORT}`);
  connection.setMessageListener(() => {
    connection.receive().catch(() => {});
  });
}

/** The sealed line to the service: the only place where frames are made, opened and sent. */
export class Link {
  readonly #display: Display;
  readonly #context: MidletContext;
  readonly #primitives: Primitives;
  readonly #device: DeviceStore;
  readonly #seconds: () => number;
  readonly #counter: Counter;
  #connection: MessageConnection | undefined;
  #receiving = 0;

  /** @param seconds the service's time, unix seconds: which of its keys count. */
  constructor(midlet: MIDlet, primitives: Primitives, device: DeviceStore, seconds: () => number) {
    const { context } = midlet;
    this.#display = Display.getDisplay(midlet);
    this.#context = context;
    this.#primitives = primitives;
    this.#device = device;
    this.#seconds = seconds;
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
    return this.#sealed(compose, (...octets) => sealUp(this.#primitives, this.#sealingKey, phone, ...octets));
  }

  /** Seals the first message of a phone, which the service does not know yet. */
  sealEnrol(deviceId: number, compose: (ctr: number) => UpMessage): Uint8Array {
    return this.#sealed(compose, (...octets) => sealEnrol(this.#primitives, this.#sealingKey, deviceId, ...octets));
  }

  #sealed(
    compose: (ctr: number) => UpMessage,
    seal: (plaintext: Uint8Array, ephemeral: Uint8Array) => Uint8Array,
  ): Uint8Array {
    const { signing } = this.#device.anchors;
    const latest = newestKey(signing, this.#seconds());
    const plaintext = encodeUp(compose(this.#counter.next()), latest === signing[0] ? 0 : latest?.kid);
    try {
      return seal(plaintext, this.#context.system.randomBytes(32));
    } finally {
      plaintext.fill(0);
    }
  }

  /** Opens a frame to its 83 octets. @throws SafeMobileError for anything that is not from the service to this phone */
  open(phone: PhoneKeyPair, frame: Uint8Array): Uint8Array {
    const { kid } = readFrameHeader(frame);
    // A key that has not begun is taken: a phone whose clock is late has to learn the time from such a frame.
    const { sealing } = this.#device.anchors;
    const key = sealing.find((one) => one.kid === kid && !hasEnded(sealing, one, this.#seconds()));
    if (key === undefined) throw new SafeMobileError('key', `service key ${kid} does not count here`);
    return openDown(this.#primitives, key, phone, frame);
  }

  /** The service has refused a message of this phone because it has seen a number far above: the next ones are higher. */
  counterSeen(ctr: number): void {
    this.#counter.seen(ctr);
  }

  /** The phone is erased: the next keys begin with numbers of their own. */
  forget(): void {
    this.#counter.forget();
  }

  get #sealingKey(): AnchoredKey {
    const key = newestKey(this.#device.anchors.sealing, this.#seconds());
    if (key === undefined) throw new SafeMobileError('key', 'no service key');
    return key;
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
    const address = `sms://${this.#device.anchors.service}:${PORT}`;
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
