import type { Primitives } from '../../device/safe-mobile/index.ts';
import type { Clock, Random } from '../../modem/index.ts';
import type { Journal } from '../journal/journal.ts';
import type { KeyRing } from '../keyring/key-ring.ts';
import type { ServiceKeys } from '../keys/key-file.ts';
import type { Vault } from '../keys/vault.ts';
import type { Limits } from '../limits/limits.ts';
import type { Timers } from '../time/timers.ts';
import type { Outbox } from './outbox.ts';

/** The clock, keys, timers and outbox that the steps with phones use. One for each open service; the database is no part of it. */
export interface Context {
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: Primitives;
  readonly keys: ServiceKeys;
  /** All keys that seal and sign. */
  readonly ring: KeyRing;
  readonly vault: Vault;
  readonly journal: Journal;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly limits: Limits;
}

/** The time as frames carry it, unix seconds. */
export function unixTime(context: Context): number {
  return Math.floor(context.clock.now() / 1000);
}
