/** A message as it crosses between phone and application. */
export interface PlatformMessage {
  /** The other party's number, and its port when the message goes from port to port. */
  readonly number: string;
  readonly port?: number;
  readonly payload:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'binary'; readonly data: Uint8Array };
  /** When the service centre took it, ms since 1970. */
  readonly timestamp: number;
}

/** The phone's side of messaging, for one application. */
export interface MessagingPlatform {
  /**
   * Opens a port for incoming messages. `notify` is called once for each message that waits or comes.
   * @throws SecurityException without the permission, IOException when the port is already open
   */
  listen(port: number, notify: () => void): void;
  /** Closes the port; messages that still wait stay in the phone. */
  close(port: number): void;
  /** Takes the oldest waiting message, which the phone then deletes. */
  take(port: number): PlatformMessage | undefined;
  /**
   * Hands a message to the network and resolves when it was taken.
   * @throws SecurityException without the permission, IOException when it was not taken, InterruptedIOException when
   * nobody knows whether it was
   */
  send(message: Omit<PlatformMessage, 'timestamp'>, sourcePort: number | undefined): Promise<void>;
}
