import type { MidletContext } from '../context.ts';

/** The phone's side of the push registry, for one application. */
export interface PushPlatform {
  /** The application's registered connections, or only those on which a message waits. */
  connections(available: boolean): readonly string[];
  /** Sets the only alarm of a class, or removes it with `undefined`; returns the alarm before, ms since 1970. */
  alarm(at: number | undefined, className?: string): number | undefined;
  register(connection: string, className: string, filter: string): void;
  unregister(connection: string): boolean;
  registration(connection: string): Registration | undefined;
}

/** Which class a message starts, and the senders whose messages do. */
export interface Registration {
  readonly className: string;
  readonly filter: string;
}

/** The messages and the alarm for which the phone starts an application that does not run (JSR-118, `javax.microedition.io.PushRegistry`). */
export const PushRegistry = {
  /** The application's registered connections; with `available` only those on which a message waits. */
  listConnections(context: MidletContext, available: boolean): readonly string[] {
    return context.push.connections(available);
  },

  /**
   * Starts a class at a time (ms since 1970) unless it runs then; `undefined` removes the alarm. Returns the alarm before.
   * @param className of the same suite. Default: that of the application.
   * @throws ClassNotFoundException, IOException when the flash is full
   */
  registerAlarm(context: MidletContext, at: number | undefined, className?: string): number | undefined {
    return context.push.alarm(at, className);
  },

  /**
   * Registers a connection (`sms://:5000`), whose messages start a class from then on, also after the phone was off.
   * @param filter of senders: `*` any characters of the number, `?` one
   * @throws IOException when it is registered, ClassNotFoundException, IllegalArgumentException, SecurityException
   */
  registerConnection(context: MidletContext, connection: string, className: string, filter: string): void {
    context.push.register(connection, className, filter);
  },

  /** Takes back {@link registerConnection}; a connection of the descriptor stays. @returns whether it was registered */
  unregisterConnection(context: MidletContext, connection: string): boolean {
    return context.push.unregister(connection);
  },

  /** The class that messages to a connection of this suite start. */
  getMIDlet(context: MidletContext, connection: string): string | undefined {
    return context.push.registration(connection)?.className;
  },

  /** The filter of a connection of this suite. */
  getFilter(context: MidletContext, connection: string): string | undefined {
    return context.push.registration(connection)?.filter;
  },
} as const;
