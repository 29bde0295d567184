/** The events of an open port. Both are called in a turn of the event loop of their own, and must not throw. */
export interface PortEvents {
  /** Octets came in; a line of the modem may be split over several calls, or several lines be in one. The array may be kept. */
  data(octets: Uint8Array): void;
  /** The port is gone: closed by {@link Port.close}, unplugged or hung up. Called once for each open, as the last event. */
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
  /** For people: `/dev/ttyUSB0`, `tcp://127.0.0.1:7000`. */
  readonly name: string;
  /** @throws PortError when there is no such port, it is busy, or access is denied. */
  open(events: PortEvents): Promise<void>;
  /** Resolves when the octets have been handed to the line. @throws PortError when the port is closed. */
  write(octets: Uint8Array): Promise<void>;
  /** Sets DTR and RTS; does nothing on a PTY or a socket, which have no such lines. */
  setLines(lines: ControlLines): Promise<void>;
  /** Resolves when other programs can open the port. Closing a closed port does nothing. */
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
