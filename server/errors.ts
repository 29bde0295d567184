/** Why the service did not do what it was asked, in words that a program can compare. */
export type ServiceErrorCode =
  | 'invalid-request'
  | 'unauthorized'
  | 'not-found'
  | 'conflict'
  | 'customer-unreachable'
  | 'limit-exceeded'
  | 'not-possible-now';

/** A request that was refused. `message` is a sentence for the person who asked. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
