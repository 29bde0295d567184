/** Why a modem cannot be used. */
export type ModemErrorCode =
  /** The port does not answer `AT`, or answers `OK` to everything: the wrong port, or not a modem. */
  | 'not-a-modem'
  /** The port leads to another modem than before, by its IMEI. */
  | 'other-modem'
  | 'no-sim'
  /** The SIM wants a PIN that is not at hand or may not be tried, or a PUK, which is never tried. */
  | 'locked'
  /** The modem refuses something that SMS need (PDU mode). */
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

/** Why a USSD request got no answer. */
export type UssdErrorCode =
  /** The network ended the session without a text, or another user of the modem began one. */
  | 'ended'
  /** The network or the SIM has no such service. */
  | 'not-supported'
  | 'timeout'
  /** Another request waits for its answer. */
  | 'busy'
  /** The text does not fit one USSD string: 182 characters of the default alphabet, 80 of others. */
  | 'too-long';

/** A USSD request without an answer. `message` is one line for a person. */
export class UssdError extends Error {
  override readonly name = 'UssdError';
  readonly code: UssdErrorCode;

  constructor(code: UssdErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
