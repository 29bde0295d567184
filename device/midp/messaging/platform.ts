/** A message as phone and application exchange it. */
export interface PlatformMessage {
  /** The other party's number, and its port when the message goes from port to port. */
  readonly number: string;
  readonly port?: number;
  readonly payload:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'binary'; readonly data: Uint8Array };
  /** The timestamp of the service centre, ms since 1970. */
  readonly timestamp: number;
}

/** The phone's side of messaging, for one application. */
export interface MessagingPlatform {
  /**
   * Opens a port for incoming messages. `notify` is called once for each message that waits already or comes later.
   * @throws SecurityException without the permission, IOException when the port is already open
   */
  listen(port: number, notify: () => void): void;
  /** Closes the port; messages that still wait stay in the phone. */
  close(port: number): void;
  /** Takes the oldest waiting message, which the phone then deletes. */
  take(port: number): PlatformMessage | undefined;
  /** SMS that a message takes, to a port or not. */
  segments(payload: PlatformMessage['payload'], toPort: boolean): number;
  /**
   * Sends a message; resolves when the network has taken it.
   * @throws SecurityException without the permission, IOException when it was not sent, InterruptedIOException when
   * that is unknown
   */
  send(message: Omit<PlatformMessage, 'timestamp'>, sourcePort: number | undefined): Promise<void>;
}
