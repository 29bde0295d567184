import { noteInVain, noteNobodyAsked } from '../approvals/asked-in-vain.ts';
import type { AskingContext } from '../approvals/context.ts';
import type { Tx } from '../store/store.ts';
import type { AuthenticationState } from '../vocabulary/authentication-states.ts';
import type { Authentication } from './authentication.ts';

/** How an authentication ends. */
export interface End {
  readonly to: Exclude<AuthenticationState, 'asked'>;
  readonly reason?: string | undefined;
  /** The person said "not me", also when that came too late. */
  readonly notMe?: boolean;
  /** The request had not left: it cost nobody anything. */
  readonly unsent?: boolean;
}

/**
 * The one place where the state of an authentication changes: from `asked` to its end. What was not confirmed counts against the relying party,
 * whether somebody was asked or not.
 * @throws Error when it had ended before: whoever ends its question, or has it locked, decides
 */
export async function end(tx: Tx, context: AskingContext, one: Authentication, ended: End): Promise<Authentication> {
  const { id, partyId, personId, deviceId } = one;
  const changedAt = context.clock.now();
  const { to, reason } = ended;
  const changed = await tx.run(
    "UPDATE authentication SET state = ?, reason = ?, changed_at = ?, due = NULL WHERE id = ? AND state = 'asked'",
    ...[to, reason ?? null, changedAt, id],
  );
  if (changed === 0) throw new Error(`authentication ${id} had ended before`);
  await context.journal.record(tx, {
    ...{ kind: 'authentication', id, partyId, from: 'asked', to },
    ...(reason !== undefined && { reason }),
  });
  const party = { kind: 'party', id: partyId } as const;
  if (to !== 'confirmed' && ended.unsent !== true) {
    if (deviceId === undefined || personId === undefined) await noteNobodyAsked(tx, context, party);
    else await noteInVain(tx, context, party, personId, ended.notMe === true);
  }
  return { ...one, state: to, reason, changedAt };
}
