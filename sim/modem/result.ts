import { cmeErrors } from '../../modem/index.ts';

/** How a command line ends (ITU-T V.250, 5.7.1). `silent`: it never does, as when the modem's answer is lost. */
export type Ending = 'OK' | 'ERROR' | 'NO CARRIER' | 'silent';

/** Numeric forms of the result codes, used after `ATV0` (ITU-T V.250, table 1). */
export const RESULT_NUMBERS: Readonly<Record<string, number>> = {
  OK: 0,
  'NO CARRIER': 3,
  ERROR: 4,
};

/** The `+CME ERROR` numbers of the virtual modem (3GPP TS 27.007, 9.2). */
const CME = {
  operationNotAllowed: 3,
  operationNotSupported: 4,
  simPinRequired: 11,
  simPukRequired: 12,
  simFailure: 13,
  simBusy: 14,
  incorrectPassword: 16,
  memoryFull: 20,
  invalidIndex: 21,
  notFound: 22,
  textStringTooLong: 24,
  dialStringTooLong: 26,
  noNetworkService: 30,
  incorrectParameters: 50,
  unknown: 100,
  pleaseWait: 515,
} as const;

/** The `+CMS ERROR` numbers of the virtual modem (3GPP TS 27.005, 3.2.5). */
const CMS = {
  operationNotAllowed: 302,
  operationNotSupported: 303,
  invalidPduParameter: 304,
  invalidTextParameter: 305,
  simPinRequired: 311,
  simFailure: 313,
  simBusy: 314,
  simPukRequired: 316,
  invalidIndex: 321,
  memoryFull: 322,
  smscUnknown: 330,
  noNetworkService: 331,
  noAcknowledgementExpected: 340,
  /** From 512 on numbers are each manufacturer's own. */
  pleaseWait: 515,
} as const;

/** Ends a command line with an error. Thrown by the handlers of commands, caught by the interpreter. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** What is printed with `+CMEE` 0, 1 and 2 (3GPP TS 27.007, 9.1). */
  readonly texts: readonly [plain: string, number: string, words: string];

  constructor(texts: readonly [plain: string, number: string, words: string]) {
    super(texts[1]);
    this.texts = texts;
  }
}

/** The command line is malformed: plain `ERROR` in the standard (ITU-T V.250, 5.4.5). */
export function syntaxError(text = 'ERROR'): CommandError {
  return new CommandError([text, text, text]);
}

/** The command is refused: in words or as a number, as `+CMEE` has it (3GPP TS 27.007, 9.1). */
export function cmeError(reason: keyof typeof CME | number): CommandError {
  const number = typeof reason === 'number' ? reason : CME[reason];
  return new CommandError(['ERROR', `+CME ERROR: ${number}`, `+CME ERROR: ${cmeErrors[number] ?? number}`]);
}

/** A final result as a personality writes it; one of `+CME ERROR` is said as `+CMEE` has it. */
export function errorAsWritten(text: string): CommandError {
  const number = /^\+CME ERROR: ?(\d+)$/.exec(text)?.[1];
  return number === undefined ? syntaxError(text) : cmeError(Number(number));
}

/** A command about messages is refused, whose numbers do not depend on `+CMEE` (3GPP TS 27.005, 3.2.5). */
export function cmsError(reason: keyof typeof CMS | number): CommandError {
  const text = `+CMS ERROR: ${typeof reason === 'number' ? reason : CMS[reason]}`;
  return new CommandError([text, text, text]);
}
