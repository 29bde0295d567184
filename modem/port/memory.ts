import { type ControlLines, type Port, PortError, type PortEvents } from './port.ts';

/** What the modem's side of a line hears of the host. */
export interface FarEndEvents {
  /** A host opened the port: on real hardware, DTR went high. */
  opened(): void;
  data(octets: Uint8Array): void;
  /** The host went away. */
  closed(): void;
  /** The host has the port open and does not read: the octets that waited for the host are lost. */
  overflowed?(): void;
  /** The host set DTR and RTS, on a line that has these control lines. */
  controlled?(lines: ControlLines): void;
}

/** The modem's side of a line, whatever the line is: a pair in memory here, a PTY or a socket in a simulation. */
export interface FarEnd {
  /** Says who listens on this side; called once, before anything else. */
  listen(events: FarEndEvents): void;
  /** Sends octets to the host; as on a serial line, they are lost when no host has the port open. */
  write(octets: Uint8Array): void;
  /** Takes the line away, as pulling the plug does. */
  hangUp(): void;
  /** Puts the line back, under another name when `renamed`; absent: hosts can open the line again at once. */
  plugIn?(renamed: boolean): void;
}

/** A {@link Port} and its far end, in memory. Octets arrive in order, each write in a microtask of its own. */
export function memoryPort(name = 'memory'): { readonly port: Port; readonly farEnd: FarEnd } {
  let host: PortEvents | undefined;
  let modem: FarEndEvents | undefined;

  const leave = (reason?: PortError) => {
    const left = host;
    if (left === undefined) return;
    host = undefined;
    queueMicrotask(() => {
      left.closed(reason);
      modem?.closed();
    });
  };

  const port: Port = {
    name,
    async open(events) {
      if (host !== undefined) throw new PortError('busy', name, `${name} is already open`);
      host = events;
      modem?.opened();
    },
    async write(octets) {
      if (host === undefined) throw new PortError('closed', name, `${name} is closed`);
      const copy = new Uint8Array(octets);
      queueMicrotask(() => modem?.data(copy));
    },
    async setLines(lines) {
      modem?.controlled?.(lines);
    },
    async close() {
      leave();
    },
  };

  const farEnd: FarEnd = {
    listen(events) {
      modem = events;
    },
    write(octets) {
      const listener = host;
      if (listener === undefined) return;
      const copy = new Uint8Array(octets);
      queueMicrotask(() => {
        if (host === listener) listener.data(copy);
      });
    },
    hangUp() {
      leave(new PortError('lost', name, `${name} was unplugged`));
    },
  };
  return { port, farEnd };
}
