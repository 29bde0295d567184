/** What is wrong with octets that claim to be Safe-Mobile's. */
export type SafeMobileErrorCode =
  | 'length'
  | 'version'
  | 'class'
  | 'key'
  | 'box'
  | 'type'
  | 'padding'
  | 'field'
  | 'text'
  | 'signature';

/** Octets that are refused. The message names the place and never holds a key, a PIN or the plaintext. */
export class SafeMobileError extends Error {
  override readonly name = 'SafeMobileError';
  readonly code: SafeMobileErrorCode;

  constructor(code: SafeMobileErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
