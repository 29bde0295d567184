/** What is peculiar about a modem's line. */
export interface WireHabits {
  /** False: never echoes, whatever `ATE1` says. */
  readonly echoes: boolean;
  /** The echo of a PDU includes the Ctrl-Z that ended it. */
  readonly echoesCtrlZ: boolean;
  /** By the book exactly CR LF `> `, at once. */
  readonly prompt: string;
  readonly promptDelayMs: number;
  /** Whether ESC at the prompt is answered with `OK`. */
  readonly answersEscape: boolean;
  /** What stands before and after each line; absent: S3 and S4. */
  readonly lineStart?: string;
  readonly lineEnd?: string;
  /** Octets that wait in the port when a host opens it. */
  readonly staleAtOpen: string;
  /** The first command line after the port was opened is not heard. */
  readonly swallowsFirstLine: boolean;
  /** Each error is followed by an `OK` that belongs to nothing. */
  readonly orphanOkAfterError: boolean;
  /** Unsolicited codes do not wait for the end of a command, or of a PDU that is being typed. */
  readonly codesInterrupt: boolean;
}

/** What is peculiar about a modem's messages. */
export interface MessageHabits {
  /** The number of the first place in each message store. */
  readonly firstIndex: number;
  /** `+CMGR` of an empty place: `+CMS ERROR: 321`, `OK` alone, or `+CMGR: 0,,0`. */
  readonly emptyPlace: 'error' | 'ok' | 'zero';
  /** `+CMGL` of an empty store: `OK` alone, or `+CMS ERROR: 321`. */
  readonly emptyList: 'ok' | 'error';
  /** Where status reports are stored: with the messages, or in a store of their own, where `+CMGR` does not find them. */
  readonly reportsGo: 'with-messages' | 'elsewhere';
  /** What stands before the length in `+CMT` and `+CDS` in PDU mode. By the book `,` and nothing. */
  readonly routedPrefix: { readonly cmt: string; readonly cds: string };
  /** Refuses the `+CNMA` that `+CSMS=1` makes it wait for. */
  readonly refusesAcknowledgement: boolean;
}

/** Codes that come of themselves while a host is there. */
export interface Noise {
  readonly everyMs: number;
  /** One after the other, and again from the first. */
  readonly codes: readonly string[];
}

/** How a model of modem differs from the standard: data that the interpreter looks at. */
export interface Personality {
  readonly id: string;
  /** What it is like, in one line. */
  readonly description: string;
  /** Who reported it. */
  readonly source: string;
  /** `+CGMI`, `+CGMM` and `+CGMR`. */
  readonly manufacturer: string;
  readonly model: string;
  readonly revision: string;
  readonly wire: WireHabits;
  readonly messages: MessageHabits;
  /** Commands that it does not have. */
  readonly without: readonly string[];
  /**
   * Commands that are answered with these lines and nothing else, whatever the state: the name in capitals and the rest
   * as it is written after it, `+CPMS=?`. The last line is the final result; a list without one leaves the host waiting.
   */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  /** What it says to a command that it does not know. */
  readonly unknownCommand: string;
  readonly noise: Noise | undefined;
  /** Codes that it says when it has restarted. */
  readonly startCodes: readonly string[];
  /** How long after a start everything about the SIM is `SIM busy`. */
  readonly simBusyMs: number;
  /** From power and PIN to registration, ms. */
  readonly registrationMs: number;
  /** How long nothing is answered after the PIN. */
  readonly silentAfterPinMs: number;
}

/** A modem by the book. */
export const standardPersonality: Personality = {
  id: 'standard',
  description: 'follows the standards to the letter',
  source: 'ITU-T V.250, 3GPP TS 27.005 and 27.007',
  manufacturer: 'Cash-Mobile',
  model: 'Virtual GSM Modem',
  revision: '1.0',
  wire: {
    echoes: true,
    echoesCtrlZ: false,
    prompt: '\r\n> ',
    promptDelayMs: 0,
    answersEscape: true,
    staleAtOpen: '',
    swallowsFirstLine: false,
    orphanOkAfterError: false,
    codesInterrupt: false,
  },
  messages: {
    firstIndex: 1,
    emptyPlace: 'error',
    emptyList: 'ok',
    reportsGo: 'with-messages',
    routedPrefix: { cmt: ',', cds: '' },
    refusesAcknowledgement: false,
  },
  without: [],
  answers: {},
  unknownCommand: 'ERROR',
  noise: undefined,
  startCodes: [],
  simBusyMs: 0,
  registrationMs: 1_000,
  silentAfterPinMs: 0,
};
