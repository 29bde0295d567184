import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { hexOf, octetsOf } from '../../../device/safe-mobile/index.ts';
import type { Clock, SendOutcome } from '../../../modem/index.ts';
import type { SeededRandom } from '../../../sim/index.ts';
import { FromService, hearLines, type ToService } from './radio-lines.ts';

/** Time that an SMS is in the air, and that a modem takes for one at most, ms. */
const LATENCY_MS = 1_000;
const SLOWEST_SEND_MS = 3_000;

/** Of a hundred SMS of the service, how many the network does not take, and of how many it does not say what became of them. */
const REFUSED = 3;
const UNKNOWN = 3;

type Handed = Extract<FromService, { kind: 'send' }>;

interface Held {
  readonly line: Extract<ToService, { kind: 'message' }>;
  /** The process that has it and has not confirmed it. */
  at: Socket | undefined;
}

/**
 * The network between phones and the processes of a service, each of which has a connection. It lives on when they die, and
 * keeps what a modem keeps: a message to the service is held until a process has confirmed it, and goes to another one when
 * that process dies.
 */
export class SmsNetwork {
  /** The ids of the SMS that services handed over, with repetitions. */
  readonly handed: string[] = [];
  /** SMS that were handed over once more, though what became of the one before is told as sent, or not told yet. */
  twice = 0;
  readonly #notSent = new Map<string, boolean>();
  /** Decides whether an SMS to this phone gets lost. */
  loses: (number: string) => boolean = () => false;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #server: Server;
  readonly #phones = new Map<string, (frame: Uint8Array) => void>();
  readonly #processes = new Set<Socket>();
  readonly #held = new Map<number, Held>();
  #messages = 0;

  constructor(clock: Clock, random: SeededRandom) {
    this.#clock = clock;
    this.#random = random;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  /** @returns the port for {@link RemoteBearer.connect} */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the network has no port');
    return address.port;
  }

  close(): void {
    for (const socket of this.#processes) socket.destroy();
    this.#server.close();
  }

  /** Says who has a number. @returns how that phone sends to the service */
  attach(number: string, receive: (frame: Uint8Array) => void): (frame: Uint8Array) => void {
    this.#phones.set(number, receive);
    return (frame) => void this.#clock.after(LATENCY_MS, () => this.#toService(number, frame));
  }

  /** The host of the rail says something by itself; nobody hears it while no process listens. */
  notify(notice: Uint8Array): void {
    const socket = this.#anyProcess();
    if (socket !== undefined) tell(socket, { kind: 'notice', notice: hexOf(notice) });
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#processes.delete(socket);
      for (const held of this.#held.values()) if (held.at === socket) held.at = undefined;
      this.#deliver();
    });
    hearLines(socket, FromService, (line) => {
      if (line.kind === 'send') this.#fromService(socket, line);
      else if (line.kind === 'taken') this.#held.delete(line.message);
      else {
        this.#processes.add(socket);
        this.#deliver();
      }
    });
  }

  #fromService(socket: Socket, sms: Handed): void {
    this.handed.push(sms.id);
    if (this.#notSent.get(sms.id) === false) this.twice += 1;
    this.#notSent.set(sms.id, false);
    this.#clock.after(this.#random.fraction() * SLOWEST_SEND_MS, () => {
      const outcome = this.#outcome();
      this.#notSent.set(sms.id, outcome.kind !== 'sent');
      tell(socket, { kind: 'outcome', id: sms.id, outcome });
      if (outcome.kind !== 'failed' && !this.loses(sms.destination))
        this.#clock.after(LATENCY_MS, () => this.#toPhone(socket, sms));
    });
  }

  #outcome(): SendOutcome {
    const chance = this.#random.fraction() * 100;
    if (chance < REFUSED) return { kind: 'failed', reason: '+CMS ERROR: 38', retry: true };
    if (chance < REFUSED + UNKNOWN) return { kind: 'unknown', reason: 'the modem did not answer' };
    return { kind: 'sent', references: [this.handed.length & 0xff] };
  }

  #toPhone(socket: Socket, { id, destination, frame, report }: Handed): void {
    this.#phones.get(destination)?.(octetsOf(frame));
    if (report) tell(socket, { kind: 'delivered', id });
  }

  #toService(originator: string, frame: Uint8Array): void {
    this.#messages += 1;
    const sentAt = Math.floor(this.#clock.now() / 1000) * 1000;
    const line = { kind: 'message', message: this.#messages, originator, sentAt, frame: hexOf(frame) } as const;
    this.#held.set(line.message, { line, at: undefined });
    this.#deliver();
  }

  #deliver(): void {
    for (const held of this.#held.values()) {
      if (held.at !== undefined) continue;
      held.at = this.#anyProcess();
      if (held.at !== undefined) tell(held.at, held.line);
    }
  }

  #anyProcess(): Socket | undefined {
    const all = [...this.#processes];
    return all[Math.floor(this.#random.fraction() * all.length)];
  }
}

function tell(socket: Socket, line: ToService): void {
  socket.write(`${JSON.stringify(line)}\n`);
}
