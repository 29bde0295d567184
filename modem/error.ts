/** Why a modem cannot be used. */
export type ModemErrorCode =
  /** It does not answer `AT`, or answers everything without saying what it is: the wrong port, or not a modem. */
  | 'not-a-modem'
  | 'no-sim'
  /** The SIM wants a PIN that is not at hand or may not be tried, or a PUK, which is never tried. */
  | 'locked'
  /** It refuses something without which no SMS comes or goes. */
  | 'unsuitable'
  /** The operation needs an open modem, and this one is lost or closed. */
  | 'not-open';

/** A modem that cannot be used. `message` is one line for a person: what happened and what to do. */
export class ModemError extends Error {
  override readonly name = 'ModemError';
  readonly code: ModemErrorCode;

  constructor(code: ModemErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
