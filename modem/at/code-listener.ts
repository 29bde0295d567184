import type { Clock } from '../clock.ts';
import { type Port, PortError } from '../port/port.ts';
import { TokenReader } from './token-reader.ts';
import { LineRouter, type UnsolicitedCode } from './unsolicited.ts';

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
  readonly #reader: TokenReader;
  #closing = false;

  private constructor(port: Port, reader: TokenReader) {
    this.#port = port;
    this.#reader = reader;
  }

  /** Opens the port and listens. @throws PortError */
  static async open(port: Port, clock: Clock, events: CodeListenerEvents): Promise<CodeListener> {
    const router = new LineRouter((code) => events.unsolicited(code));
    const reader = new TokenReader(clock, (token) => {
      if (token.kind !== 'line') return;
      if (router.expectsPdu(token.text)) router.takePdu(token.text);
      else router.takeUnsolicited(token.text);
    });
    const listener = new CodeListener(port, reader);
    await port.open({
      data: (octets) => reader.read(octets),
      closed(reason) {
        reader.stop();
        if (!listener.#closing) events.ended(reason ?? new PortError('closed', port.name, `${port.name} was closed`));
      },
    });
    await port.setLines({ dtr: true, rts: true });
    return listener;
  }

  /** Stops listening and closes the port. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#reader.stop();
    await this.#port.close();
  }
}
