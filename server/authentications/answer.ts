import type { Refusal } from '../../device/safe-mobile/index.ts';
import type { AskingContext } from '../approvals/context.ts';
import type { Asked, Refused } from '../approvals/purpose.ts';
import type { Tx } from '../store/store.ts';
import { lockAuthentication } from './authentication.ts';
import { type End, end } from './step.ts';

// What the person's answer to the request of a relying party leads to.

/** The right PIN came in time. */
export async function authenticationApproved(tx: Tx, context: AskingContext, asked: Asked): Promise<void> {
  await end(tx, context, await lockAuthentication(tx, asked.challenge.ref), { to: 'confirmed' });
}

/** The person refuses, or the phone in their place, or the PIN tries are used up. */
export async function authenticationRefused(
  tx: Tx,
  context: AskingContext,
  asked: Asked,
  { reason }: Refused,
): Promise<void> {
  await end(tx, context, await lockAuthentication(tx, asked.challenge.ref), ENDS[reason]);
}

const ENDS: Readonly<Record<Refused['reason'], End>> = {
  no: { to: 'refused' },
  'not-me': { to: 'not-me', notMe: true },
  expired: { to: 'expired' },
  muted: { to: 'refused', reason: 'muted' },
  unreadable: { to: 'failed', reason: 'unreadable' },
  'wrong-digits': { to: 'failed', reason: 'wrong-digits' },
  'wrong-pin': { to: 'failed', reason: 'wrong-pin' },
  blocked: { to: 'failed', reason: 'blocked' },
};

/** No answer came in time. "Not me" counts also when it is late. */
export async function authenticationExpired(
  tx: Tx,
  context: AskingContext,
  asked: Asked,
  said: Refusal | undefined,
): Promise<void> {
  const one = await lockAuthentication(tx, asked.challenge.ref);
  await end(tx, context, one, { to: 'expired', notMe: said === 'not-me' });
}
