import { deadlineOf } from '../approvals/approvals.ts';
import { noteUnwilling } from '../approvals/asked-in-vain.ts';
import { challengeByRef } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import { recipientById } from '../outgoing/compose.ts';
import { asksByItself, issueReceipt } from '../outgoing/receipts.ts';
import { consentOf, endWaitForConsent } from '../parties/consents.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { PartyId, PersonId, Ref } from '../vocabulary/ids.ts';
import {
  type Authentication,
  askedNoMore,
  lockAuthentication,
  openBetween,
  purposeOf,
  requireAuthentication,
} from './authentication.ts';
import { end } from './step.ts';

/** Why it is cancelled, when the relying party has not taken it back. */
type Reason = 'phone-locked' | 'consent-revoked';

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

/**
 * The person does not consent any more, and their devices are locked: the question for the consent is taken from the phone, then `revoke` is done, then what
 * the party has asked them is cancelled. What has waited for the consent expires: the party does not learn why.
 */
export async function cancelWithConsent(
  tx: Tx,
  context: AskingContext,
  party: PartyId,
  person: PersonId,
  revoke: () => Promise<void>,
): Promise<void> {
  const open = await openBetween(tx, party, person);
  for (const one of open) {
    const question = one.deviceId === undefined ? await withdrawQuestion(tx, context, one) : undefined;
    if (question !== undefined) await tellPhone(tx, context, question);
  }
  await revoke();
  for (const one of open) if (one.deviceId !== undefined) await cancel(tx, context, one, 'consent-revoked');
}

/**
 * The party asks the person anew, under another key: its screen shows other digits now, so what it has asked before is taken from the phone, and the
 * question for consent, too. What gives way expires like what nobody is asked: the party does not learn by it whether the person could be asked.
 */
export async function giveWay(
  tx: Tx,
  context: AskingContext,
  party: PartyId,
  person: PersonId,
  key: string,
): Promise<void> {
  for (const one of await openBetween(tx, party, person)) {
    const question = one.key === key ? undefined : await withdrawn(tx, context, one);
    if (question === undefined) continue;
    await noteUnwilling(tx, context, { kind: 'party', id: party }, person, false);
    await tellPhone(tx, context, question);
  }
}

/** Takes from the phone what it was asked for this authentication, which then waits for its end. @returns the question, when its request has left */
async function withdrawn(tx: Tx, context: AskingContext, one: Authentication): Promise<Ref | undefined> {
  const { id, partyId, deviceId, createdAt, ttl } = one;
  if (deviceId === undefined) return withdrawQuestion(tx, context, one);
  const request = await context.approvals.withdraw(tx, { ref: id, purpose: purposeOf(one), deviceId });
  if (request === undefined) return undefined;
  const due = deadlineOf({ time: Math.floor(createdAt / 1000), ttl }) + 1;
  await askedNoMore(tx, id, 'asked-anew', due);
  context.timers.dueAt(tx, due);
  await context.journal.record(tx, { kind: 'authentication', id, partyId, to: 'asked', reason: 'asked-anew' });
  return request === 'sent' ? id : undefined;
}

/** @returns `undefined` when it had ended before: whoever ends the question decides */
async function cancel(
  tx: Tx,
  context: AskingContext,
  one: Authentication,
  reason: Reason | undefined,
): Promise<Authentication | undefined> {
  const { id, deviceId } = one;
  if (deviceId === undefined) return cancelUnasked(tx, context, one, reason);
  const request = await context.approvals.withdraw(tx, { ref: id, purpose: purposeOf(one), deviceId });
  if (request === undefined) {
    const locked = await lockAuthentication(tx, id);
    // Meanwhile the party has asked anew, and this one waits for its end.
    return locked.deviceId === undefined ? cancelUnasked(tx, context, locked, reason) : undefined;
  }
  const unsent = request === 'unsent';
  const cancelled = await end(tx, context, one, { to: 'cancelled', reason, unsent });
  if (!unsent) await tellPhone(tx, context, id);
  return cancelled;
}

/** Of this one the person is not asked, or not yet: when they are asked for their consent first, that question ends, too. */
async function cancelUnasked(
  tx: Tx,
  context: AskingContext,
  one: Authentication,
  reason: Reason | undefined,
): Promise<Authentication | undefined> {
  const question = await withdrawQuestion(tx, context, one);
  const locked = await lockAuthentication(tx, one.id);
  // Meanwhile the person has consented, and is asked.
  if (locked.deviceId !== undefined) return cancel(tx, context, locked, reason);
  if (locked.state !== 'asked') return undefined;
  if (question !== undefined && one.personId !== undefined)
    await noteUnwilling(tx, context, { kind: 'party', id: one.partyId }, one.personId, false);
  const cancelled = await end(tx, context, locked, { to: 'cancelled' });
  if (question !== undefined) await tellPhone(tx, context, question);
  return cancelled;
}

/**
 * Takes back the question for the consent that an authentication waits for: it is no refusal, and the party may ask again at once.
 * @returns the question, when its request has left
 */
async function withdrawQuestion(
  tx: Tx,
  context: AskingContext,
  { id, partyId, personId }: Authentication,
): Promise<Ref | undefined> {
  const consent = personId && (await consentOf(tx, partyId, personId));
  const ref = consent?.authenticationId === id ? consent.ref : undefined;
  const question = ref && (await challengeByRef(tx, ref));
  const request = question && (await context.approvals.withdraw(tx, question));
  if (question === undefined || personId === undefined || request === undefined) return undefined;
  await endWaitForConsent(tx, question.ref, question.deadline);
  await context.journal.record(tx, { kind: 'consent', partyId, personId, to: 'cancelled' });
  return request === 'sent' ? question.ref : undefined;
}

/** A question is taken from the screen of a phone that has it. */
async function tellPhone(tx: Tx, context: AskingContext, ref: Ref): Promise<void> {
  const challenge = await challengeByRef(tx, ref);
  const recipient = challenge && (await recipientById(tx, challenge.deviceId));
  if (recipient === undefined || challenge === undefined) return;
  const content = { status: 'cancelled', triesLeft: 0, approvalCode: 0, rail: 'none' } as const;
  const asked = asksByItself(context, challenge.askedAt);
  await issueReceipt(tx, context, recipient, ref, challenge.request, content, asked);
}
