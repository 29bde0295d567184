import { type Journal, recordFault } from '../journal/journal.ts';
import type { Store, Tx } from '../store/store.ts';
import { ALARM_ADVICE } from '../vocabulary/alarms.ts';
import { checkLately } from './invariants.ts';

/** Transfers that a start of the service checks at most: a second of work. `cash-server ledger check` looks at all. */
const MOST_CHECKED = 10_000;

/**
 * Checks what ended since the start before, because that is what a crash or a new version may have spoiled. A breach is an alarm in
 * the journal, and the service starts all the same: its customers can pay while somebody finds out.
 */
export async function checkAtStart(store: Store, journal: Journal): Promise<void> {
  try {
    await store.transaction('check of the ledger', async (tx) => {
      const after = (await lockCheckpoint(tx)) ?? 0;
      for (const { culprit, invariant } of await checkLately(tx, { after, most: MOST_CHECKED })) {
        const detail = `the ledger does not keep the rule: ${invariant}. ${ALARM_ADVICE['ledger-breach']}`;
        await journal.record(tx, { kind: 'alarm', alarm: 'ledger-breach', ref: culprit, detail });
      }
      await tx.run('UPDATE ledger_checkpoint SET transfer_end = (SELECT coalesce(max(rowid), 0) FROM transfer_end)');
    });
  } catch (error) {
    await recordFault(store, journal, error);
  }
}

/** Where the latest check has ended, locked: of two services that start at once the second one checks what is left. */
function lockCheckpoint(tx: Tx): Promise<number | undefined> {
  return tx.get('SELECT transfer_end FROM ledger_checkpoint FOR UPDATE', (row) => row.integer('transfer_end'));
}
