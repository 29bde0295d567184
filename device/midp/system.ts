/** A task that will run later (`java.util.TimerTask`). */
export interface TimerTask {
  /** Cancels the task; does nothing when the task has run. */
  cancel(): void;
}

/** Time, random octets and properties of the phone (`java.lang.System`, `java.util.Timer`, `java.util.TimeZone`). */
export interface System {
  /** Milliseconds since 1970-01-01T00:00:00Z by the phone's clock, which may be wrong. */
  currentTimeMillis(): number;
  /** Local time less UTC at an instant, in ms. */
  timeZoneOffsetMillis(at: number): number;
  /** Fresh random octets, which the caller wipes if they are secret. */
  randomBytes(count: number): Uint8Array;
  /** Runs a task once, `delayMs` from now; never after the application has ended. */
  schedule(delayMs: number, task: () => void): TimerTask;
  /** A property of the phone; `microedition.locale` is `en` or `it-IT` and the like. */
  getProperty(name: string): string | undefined;
}
