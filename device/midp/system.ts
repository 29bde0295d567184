/** A task that will run later (`java.util.TimerTask`). */
export interface TimerTask {
  /** Cancels the task; says whether it would have run (again). */
  cancel(): boolean;
}

/** Time, random octets and properties of the phone (`java.lang.System`, `java.util.Timer`, `java.util.TimeZone`). */
export interface System {
  /** Milliseconds since 1970-01-01T00:00:00Z by the phone's clock, which may be wrong. */
  currentTimeMillis(): number;
  /** Local time less UTC at an instant, in ms. */
  timeZoneOffsetMillis(at: number): number;
  /** Fresh random octets, which the caller wipes if they are secret. */
  randomBytes(count: number): Uint8Array;
  /**
   * Runs a task `delayMs` from now, and with a period again and again, each time `periodMs` after it began before; never after the
   * application has ended. @throws IllegalArgumentException for a delay below 0, or a period that is not above 0
   */
  schedule(delayMs: number, task: () => void, periodMs?: number): TimerTask;
  /**
   * A property of the phone (CLDC; JSR-118, "System properties"): `microedition.locale` (`en`, `it`), `microedition.platform`,
   * `microedition.encoding`, `microedition.configuration`, `microedition.profiles`. `undefined` for any other.
   */
  getProperty(name: string): string | undefined;
}
