import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { hexOf, octetsOf } from '../../../device/safe-mobile/index.ts';
import type { Clock, OutgoingSms, SendOutcome, SmsBearer, SmsReceiver } from '../../../modem/index.ts';
import { APPLICATION_PORT } from '../../../server/index.ts';
import { type FromService, hearLines, ToService } from './radio-lines.ts';

/** After this long a message that the service did not take is offered again, as a modem's driver does, ms of the fast clock. */
const OFFER_AGAIN_MS = 30_000;

/** The end of an {@link SmsNetwork} in the process of a service. */
export class RemoteBearer implements SmsBearer {
  /** Gets each notice of the rail's host. */
  onNotice: (notice: Uint8Array) => void = () => {};
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, (outcome: SendOutcome) => void>();
  #receiver: SmsReceiver | undefined;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.on('error', () => socket.destroy());
    // Whoever judges has ended, perhaps by `kill -9`: nobody else would end this process.
    socket.on('end', () => process.exit(1));
    hearLines(socket, ToService, (line) => this.#hear(line));
  }

  /** @param port where the network listens */
  static async connect(port: number, clock: Clock): Promise<RemoteBearer> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RemoteBearer(socket, clock);
  }

  send({ id, destination, content, statusReport = false }: OutgoingSms): Promise<SendOutcome> {
    if (content.kind !== 'data') throw new Error('the service sends nothing but frames');
    const frame = hexOf(content.data);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#tell({ kind: 'send', id, destination, frame, report: statusReport });
    });
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
    this.#tell({ kind: 'listening' });
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    for (const resolve of this.#waiting.values()) resolve({ kind: 'unknown', reason: 'the bearer was closed' });
  }

  #tell(line: FromService): void {
    this.#socket.write(`${JSON.stringify(line)}\n`);
  }

  #hear(line: ToService): void {
    if (line.kind === 'outcome') {
      this.#waiting.get(line.id)?.(line.outcome);
      this.#waiting.delete(line.id);
    } else if (line.kind === 'delivered') {
      this.#receiver?.report({ id: line.id, outcome: 'delivered', status: 0, dischargedAt: 0 });
    } else if (line.kind === 'notice') {
      this.onNotice(octetsOf(line.notice));
    } else {
      this.#offer(line);
    }
  }

  /** What the service could not store stays in the network, and goes to another process when this one ends. */
  #offer(line: Extract<ToService, { kind: 'message' }>): void {
    const { message, originator, sentAt, frame } = line;
    const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
    const content = { kind: 'data', data: octetsOf(frame), ports } as const;
    void this.#receiver?.message({ originator, sentAt, content }).then(
      () => this.#tell({ kind: 'taken', message }),
      () => this.#clock.after(OFFER_AGAIN_MS, () => this.#offer(line)),
    );
  }
}
