import type { GuestEvent, Host } from '../midp/index.ts';

/** Why a machine was stopped. */
export type MachineErrorCode = 'fuel' | 'time' | 'memory' | 'stack' | 'thrown';

/** A machine that was stopped, for good. `message` is one line for a person. */
export class MachineError extends Error {
  override readonly name: string;
  readonly code: MachineErrorCode;

  /** @param name the class of the application's exception, with `thrown` */
  constructor(code: MachineErrorCode, message: string, name = 'MachineError') {
    super(message);
    this.code = code;
    this.name = name;
  }
}

/** Where the code of one running application is: it hears of events, and can call its {@link Host}, and nothing else. */
export interface Machine {
  /** Handles one event, and what follows from it. @throws MachineError, or what the application throws; then only {@link end} may be called */
  enter(event: GuestEvent): void;
  /** Octets that the application takes; 0 where nobody can tell. */
  memory(): number;
  /** What the last {@link enter} has cost, calls of the phone included, in units of some 0.3 ms of the processor; 0 where nobody counts. */
  fuel(): number;
  /** The application has ended: frees everything. */
  end(): void;
}

/** Starts a machine with one class of a suite in it, which makes its application with the event `start`. */
export type Boot = (host: Host) => Machine | Promise<Machine>;
