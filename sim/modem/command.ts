import type { Arguments } from './arguments.ts';
import type { Ending } from './result.ts';
import type { Terminal } from './terminal.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** A command being run. */
export interface Call {
  readonly modem: VirtualModem;
  readonly terminal: Terminal;
  readonly args: Arguments;
  /** Adds lines of information text, sent when the command is done. */
  respond(...lines: readonly string[]): void;
  /** Ends the command line otherwise than with `OK`. */
  endWith(ending: Ending): void;
}

/** Carries out one form of a command. Throws {@link CommandError} to refuse. */
export type Handler = (call: Call) => void | Promise<void>;

/** A command, with a handler for each of its forms (ITU-T V.250, 5.4). */
export interface Command {
  /** In capitals, with the character that announces it: `E`, `&F`, `+CMGF`. */
  readonly name: string;
  /** Whether wrong use is a `+CME ERROR` (3GPP TS 27.007) or a `+CMS ERROR` (3GPP TS 27.005). */
  readonly errors: 'CME' | 'CMS';
  /** Refused until the PIN is given. */
  readonly needsSim?: true;
  /** `ATE0`: the argument is the number behind the letter. */
  readonly basic?: Handler;
  /** `AT+CMGF=?`. A text is what stands behind `+CMGF: `; an empty one means `OK` alone. */
  readonly test?: string | Handler;
  /** `AT+CMGF?` */
  readonly read?: Handler;
  /** `AT+CMGF=0` */
  readonly set?: Handler;
  /** `AT+CMGF` */
  readonly execute?: Handler;
}

/** A command of 3GPP TS 27.007. */
export function cme(name: string, forms: Omit<Command, 'name' | 'errors'>): Command {
  return { name, errors: 'CME', ...forms };
}

/** A command of 3GPP TS 27.005. */
export function cms(name: string, forms: Omit<Command, 'name' | 'errors'>): Command {
  return { name, errors: 'CMS', ...forms };
}

/** For commands that change nothing in a virtual modem. */
export const accept: Handler = () => {};
