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

/** An application that is refused. `message` is one line for a person. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
  readonly status: InstallStatus;

  constructor(status: InstallStatus, message: string) {
    super(message);
    this.status = status;
  }
}
