/** A task that waits for its time (`java.util.TimerTask`). */
export interface TimerTask {
  /** Takes the task back; harmless once it has run. */
  cancel(): void;
}

/** Time, chance and properties of the phone (`java.lang.System`, `java.util.Timer`, `java.util.TimeZone`). */
export interface System {
  /** Milliseconds since 1970-01-01T00:00:00Z by the phone's clock, which may be wrong. */
  currentTimeMillis(): number;
  /** What local time is ahead of UTC at an instant, in ms. */
  timeZoneOffsetMillis(at: number): number;
  /** Fresh random octets, the caller's to wipe. */
  randomBytes(count: number): Uint8Array;
  /** Runs a task once, `delayMs` from now; never after the application has ended. */
  schedule(delayMs: number, task: () => void): TimerTask;
  /** A property of the phone; `microedition.locale` is `en` or `it-IT` and the like. */
  getProperty(name: string): string | undefined;
}
