import type { System } from '../midp/index.ts';
import type { Primitives } from '../safe-mobile/index.ts';
import type { Agenda } from './agenda.ts';
import type { DeviceStore } from './device-record.ts';
import type { Link } from './link.ts';
import type { Properties } from './properties.ts';
import type { Screens } from './screens.ts';
import type { ServiceTime } from './service-time.ts';
import type { Texts } from './texts.ts';
import type { Transactions } from './transactions.ts';
import type { Unreadable } from './unreadable.ts';
import type { WakeUp } from './wake-up.ts';

/** What every part of the application works with. */
export interface AppContext {
  readonly system: System;
  readonly properties: Properties;
  readonly primitives: Primitives;
  readonly texts: Texts;
  readonly screens: Screens;
  readonly agenda: Agenda;
  readonly link: Link;
  readonly device: DeviceStore;
  readonly transactions: Transactions;
  readonly unreadable: Unreadable;
  readonly time: ServiceTime;
  readonly wakeUp: WakeUp;
  /** Ends the application. */
  exit(): void;
}
