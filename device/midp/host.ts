import type { AlertType, DisplayableView, DisplayEvent } from './lcdui/view.ts';
import type { PlatformMessage } from './messaging/platform.ts';
import type { Registration } from './messaging/push-registry.ts';
import type { RecordStoreErrorCode, StoredRecords } from './rms/platform.ts';

/** Which exception of the JSRs a refusal of the phone stands for. */
export type HostErrorCode =
  | 'io'
  | 'interrupted-io'
  | 'security'
  | 'illegal-argument'
  | 'class-not-found'
  | RecordStoreErrorCode;

/** What the phone says instead of a result. No exception crosses the boundary. */
export interface HostFailure {
  readonly code: HostErrorCode;
  /** One line for a person. */
  readonly reason: string;
}

/**
 * The functions of the phone that an application's machine may call, and nothing else of it. They are synchronous, take
 * and give data only (octets as Uint8Array), and the phone does not enter the machine while one of them runs.
 */
export interface Host {
  /** Shows a view: at most once a turn, at its end. */
  show(view: DisplayableView): void;
  sound(type: AlertType): void;
  /** The records of a store; an empty store is made with `create`, else `undefined` says that there is none. */
  rmsOpen(name: string, create: boolean): StoredRecords | HostFailure | undefined;
  /** Adds a record under the next id, or replaces one. When it returns, the record survives a power cut. */
  rmsPut(name: string, id: number, data: Uint8Array): HostFailure | undefined;
  rmsDelete(name: string, id: number): HostFailure | undefined;
  /** Erases a store. */
  rmsRemove(name: string): HostFailure | undefined;
  /** The names of the application's stores. */
  rmsList(): readonly string[];
  /** Octets that the application may still store. */
  rmsRoom(): number;
  /** Opens a port and gives the number of messages that wait there; a `message` event comes with each later one. */
  listen(port: number): number | HostFailure;
  closePort(port: number): void;
  /** Takes the oldest message that waits on a port, which the phone then deletes. */
  take(port: number): PlatformMessage | undefined;
  /** SMS that a text or octets take, to a port or not. */
  segments(payload: string | Uint8Array, toPort: boolean): number;
  /** Sends a text or octets; the event `sent` with this id says how that ended. */
  send(
    id: number,
    number: string,
    port: number | undefined,
    payload: string | Uint8Array,
    sourcePort: number | undefined,
  ): HostFailure | undefined;
  /** The registered connections, or only those on which a message waits. */
  connections(available: boolean): readonly string[];
  /** Registers a connection whose messages start a class. */
  register(connection: string, className: string, filter: string): HostFailure | undefined;
  /** Takes back what {@link register} did. @returns whether the connection was registered */
  unregister(connection: string): boolean;
  /** What the suite has registered for a connection. */
  registration(connection: string): Registration | undefined;
  /** Sets the alarm of a class, that of the application without one, or takes it back; gives the one before, ms since 1970. */
  alarm(at: number | undefined, className?: string): number | HostFailure | undefined;
  /** ms since 1970 by the phone's clock */
  now(): number;
  /** Local time less UTC at an instant, ms. */
  offset(at: number): number;
  /** At most 65,536 octets: an application that wants more is closed. */
  random(count: number): Uint8Array;
  /** The event `timer` with this id comes in `delayMs`. An application that has 1,000 of them is closed. */
  timer(id: number, delayMs: number): void;
  clearTimer(id: number): void;
  /** A property of the phone, as `microedition.locale`. */
  property(name: string): string | undefined;
  /** A file of the JAR, by its path. */
  resource(path: string): Uint8Array | undefined;
  /** An attribute of the descriptor. */
  attribute(name: string): string | undefined;
  /** Opens an address after the application has ended, which is said by true, or at once. */
  request(url: string): boolean | HostFailure;
  /** Whether the application has a permission: 1, 0, or -1 when the owner is asked each time. */
  permission(name: string): number;
  /** Asks for one event `serial`, soon. An application that has 1,000 of them to come is closed. */
  serial(): void;
  /** The application has ended by itself. */
  ended(): void;
}

/** What the phone tells a machine. The machine runs until nothing is left to do, promises included. */
export type GuestEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'destroy' }
  /** An action of the user; ignored when another view has replaced that with this id. */
  | { readonly kind: 'ui'; readonly viewId: number; readonly event: DisplayEvent }
  | { readonly kind: 'serial' }
  | { readonly kind: 'timer'; readonly id: number }
  | { readonly kind: 'message'; readonly port: number }
  | { readonly kind: 'sent'; readonly id: number; readonly failure?: HostFailure };

/** Whether the phone refused. */
export function isFailure(result: object | undefined): result is HostFailure {
  return result !== undefined && 'code' in result;
}
