/** What an open port reports to whoever opened it. Both run on the port's own turn and must not throw. */
export interface PortEvents {
  /** Octets came in, in any grouping the line happened to give them. The array is the receiver's to keep. */
  data(octets: Uint8Array): void;
  /** The port is gone: closed by {@link Port.close}, unplugged or hung up. Said once an open, and last. */
  closed(reason?: PortError): void;
}

/** The two modem control lines a host can set. */
export interface ControlLines {
  readonly dtr: boolean;
  readonly rts: boolean;
}

/**
 * A way to a modem: four verbs and two events. A serial device, a TCP socket and a pair in memory are ports;
 * a trace is a port around a port. A closed port may be opened again.
 */
export interface Port {
  /** What a person calls it: `/dev/ttyUSB0`, `tcp://127.0.0.1:7000`. */
  readonly name: string;
  /** @throws PortError when there is no such port, it is busy, or access is denied. */
  open(events: PortEvents): Promise<void>;
  /** Resolves when the octets have been handed to the line. @throws PortError when the port is closed. */
  write(octets: Uint8Array): Promise<void>;
  /** Best effort: a PTY and a socket have no such lines. */
  setLines(lines: ControlLines): Promise<void>;
  /** Resolves when the port is free for others. Closing a closed port does nothing. */
  close(): Promise<void>;
}

/** Why a port did not open, or went away. `misnamed`: what was given is no name of a port. */
export type PortErrorCode = 'misnamed' | 'missing' | 'busy' | 'denied' | 'closed' | 'lost' | 'failed';

/** A port that cannot be used. `message` is one line for a person: what happened and what to do. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly code: PortErrorCode;
  readonly port: string;

  constructor(code: PortErrorCode, port: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.port = port;
  }
}
