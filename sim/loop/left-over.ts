import { DatabaseSync } from 'node:sqlite';
import type { Violation } from './judge.ts';

/** After everybody had time, no row of the service's file is any of these. */
const LEFT_OVER: Readonly<Record<string, string>> = {
  'a frame for a phone waits':
    "SELECT number || ': ' || message || ' ' || state AS what FROM outbox WHERE ended_at IS NULL",
  'nobody has dealt with a message of a phone':
    "SELECT originator || ': message ' || id AS what FROM inbox WHERE frame IS NOT NULL AND result IS NULL",
  'a question is open': "SELECT purpose || ' ' || ref AS what FROM challenge WHERE state = 'asked'",
  'a change of a PIN is open': "SELECT device_id || ': ' || pcid AS what FROM pin_change WHERE state = 'open'",
  'an order to a rail has not ended':
    "SELECT rail_key || ' ' || state AS what FROM attempt WHERE state NOT IN ('done', 'declined', 'given-up')",
  'a timer has not fired': "SELECT kind || ' ' || subject AS what FROM timer WHERE due < :now",
};

/** A timer fires at least so soon, ms. */
const SOON_MS = 120_000;

/**
 * What the service has left undone in its file.
 * @param database the file, which nobody writes any more. @param now the time of the service's clock, ms since 1970
 */
export function leftOver(database: string, now: number): readonly Violation[] {
  const file = new DatabaseSync(database, { readOnly: true });
  try {
    return Object.entries(LEFT_OVER).flatMap(([text, sql]) => {
      const rows = sql.includes(':now') ? file.prepare(sql).all({ now: now - SOON_MS }) : file.prepare(sql).all();
      return rows.map(({ what }) => ({ rule: 'nothing is left over', text: `${text}: ${what}` }));
    });
  } finally {
    file.close();
  }
}
