import { closeSync, existsSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { type Cancel, type FarEnd, type FarEndEvents, systemClock } from '../../modem/index.ts';
import { clientsAt, duplicate, openPtyPair, type PtyPair, resetDevice } from './libc.ts';
import { DeviceLink, LinkError } from './link.ts';

/** How often idle pseudo terminals are looked at for a client. */
const LOOK_EVERY_MS = 20;
/** How long to wait before writing again to a client that does not read. */
const RETRY_WRITE_MS = 2;
/** What waits for a client that does not read; beyond this, octets are lost as on a line without flow control. */
const WRITE_QUEUE_OCTETS = 64 * 1024;

/** A pseudo terminal that any program can open as a serial port, with the modem on its far end. */
export interface PtyLine extends FarEnd {
  /** What clients open: the link, if one was asked for, else the device. Another one when it was put back under another name. */
  readonly path: string;
  plugIn(renamed: boolean): void;
}

/**
 * Opens a pseudo terminal. It stays when clients come and go; {@link FarEnd.hangUp} takes it and its link away, until
 * {@link FarEnd.plugIn} puts a new one there, as `LINK-2` and so on when it is renamed.
 * There are no modem control lines on it: a client that opens it counts as DTR on.
 * @param link where to put a symbolic link to the device. @throws LinkError when something is there already.
 */
export function openPty(link?: string): PtyLine {
  return new Pty(link);
}

class Pty implements PtyLine {
  readonly #wanted: string | undefined;
  #link: DeviceLink | undefined;
  #names = 1;
  #pair: PtyPair;
  #events: FarEndEvents | undefined;
  #client: ReadStream | undefined;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #retry: Cancel | undefined;
  #overflowing = false;
  #gone = false;

  constructor(link: string | undefined) {
    this.#wanted = link;
    this.#pair = openPtyPair();
    try {
      this.#link = link === undefined ? undefined : new DeviceLink(link, this.#pair.device);
    } catch (error) {
      closeSync(this.#pair.master);
      throw error;
    }
  }

  get path(): string {
    return this.#link?.path ?? this.#pair.device;
  }

  get master(): number {
    return this.#pair.master;
  }

  listen(events: FarEndEvents): void {
    this.#events = events;
    idle.add(this);
  }

  write(octets: Uint8Array): void {
    if (this.#gone || this.#client === undefined) return;
    if (this.#queued + octets.length > WRITE_QUEUE_OCTETS) {
      this.#overflow();
      return;
    }
    this.#queue.push(new Uint8Array(octets));
    this.#queued += octets.length;
    if (this.#retry === undefined) this.#flush();
  }

  hangUp(): void {
    if (this.#gone) return;
    this.#gone = true;
    idle.remove(this);
    this.#link?.remove();
    const client = this.#client;
    this.#forgetClient();
    closeSync(this.#pair.master);
    if (client === undefined) return;
    client.destroy();
    this.#events?.closed();
  }

  plugIn(renamed: boolean): void {
    if (!this.#gone) return;
    const pair = openPtyPair();
    try {
      this.#link =
        this.#wanted === undefined ? undefined : new DeviceLink(this.#nextName(this.#wanted, renamed), pair.device);
    } catch (error) {
      closeSync(pair.master);
      if (!(error instanceof LinkError)) throw error;
      // Its folder cannot be written any more: then the modem stays away on this line.
      return;
    }
    this.#pair = pair;
    this.#gone = false;
    idle.add(this);
  }

  #nextName(wanted: string, renamed: boolean): string {
    const name = () => (this.#names === 1 ? wanted : `${wanted}-${this.#names}`);
    if (renamed) this.#names += 1;
    while (existsSync(name())) this.#names += 1;
    return name();
  }

  /** A client has opened the device. */
  clientCame(): void {
    const client = new ReadStream(duplicate(this.#pair.master));
    this.#client = client;
    client.on('data', (octets: Uint8Array) => this.#events?.data(new Uint8Array(octets)));
    // EIO is how a master says that the last client closed the device; 'close' follows.
    client.on('error', () => {});
    client.on('close', () => this.#clientLeft(client));
    this.#events?.opened();
  }

  #clientLeft(client: ReadStream): void {
    if (client !== this.#client) return;
    this.#forgetClient();
    this.#renew();
    idle.add(this);
    this.#events?.closed();
  }

  #forgetClient(): void {
    this.#client = undefined;
    this.#retry?.();
    this.#retry = undefined;
    this.#queue = [];
    this.#queued = 0;
    this.#overflowing = false;
  }

  /** Once for each time that the client stops reading. */
  #overflow(): void {
    if (this.#overflowing) return;
    this.#overflowing = true;
    this.#events?.overflowed?.();
  }

  #renew(): void {
    try {
      resetDevice(this.#pair.device);
    } catch {
      // The client left the device exclusive: only a new one is open to others again.
      const old = this.#pair;
      this.#pair = openPtyPair();
      this.#link?.point(this.#pair.device);
      closeSync(old.master);
    }
  }

  #flush(): void {
    this.#retry = undefined;
    for (let octets = this.#queue[0]; octets !== undefined; octets = this.#queue[0]) {
      const written = this.#tryWrite(octets);
      this.#queued -= written;
      if (written < octets.length) {
        this.#queue[0] = octets.subarray(written);
        this.#retry = systemClock.after(RETRY_WRITE_MS, () => this.#flush());
        return;
      }
      this.#queue.shift();
    }
    this.#overflowing = false;
  }

  #tryWrite(octets: Uint8Array): number {
    try {
      return writeSync(this.#pair.master, octets);
    } catch (error) {
      // EIO: the client has just closed the PTY, so the octets are dropped.
      const full = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      return full ? 0 : octets.length;
    }
  }
}

/** The pseudo terminals without a client, watched together by one poll(2). */
const idle = {
  ptys: new Set<Pty>(),
  next: undefined as Cancel | undefined,

  add(pty: Pty): void {
    this.ptys.add(pty);
    this.next ??= systemClock.after(LOOK_EVERY_MS, () => this.look());
  },

  remove(pty: Pty): void {
    this.ptys.delete(pty);
    if (this.ptys.size > 0) return;
    this.next?.();
    this.next = undefined;
  },

  look(): void {
    const watched = [...this.ptys];
    const present = clientsAt(watched.map((pty) => pty.master));
    this.next = undefined;
    watched.forEach((pty, i) => {
      if (present[i] !== true) return;
      this.ptys.delete(pty);
      pty.clientCame();
    });
    if (this.ptys.size > 0) this.next ??= systemClock.after(LOOK_EVERY_MS, () => this.look());
  },
};
