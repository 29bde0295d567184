import { read as readCallback } from 'node:fs';
import { promisify } from 'node:util';
import type { Cancel, Clock } from '../clock.ts';
import { type ControlLines, PortError, type PortEvents } from './port.ts';

/**
 * What is used of an open device of serialport's bindings. serialport's streams are not used: a stream whose device is gone
 * emits `error` at each attempt to close it, and a handler that closes it then runs for ever.
 */
export interface Tty {
  /** Descriptor of the open file; null when the device is closed. */
  readonly fd: number | null;
  /** Tells when there are octets; only on Unix. */
  readonly poller?: {
    once(event: 'readable', callback: (error: Error | null) => void): unknown;
    /** Calls those who wait with an error. */
    stop(): void;
  };
  read(room: Buffer, offset: number, length: number): Promise<{ readonly bytesRead: number }>;
  write(octets: Buffer): Promise<void>;
  set(lines: ControlLines): Promise<void>;
  get(): Promise<unknown>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** How many octets are read at once at most. */
const READ_OCTETS = 65_536;

/** How often the state of the line is read, in ms: some drivers do not end a read when their device is unplugged. */
const WATCH_MS = 1_000;

/** The errors of a line that is gone. (A PTY that is there gives another one: it has no control lines.) */
const GONE = /input\/output error|no such device|bad file/i;

/**
 * A serial line from its opening until it is closed or gone. Reading, writing and watching may each find that the line is
 * gone: the first one ends it, and later errors are ignored.
 */
export class SerialLine {
  readonly #name: string;
  readonly #tty: Tty;
  readonly #clock: Clock;
  readonly #events: PortEvents;
  readonly #reading: Promise<void>;
  #lastWrite: Promise<void> = Promise.resolve();
  #cancelWatch: Cancel = () => {};
  #reason: PortError | undefined;
  #ending: Promise<void> | undefined;

  constructor(name: string, tty: Tty, clock: Clock, events: PortEvents) {
    this.#name = name;
    this.#tty = tty;
    this.#clock = clock;
    this.#events = events;
    this.#reading = this.#read();
    this.#watch();
  }

  /** Resolves when the system has taken all octets. @throws PortError (`lost`, `closed`) */
  write(octets: Uint8Array): Promise<void> {
    const copy = Buffer.from(octets);
    const written = this.#lastWrite.then(() => this.#writeNow(copy));
    this.#lastWrite = written.catch(() => {});
    return written;
  }

  async setLines({ dtr, rts }: ControlLines): Promise<void> {
    // A PTY has no DTR and RTS and refuses ("Inappropriate ioctl"); a modem that needs them is not on a PTY.
    await this.#tty.set({ dtr, rts }).catch(() => {});
  }

  /** Closes the line and reports `closed` once. Never rejects. @param reason why the line is gone; absent: the user closes it */
  end(reason?: PortError): Promise<void> {
    if (this.#ending === undefined) {
      this.#reason = reason;
      this.#ending = this.#close();
    }
    return this.#ending;
  }

  async #close(): Promise<void> {
    this.#cancelWatch();
    // Without the flush the kernel may hold close(2) for 30 s, waiting for a modem that no longer reads.
    await this.#tty.flush().catch(() => {});
    if (this.#tty.poller !== undefined) {
      this.#tty.poller.stop();
      // Closing must wait for a read that is under way: another file may get the same descriptor, and be read instead.
      await this.#reading;
    }
    await this.#tty.close().catch(() => {});
    this.#events.closed(this.#reason);
  }

  #lose(cause: unknown): void {
    void this.end(new PortError('lost', this.#name, `${this.#name} was unplugged or hung up`, { cause }));
  }

  #whyEnded(): PortError {
    return this.#reason ?? new PortError('closed', this.#name, `${this.#name} is closed`);
  }

  async #writeNow(octets: Buffer): Promise<void> {
    if (this.#ending !== undefined) throw this.#whyEnded();
    try {
      await this.#tty.write(octets);
    } catch (error) {
      this.#lose(error);
      throw this.#whyEnded();
    }
  }

  async #read(): Promise<void> {
    const room = Buffer.allocUnsafe(READ_OCTETS);
    while (this.#ending === undefined) {
      const count = await this.#readSome(room).catch((error: unknown) => this.#lose(error));
      if (count !== undefined && this.#ending === undefined) this.#events.data(new Uint8Array(room.subarray(0, count)));
    }
  }

  /**
   * Waits for octets. On Unix a tty that is hung up reads as the end of a file, which serialport's own read takes for
   * "nothing yet": it would read again and again, without a pause.
   *
   * @throws Error when the line is gone, or closed meanwhile.
   */
  async #readSome(room: Buffer): Promise<number> {
    const { fd, poller } = this.#tty;
    if (poller === undefined || fd === null) return (await this.#tty.read(room, 0, room.length)).bytesRead;
    for (;;) {
      const { bytesRead } = await readNow(fd, room, 0, room.length, null).catch(nothingYet);
      if (bytesRead === 0) throw new Error('end of file: the tty is hung up');
      if (bytesRead !== undefined) return bytesRead;
      if (this.#ending !== undefined) throw this.#whyEnded();
      await new Promise<void>((resolve, reject) => {
        poller.once('readable', (error) => (error === null ? resolve() : reject(error)));
      });
    }
  }

  #watch(): void {
    this.#cancelWatch = this.#clock.after(WATCH_MS, async () => {
      const error: unknown = await this.#tty.get().catch((reason: unknown) => reason);
      if (this.#ending !== undefined) return;
      if (error instanceof Error && GONE.test(error.message)) this.#lose(error);
      else this.#watch();
    });
  }
}

const readNow = promisify(readCallback);

/** @throws NodeJS.ErrnoException what a quiet line does not say. */
function nothingYet(error: NodeJS.ErrnoException): { readonly bytesRead?: never } {
  if (error.code === 'EAGAIN' || error.code === 'EINTR') return {};
  throw error;
}
