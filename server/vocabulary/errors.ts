/** Why the service refused a request, as a code for programs. */
export type ServiceErrorCode =
  | 'invalid-request'
  | 'unauthorized'
  | 'forbidden'
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

/** What a thrown value says, for a message or the journal. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
