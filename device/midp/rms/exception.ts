import type { RecordStoreErrorCode } from './platform.ts';

/** A record store refused (`javax.microedition.rms.RecordStoreException` and its subclasses). */
export class RecordStoreException extends Error {
  override readonly name = 'RecordStoreException';
  readonly code: RecordStoreErrorCode;

  constructor(code: RecordStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
