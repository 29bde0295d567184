import type { Clock, Port, SmsBearer } from '../../modem/index.ts';

/**
 * What ties a process to the world, so that one process of a test can die or stop as a real one does: its timers fire, its messages leave
 * and what it is told arrives only while it runs. A message that comes to a dead one is not confirmed, and the next one gets it.
 */
export class Lifeline {
  readonly #onSent: () => void;
  #isAlive = true;
  #isStopped = false;
  #later: (() => void)[] = [];
  #tellEnd = () => {};
  /** Resolves when the process is killed. */
  readonly ended: Promise<void> = new Promise((resolve) => {
    this.#tellEnd = resolve;
  });

  /** @param onSent is called each time something has left the process: a message, octets to a modem, an order to a host */
  constructor(onSent: () => void = () => {}) {
    this.#onSent = onSent;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** `kill -9`. */
  kill(): void {
    this.#isAlive = false;
    this.#later = [];
    this.#tellEnd();
  }

  /** `kill -STOP`. */
  stop(): void {
    this.#isStopped = true;
  }

  /** `kill -CONT`: all that waited happens now, in its order. */
  goOn(): void {
    this.#isStopped = false;
    for (const task of this.#later.splice(0)) this.run(task);
  }

  /** Runs the task when the process can; never once it is dead. */
  run(task: () => void): void {
    if (!this.#isAlive) return;
    if (this.#isStopped) this.#later.push(task);
    else task();
  }

  /** Runs what sends something out of the process, as {@link Lifeline.run} does. */
  send(task: () => void): void {
    this.run(() => {
      task();
      this.#onSent();
    });
  }

  clock(clock: Clock): Clock {
    return { now: () => clock.now(), after: (delay, task) => clock.after(delay, () => this.run(task)) };
  }

  /** A port of the machine: it is closed when the process is killed, and what comes while it is stopped waits. */
  port(port: Port): Port {
    void this.ended.then(() => port.close());
    return {
      name: port.name,
      open: (events) =>
        port.open({
          data: (octets) => this.run(() => events.data(octets)),
          closed: (reason) => this.run(() => events.closed(reason)),
        }),
      write: (octets) =>
        new Promise((resolve, reject) => this.send(() => void port.write(octets).then(resolve, reject))),
      setLines: (lines) => port.setLines(lines),
      close: () => port.close(),
    };
  }

  bearer(bearer: SmsBearer): SmsBearer {
    return {
      send: (sms) =>
        new Promise((resolve) => {
          this.send(() => void bearer.send(sms).then((outcome) => this.run(() => resolve(outcome))));
        }),
      receive: (receiver) =>
        bearer.receive({
          message: (sms) =>
            new Promise((resolve, reject) => {
              this.run(
                () =>
                  void receiver.message(sms).then(
                    () => this.send(resolve),
                    (error) => this.run(() => reject(error)),
                  ),
              );
            }),
          report: (report) => this.run(() => receiver.report(report)),
        }),
      close: () => bearer.close(),
    };
  }
}
