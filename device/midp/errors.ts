/** A connection does not work (`java.io.IOException`). */
export class IOException extends Error {
  override readonly name: string = 'IOException';
}

/** A transfer was interrupted: the message may have been sent or not (`java.io.InterruptedIOException`). */
export class InterruptedIOException extends IOException {
  override readonly name = 'InterruptedIOException';
}

/** The application has no permission (`java.lang.SecurityException`). */
export class SecurityException extends Error {
  override readonly name = 'SecurityException';
}

/** An argument of a call is not valid (`java.lang.IllegalArgumentException`). */
export class IllegalArgumentException extends Error {
  override readonly name = 'IllegalArgumentException';
}
