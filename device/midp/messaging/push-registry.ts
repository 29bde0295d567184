import type { MidletContext } from '../context.ts';

/** The phone's side of the push registry, for one application. */
export interface PushPlatform {
  /** The application's registered connections, or only those on which a message waits. */
  connections(available: boolean): readonly string[];
  /** Sets the only alarm of the application, or removes it with `undefined`; returns the alarm before, ms since 1970. */
  alarm(at: number | undefined): number | undefined;
}

/** The messages and the alarm for which the phone starts an application that does not run (JSR-118, `javax.microedition.io.PushRegistry`). */
export const PushRegistry = {
  /** The application's registered connections; with `available` only those on which a message waits. */
  listConnections(context: MidletContext, available: boolean): readonly string[] {
    return context.push.connections(available);
  },

  /** Starts the application at a time (ms since 1970) unless it runs then; `undefined` removes the alarm. Returns the alarm before. */
  registerAlarm(context: MidletContext, at: number | undefined): number | undefined {
    return context.push.alarm(at);
  },
} as const;
