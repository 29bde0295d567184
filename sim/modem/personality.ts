/** What is peculiar about a modem's line. The standard's way is {@link standardWire}. */
export interface WireHabits {
  /** False: never echoes, whatever `ATE1` says. */
  readonly echoes: boolean;
  /** The echo of a PDU includes the Ctrl-Z that ended it. */
  readonly echoesCtrlZ: boolean;
  /** By the book exactly CR LF `> `. */
  readonly prompt: string;
  /** What stands before and after each line; absent: S3 and S4. */
  readonly lineStart?: string;
  readonly lineEnd?: string;
  /** Octets that wait in the port when a host opens it. */
  readonly staleAtOpen: string;
}

/** The line of ITU-T V.250 and 3GPP TS 27.005. */
export const standardWire: WireHabits = {
  echoes: true,
  echoesCtrlZ: false,
  prompt: '\r\n> ',
  staleAtOpen: '',
};

/** How a model of modem differs from the standard: data that the interpreter looks at. */
export interface Personality {
  readonly id: string;
  /** What it is like, in one line. */
  readonly description: string;
  /** `+CGMI`, `+CGMM` and `+CGMR`. */
  readonly manufacturer: string;
  readonly model: string;
  readonly revision: string;
  readonly wire: WireHabits;
  /** The number of the first place in each message store. */
  readonly firstIndex: number;
  /** From power and PIN to registration, ms. */
  readonly registrationMs: number;
}

/** A modem by the book. */
export const standardPersonality: Personality = {
  id: 'standard',
  description: 'A modem that follows the standards to the letter',
  manufacturer: 'Cash-Mobile',
  model: 'Virtual GSM Modem',
  revision: '1.0',
  wire: standardWire,
  firstIndex: 1,
  registrationMs: 1_000,
};
