import type { LcdPlatform } from './lcdui/view.ts';
import type { MessagingPlatform } from './messaging/platform.ts';
import type { PushPlatform } from './messaging/push-registry.ts';
import type { RecordPlatform } from './rms/platform.ts';
import type { System } from './system.ts';

/**
 * The phone's side of everything in this folder, given to each application by the firmware. Only plain data and
 * callbacks pass through it, so that an application can also run in a virtual machine of its own.
 */
export interface MidletContext {
  readonly lcd: LcdPlatform;
  readonly records: RecordPlatform;
  readonly messaging: MessagingPlatform;
  readonly push: PushPlatform;
  readonly system: System;
  /** A file of the JAR by its path, or `undefined` (JSR-118, `Class.getResourceAsStream`). */
  getResource(path: string): Uint8Array | undefined;
  /** An attribute of the application descriptor, or `undefined`. */
  getAppProperty(key: string): string | undefined;
  /** See `MIDlet.platformRequest`. @throws ConnectionNotFoundException */
  platformRequest(url: string): boolean;
  /** See `MIDlet.checkPermission`. */
  checkPermission(permission: string): number;
  /** The application has ended by itself. */
  notifyDestroyed(): void;
}
