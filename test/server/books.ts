import type { Currency } from '../../device/safe-mobile/index.ts';
import { type Account, Ledger, type Transfer } from '../../server/ledger/ledger.ts';
import { SqliteStore } from '../../server/store/sqlite-store.ts';
import type { Store, Tx } from '../../server/store/store.ts';
import { VirtualClock } from '../../sim/index.ts';

/** A store that keeps nothing. */
export function memoryStore(clock = new VirtualClock()): SqliteStore {
  return new SqliteStore(':memory:', { clock, hold: (work) => void clock.hold(work) });
}

/** The ledger inside one transaction. */
export function ledgerIn(tx: Tx) {
  const ledger = new Ledger();
  return {
    hold: (transfer: Transfer, at: number) => ledger.hold(tx, transfer, at),
    post: (id: string, at: number) => ledger.post(tx, id, at),
    void: (id: string, at: number) => ledger.void(tx, id, at),
  };
}

/** The ledger as one asks it from outside. */
export function ledgerOf(store: Store) {
  const ledger = new Ledger();
  return {
    balance: (account: Account, currency: Currency) => store.read((tx) => ledger.balance(tx, account, currency)),
    available: (account: Account) => store.read((tx) => ledger.available(tx, account)),
    holdings: (account: Account) => store.read((tx) => ledger.holdings(tx, account)),
    outcome: (id: string) => store.read((tx) => ledger.outcome(tx, id)),
  };
}
