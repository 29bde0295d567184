import type { Clock } from '../clock.ts';
import { type Port, PortError } from '../port/port.ts';
import { finalCodeOf } from './result-codes.ts';
import { TokenReader } from './token-reader.ts';
import { isUnsolicited, LineRouter, type UnsolicitedCode } from './unsolicited.ts';

/** The events of a listener. Both are called from the port's events and must not throw. */
export interface CodeListenerEvents {
  unsolicited(code: UnsolicitedCode): void;
  /** The port is gone. Called once, as the last event; not after {@link CodeListener.close}. */
  ended(reason: PortError): void;
}

/**
 * Listens to a port of a modem without typing. Some modems send unsolicited codes on another port than answers; Huawei and
 * ZTE sticks crash when that port is not read and its buffer is full.
 */
export class CodeListener {
  readonly #port: Port;
  readonly #stop: () => void;
  #closing = false;

  private constructor(port: Port, stop: () => void) {
    this.#port = port;
    this.#stop = stop;
  }

  /** Opens the port and listens. @throws PortError */
  static async open(port: Port, clock: Clock, events: CodeListenerEvents): Promise<CodeListener> {
    const router = new LineRouter(clock, (code) => events.unsolicited(code));
    const reader = new TokenReader(clock, (token) => {
      if (token.kind !== 'line') return;
      const { text } = token;
      if (router.expectsPdu(text)) router.takePdu(text);
      else if (isUnsolicited(text)) router.takeUnsolicited(text);
      else if (router.expectsDamagedPdu() && finalCodeOf(text) === undefined) router.takeDamagedPdu(text);
    });
    const listener = new CodeListener(port, () => {
      reader.stop();
      router.stop();
    });
    await port.open({
      data: (octets) => reader.read(octets),
      closed(reason) {
        listener.#stop();
        if (!listener.#closing) events.ended(reason ?? new PortError('closed', port.name, `${port.name} was closed`));
      },
    });
    await port.setLines({ dtr: true, rts: true });
    return listener;
  }

  /** Stops listening and closes the port. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#stop();
    await this.#port.close();
  }
}
