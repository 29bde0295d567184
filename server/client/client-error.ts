import type { ProblemCode } from '../vocabulary/problem-codes.ts';

/**
 * Why a call failed: the code of the service's problem (RFC 9457), or what the client found itself. `unreachable`: nobody answers;
 * `timeout`: no answer in time; `distrusted`: the certificate is not accepted; `not-the-service`: somebody else answers.
 * After `unreachable` and `timeout` it is not known whether the service did it: the same key again is safe.
 */
export type ClientErrorCode = ProblemCode | 'unreachable' | 'timeout' | 'distrusted' | 'not-the-service';

/** A call of the client that failed. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  /** Of the answer; `undefined`: there was none. */
  readonly status: number | undefined;
  /** The payment that the service wrote down as rejected. */
  readonly txn: string | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    more: { readonly status?: number; readonly txn?: string | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.status = more.status;
    this.txn = more.txn;
  }
}
