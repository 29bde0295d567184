import { type HostCall, WRITING_CALLS } from './host-calls.ts';
import { MachineError, type MachineErrorCode } from './machine.ts';

/** What one application may take of the phone. */
export interface MachineLimits {
  /** Octets of memory. */
  readonly memory: number;
  /** Octets of stack. */
  readonly stack: number;
  /**
   * What one turn may spend. One unit is 100,000 loops of the engine, whatever it does, or 10,000 steps of its byte code: some 0.3 ms.
   */
  readonly fuel: number;
  /** What the last turn may spend, in which the application saves its data as it is ended. */
  readonly lastFuel: number;
  /** Time of the processor that one turn may take, ms. Time on the wall says little on a busy machine. */
  readonly cpuMs: number;
  /** Calls of the phone in one turn, and those of them that write. */
  readonly calls: number;
  readonly writes: number;
}

/**
 * The limits of every phone. A recursion has some thousand calls. The dearest turn of the payment application, an approval, takes a sixth
 * of the fuel, and about 0.5 s.
 */
export const MACHINE_LIMITS: MachineLimits = {
  memory: 4 * 1024 * 1024,
  stack: 256 * 1024,
  fuel: 10_000,
  lastFuel: 1_000,
  cpuMs: 5_000,
  calls: 5_000,
  writes: 500,
};
/** What a call of the phone costs, in units of fuel: one that writes, one that shows, any other. */
const CALL_COST = { write: 10, show: 10, other: 0.2 } as const;
/** What each character or octet costs that crosses: those of a view are laid out, those of others copied. */
const SIZE_COST = { show: 1 / 200, other: 1 / 5_000 } as const;

/** What a turn has spent so far. */
interface Spent {
  fuel: number;
  /** What the calls of the phone have cost. */
  host: number;
  calls: number;
  writes: number;
  readonly cpuAtStart: NodeJS.CpuUsage;
}

/** Counts what an application spends, and stops it when that is too much. */
export class Watch {
  now: () => number = () => 0;
  /** Why the application was stopped. */
  stopped: MachineError | undefined;
  readonly #limits: MachineLimits;
  #fuel: number;
  #spent: Spent = { fuel: 0, host: 0, calls: 0, writes: 0, cpuAtStart: process.cpuUsage() };
  /** Rejected promises that nobody has caught, with the reason. */
  readonly #rejections = new Map<number, string>();

  constructor(limits: MachineLimits) {
    this.#limits = limits;
    this.#fuel = limits.fuel;
  }

  get fuel(): number {
    return this.#spent.fuel + this.#spent.host;
  }

  /** @param isLast the application is being ended */
  begin(isLast = false): void {
    this.#fuel = isLast ? this.#limits.lastFuel : this.#limits.fuel;
    this.#spent = { fuel: 0, host: 0, calls: 0, writes: 0, cpuAtStart: process.cpuUsage() };
  }

  /** Called in the midst of whatever the engine does. @throws MachineError to stop it, which the application cannot catch for long */
  tick(): false {
    this.#spent.fuel += 1;
    if (this.#spent.fuel > this.#fuel) this.stop('fuel', 'The application calculates without end');
    else this.#expectTime();
    if (this.stopped !== undefined) throw this.stopped;
    return false;
  }

  /** @param size characters and octets that the application hands over */
  called(name: HostCall, size: number): void {
    const isWrite = WRITING_CALLS.has(name);
    this.#spent.calls += 1;
    if (isWrite) this.#spent.writes += 1;
    this.#spent.host += isWrite ? CALL_COST.write : name === 'show' ? CALL_COST.show : CALL_COST.other;
    this.#spent.host += size * (name === 'show' ? SIZE_COST.show : SIZE_COST.other);
    if (this.#spent.calls > this.#limits.calls || this.#spent.writes > this.#limits.writes) {
      this.stop('fuel', `The application calls the phone without end (${name})`);
    }
    this.#expectTime();
  }

  stop(code: MachineErrorCode, message: string): void {
    this.stopped ??= new MachineError(code, message);
  }

  /** @param reason gives the text of what was thrown, which may run code of the application */
  rejected(promise: number, isHandled: boolean, reason: () => string): void {
    if (isHandled) this.#rejections.delete(promise);
    else if (this.#rejections.size < 100) this.#rejections.set(promise, reason());
  }

  /** What was thrown in a promise and not caught. */
  get uncaught(): string | undefined {
    return [...this.#rejections.values()][0];
  }

  #expectTime(): void {
    const { user, system } = process.cpuUsage(this.#spent.cpuAtStart);
    const { cpuMs } = this.#limits;
    if (user + system > cpuMs * 1000) this.stop('time', `The application takes more than ${cpuMs / 1000} s`);
  }
}
