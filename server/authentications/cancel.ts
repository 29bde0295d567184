import { challengeByRef } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import { recipientById } from '../outgoing/compose.ts';
import { asksByItself, issueReceipt } from '../outgoing/receipts.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { Ref } from '../vocabulary/ids.ts';
import { type Authentication, lockAuthentication, purposeOf, requireAuthentication } from './authentication.ts';
import { end } from './step.ts';

/**
 * The relying party takes its request back. A second time changes nothing.
 * @throws ServiceError `not-found`; `conflict` when it has ended otherwise
 */
export async function cancelAuthentication(tx: Tx, context: AskingContext, id: string): Promise<Authentication> {
  const cancelled = await cancel(tx, context, await requireAuthentication(tx, id), undefined);
  if (cancelled !== undefined) return cancelled;
  const one = await requireAuthentication(tx, id);
  if (one.state === 'cancelled') return one;
  throw new ServiceError('conflict', `authentication ${id} is ${one.state} and cannot be cancelled any more`);
}

/** The person's phone is locked or wiped: a request that it has not answered is cancelled. */
export async function cancelAuthenticationForPhone(tx: Tx, context: AskingContext, id: Ref): Promise<void> {
  await cancel(tx, context, await requireAuthentication(tx, id), 'phone-locked');
}

/** @returns `undefined` when it had ended before: whoever ends the question decides */
async function cancel(
  tx: Tx,
  context: AskingContext,
  one: Authentication,
  reason: 'phone-locked' | undefined,
): Promise<Authentication | undefined> {
  const { id, deviceId } = one;
  if (deviceId === undefined) {
    const locked = await lockAuthentication(tx, id);
    // Meanwhile the person has consented, and is asked.
    if (locked.deviceId !== undefined) return cancel(tx, context, locked, reason);
    return locked.state === 'asked' ? end(tx, context, locked, { to: 'cancelled' }) : undefined;
  }
  const request = await context.approvals.withdraw(tx, { ref: id, purpose: purposeOf(one), deviceId });
  if (request === undefined) return undefined;
  const unsent = request === 'unsent';
  const cancelled = await end(tx, context, one, { to: 'cancelled', reason, unsent });
  if (!unsent) await tellPhone(tx, context, cancelled);
  return cancelled;
}

/** The request is taken from the screen of a phone that has it. */
async function tellPhone(tx: Tx, context: AskingContext, { id, deviceId, createdAt }: Authentication): Promise<void> {
  const recipient = deviceId === undefined ? undefined : await recipientById(tx, deviceId);
  const challenge = await challengeByRef(tx, id);
  if (recipient === undefined || challenge === undefined) return;
  const content = { status: 'cancelled', triesLeft: 0, approvalCode: 0, rail: 'none' } as const;
  const asked = asksByItself(context, createdAt);
  await issueReceipt(tx, context, recipient, id, challenge.request, content, asked);
}
