import type { ModemIdentity } from './opening/identify.ts';
import type { Registration } from './opening/registration.ts';

/** The state of a modem. After `lost` and `absent` it is opened again, until `close`. */
export type ModemState =
  /** The port is being opened and the modem asked what it is. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'identified'; readonly identity: ModemIdentity }
  /** The SIM is locked; `reason` says by what (PIN, PUK, …). */
  | { readonly kind: 'locked'; readonly reason: string }
  /** Set up, but not in a network that takes messages. */
  | { readonly kind: 'searching'; readonly registration: Registration }
  /** SMS can be sent and received. */
  | { readonly kind: 'ready'; readonly registration: Registration }
  /** Unplugged, hung up or dead. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** After `lost`: the port does not exist (the stick is unplugged). It is tried again now and then. */
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'closed' };

/** A log entry. `text` is for people and has no secret and no content of a message. */
export interface ModemLogEntry {
  readonly kind:
    | 'state'
    | 'unreadable'
    | 'deviation'
    | 'type-0'
    | 'hand-over-failed'
    | 'incomplete'
    | 'full'
    | 'unmatched-report'
    | 'sending'
    | 'setup';
  readonly text: string;
}

/** Takes log entries; must not throw. */
export type ModemLog = (entry: ModemLogEntry) => void;

/** The state in words. */
export function describeState(state: ModemState): string {
  switch (state.kind) {
    case 'identified':
      return `identified: ${[state.identity.manufacturer, state.identity.model].filter(Boolean).join(' ')}`;
    case 'locked':
    case 'lost':
    case 'absent':
      return `${state.kind}: ${state.reason}`;
    case 'searching':
    case 'ready':
      return `${state.kind}: ${state.registration}`;
    default:
      return state.kind;
  }
}
