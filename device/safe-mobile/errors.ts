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

/** What a task gives, or `undefined` when it refuses its octets with a {@link SafeMobileError}. @throws every other error */
export function ifAccepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SafeMobileError) return undefined;
    throw error;
  }
}
