/** A connection does not work (`java.io.IOException`). */
export class IOException extends Error {
  override readonly name: string = 'IOException';
}

/** A transfer was interrupted: the message may have been sent or not (`java.io.InterruptedIOException`). */
export class InterruptedIOException extends IOException {
  override readonly name = 'InterruptedIOException';
}

/** There is less to read than is read (`java.io.EOFException`). */
export class EOFException extends IOException {
  override readonly name = 'EOFException';
}

/** Octets are no text of `java.io.DataInput`, or a text has too many of them (`java.io.UTFDataFormatException`). */
export class UTFDataFormatException extends IOException {
  override readonly name = 'UTFDataFormatException';
}

/** The phone does not open such an address (`javax.microedition.io.ConnectionNotFoundException`). */
export class ConnectionNotFoundException extends IOException {
  override readonly name = 'ConnectionNotFoundException';
}

/** The application has no permission (`java.lang.SecurityException`). */
export class SecurityException extends Error {
  override readonly name = 'SecurityException';
}

/** The suite has no such class (`java.lang.ClassNotFoundException`). */
export class ClassNotFoundException extends Error {
  override readonly name = 'ClassNotFoundException';
}

/** An argument of a call is not valid (`java.lang.IllegalArgumentException`). */
export class IllegalArgumentException extends Error {
  override readonly name = 'IllegalArgumentException';
}

/** A call is not allowed now (`java.lang.IllegalStateException`). */
export class IllegalStateException extends Error {
  override readonly name = 'IllegalStateException';
}

/** There is nothing at this index (`java.lang.IndexOutOfBoundsException`). */
export class IndexOutOfBoundsException extends Error {
  override readonly name = 'IndexOutOfBoundsException';
}
