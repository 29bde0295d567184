import type { Board } from '../hal/index.ts';
import type { Primitives } from '../safe-mobile/index.ts';
import type { Language } from './languages.ts';
import type { BuiltInClasses, ScriptLoader } from './suites.ts';

/** The parts and choices of which a handset is made. */
export interface HandsetOptions {
  readonly board: Board;
  readonly classes: BuiltInClasses;
  /** Runs downloaded applications. Default: they are refused (908). */
  readonly scripts?: ScriptLoader;
  /** Checks signatures of descriptors. Default: the phone's own. */
  readonly primitives?: Primitives;
  /** Ed25519 public keys, hexadecimal: an application that is signed with one of them is trusted. Default: none. */
  readonly trustedKeys?: readonly string[];
  /** The language of a new phone. Default `en`; a choice of the owner, kept in the flash, overrides it. */
  readonly language?: Language;
  /** Whether a new phone asks "Open now?" before a message opens an application. Default false. */
  readonly askBeforeOpening?: boolean;
  /** Whether the time on the screen is drawn anew each minute. Default: yes. No: for thousands of phones on one clock. */
  readonly clockTicks?: boolean;
}
