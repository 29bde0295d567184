import { type Port, PortError } from '../port/port.ts';
import { AtLexer } from './lexer.ts';
import { LineRouter, type UnsolicitedCode } from './unsolicited.ts';

/** What a listener tells its owner. Both run on the port's turn and must not throw. */
export interface CodeListenerEvents {
  unsolicited(code: UnsolicitedCode): void;
  /** The port is gone. Said once, and last; not after {@link CodeListener.close}. */
  ended(reason: PortError): void;
}

/**
 * Listens to a port of a modem on which nothing is typed: some say their codes on another port than the answers, and
 * crash when a port is left unread until its buffer is full.
 */
export class CodeListener {
  readonly #port: Port;
  #closing = false;

  private constructor(port: Port) {
    this.#port = port;
  }

  /** Opens the port and listens. @throws PortError */
  static async open(port: Port, events: CodeListenerEvents): Promise<CodeListener> {
    const listener = new CodeListener(port);
    const lexer = new AtLexer();
    const router = new LineRouter((code) => events.unsolicited(code));
    await port.open({
      data(octets) {
        for (const token of lexer.read(octets)) {
          if (token.kind !== 'line') continue;
          if (router.expectsPdu(token.text)) router.takePdu(token.text);
          else router.takeUnsolicited(token.text);
        }
      },
      closed(reason) {
        if (!listener.#closing) events.ended(reason ?? new PortError('closed', port.name, `${port.name} was closed`));
      },
    });
    await port.setLines({ dtr: true, rts: true });
    return listener;
  }

  /** Stops listening and closes the port. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#port.close();
  }
}
