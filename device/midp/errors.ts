/** A connection does not work (`java.io.IOException`). */
export class IOException extends Error {
  override readonly name: string = 'IOException';
}

/** A transfer was cut short and nobody knows how far it came (`java.io.InterruptedIOException`). */
export class InterruptedIOException extends IOException {
  override readonly name = 'InterruptedIOException';
}

/** The application has no permission (`java.lang.SecurityException`). */
export class SecurityException extends Error {
  override readonly name = 'SecurityException';
}

/** A call with an argument that makes no sense (`java.lang.IllegalArgumentException`). */
export class IllegalArgumentException extends Error {
  override readonly name = 'IllegalArgumentException';
}
