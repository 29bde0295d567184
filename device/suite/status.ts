/** What an installation ended with, as the server is told (JSR-118, over the air provisioning, table of status codes). */
const STATUS_TEXTS = {
  900: 'Success',
  901: 'Insufficient Memory',
  902: 'User Cancelled',
  903: 'Loss of Service',
  904: 'JAR size mismatch',
  905: 'Attribute Mismatch',
  906: 'Invalid Descriptor',
  907: 'Invalid JAR',
  908: 'Incompatible Configuration or Profile',
  909: 'Application authentication failure',
  910: 'Application authorization failure',
  911: 'Push registration failure',
  912: 'Deletion Notification',
} as const;

/** A status code of JSR-118. */
export type InstallStatus = keyof typeof STATUS_TEXTS;

/** The line that the server is told: `906 Invalid Descriptor`. */
export function statusLine(status: InstallStatus): string {
  return `${status} ${STATUS_TEXTS[status]}`;
}

/** Characters of the longest message. */
const MESSAGE_LIMIT = 300;

/**
 * An application that is refused. `message` is one line for a person: what it quotes of a stranger's file is cut, and has no character that a
 * terminal would obey.
 */
export class InstallError extends Error {
  override readonly name = 'InstallError';
  readonly status: InstallStatus;

  constructor(status: InstallStatus, message: string) {
    super(message.slice(0, MESSAGE_LIMIT).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?'));
    this.status = status;
  }
}
