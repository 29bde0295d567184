import { SqliteStore } from '../../server/store/sqlite-store.ts';
import type { StoreProbe } from '../../server/store/store.ts';
import { VirtualClock } from '../../sim/index.ts';

/** A store that keeps nothing. */
export function memoryStore(clock: VirtualClock = new VirtualClock(), probe: StoreProbe = {}): SqliteStore {
  return new SqliteStore(':memory:', { clock, hold: (work) => void clock.hold(work), probe });
}
