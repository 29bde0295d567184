import { DatabaseSync } from 'node:sqlite';
import type { Air } from './air.ts';
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

/** No row is ever any of these. */
const NEVER: Readonly<Record<string, string>> = {
  'a change of a PIN has ended and is open':
    "SELECT device_id || ': ' || pcid AS what FROM pin_change WHERE state = 'open' AND former_key IS NOT NULL",
  'a change of a PIN has ended and keeps its messages':
    "SELECT device_id || ': ' || pcid AS what FROM pin_change WHERE state <> 'open' AND (new_key IS NOT NULL OR proof IS NOT NULL)",
  'a phone has two open changes of its PIN':
    "SELECT device_id AS what FROM pin_change WHERE state = 'open' GROUP BY device_id HAVING count(*) > 1",
};

/** The service keeps what came for ten days, ms. */
const KEPT_MS = 9 * 86_400_000;

/** A timer fires at least so soon, ms. */
const SOON_MS = 120_000;

/**
 * What the service has left undone in its file.
 * @param database the file, which nobody writes any more. @param now the time of the service's clock, ms since 1970
 */
export function leftOver(database: string, now: number): readonly Violation[] {
  return read(database, (file) => rowsOf(file, LEFT_OVER, 'nothing is left over', now));
}

/**
 * What is wrong in the service's file at any time.
 * @param database the file, which the service may have open
 */
export function neverIn(database: string): readonly Violation[] {
  return read(database, (file) => rowsOf(file, NEVER, 'the file is never so'));
}

/**
 * What the service's file says of messages, and the network knows better: each frame that was acknowledged is on disk, and each that is called
 * sent was accepted.
 * @param database the file, after everybody had time. @param now the time of the service's clock, ms since 1970
 */
export function lostOnTheWay(
  database: string,
  now: number,
  air: Pick<Air, 'came' | 'accepted' | 'spoilt'>,
): readonly Violation[] {
  const rule = 'no message is lost at the service';
  return read(database, (file) => {
    const known = new Set(
      file
        .prepare('SELECT lower(hex(digest)) AS digest FROM inbox')
        .all()
        .map(({ digest }) => digest),
    );
    const lost = [...air.came]
      .filter(([digest, { from, at }]) => !known.has(digest) && !air.spoilt.has(from) && at > now - KEPT_MS)
      .map(([, { from, at }]) => ({ rule, text: `from ${from}, ${new Date(at).toISOString()}`, customer: from }));
    const sent = file
      .prepare("SELECT number, count(*) AS frames FROM outbox WHERE state = 'sent' GROUP BY number")
      .all();
    const unsent = sent.flatMap(({ number, frames }) => {
      const accepted = air.accepted.get(String(number)) ?? 0;
      const text = `${frames} to ${number} are called sent, and the network has accepted ${accepted}`;
      return Number(frames) > accepted ? [{ rule, text, customer: String(number) }] : [];
    });
    return [...lost, ...unsent];
  });
}

function rowsOf(
  file: DatabaseSync,
  statements: Readonly<Record<string, string>>,
  rule: string,
  now = 0,
): readonly Violation[] {
  return Object.entries(statements).flatMap(([text, sql]) => {
    const rows = sql.includes(':now') ? file.prepare(sql).all({ now: now - SOON_MS }) : file.prepare(sql).all();
    return rows.map(({ what }) => ({ rule, text: `${text}: ${what}` }));
  });
}

function read<T>(database: string, look: (file: DatabaseSync) => T): T {
  const file = new DatabaseSync(database, { readOnly: true });
  try {
    return look(file);
  } finally {
    file.close();
  }
}
