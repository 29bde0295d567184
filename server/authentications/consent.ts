import type { Refusal } from '../../device/safe-mobile/index.ts';
import { deadlineOf } from '../approvals/approvals.ts';
import { noteUnwilling } from '../approvals/asked-in-vain.ts';
import { newRef } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import type { Asked, Refused } from '../approvals/purpose.ts';
import type { Recipient } from '../outgoing/compose.ts';
import { unixTime } from '../outgoing/context.ts';
import { consentByRef, endWaitForConsent, giveConsent, noteConsentAsked, refuseConsent } from '../parties/consents.ts';
import { partyById, type RelyingParty } from '../parties/relying-parties.ts';
import { personById } from '../people/people.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { type PartyId, type PersonId, partyId, personId, refOctets } from '../vocabulary/ids.ts';
import type { Language } from '../vocabulary/person-fields.ts';
import { type Authentication, askedNow, lockAuthentication, purposeOf } from './authentication.ts';
import { requestOf } from './message.ts';

// The first time that a relying party asks a person, they are asked whether it may ask them at all. What it wanted waits for their answer, and
// for the party all is as with somebody who does not answer, until they have said yes.

/** What the phone shows under the name of the party; at most 40 octets. */
const TITLES: Readonly<Record<Language, string>> = {
  en: 'Wants to ask you from now on',
  it: "Vuole chiederti conferme d'ora in poi",
};

/** How long who has refused, or has taken back, is not asked again, ms. */
export const QUIET_MS: number = 30 * DAY_MS;

/** Seconds that a person needs for the request that has waited; with fewer it is not asked any more. */
const LEAST_SECONDS = 20;

/**
 * Asks a person whether a party may ask them: as for a login, so that they type two digits of the party's screen, and a party that is not in front of them gets no
 * consent.
 */
export async function askForConsent(
  tx: Tx,
  context: AskingContext,
  recipient: Recipient,
  party: RelyingParty,
  { id, ttl, matchCode }: Authentication,
): Promise<void> {
  const ref = newRef(context);
  const { language } = await personById(tx, recipient.personId);
  const shown = { challenge: refOctets(ref), relyingParty: party.shortName, title: TITLES[language] };
  const request = { type: 'AUTH_REQUEST', kind: 'login', time: unixTime(context), ttl, matchCode, ...shown } as const;
  await noteConsentAsked(tx, party.id, recipient.personId, { ref, authentication: id, until: deadlineOf(request) });
  await record(tx, context, party.id, recipient.personId, 'asked');
  await context.approvals.ask(tx, recipient, 'consent', request);
}

/** The person consents: what has waited for it is asked now, for the rest of its time. */
export async function consentApproved(tx: Tx, context: AskingContext, { challenge, recipient }: Asked): Promise<void> {
  const consent = await consentByRef(tx, challenge.ref);
  if (consent?.authenticationId === undefined) return;
  await giveConsent(tx, challenge.ref, context.clock.now());
  await record(tx, context, partyId(consent.partyId), recipient.personId, 'given');
  const one = await lockAuthentication(tx, consent.authenticationId);
  const party = await partyById(tx, one.partyId);
  const left = Math.floor(one.createdAt / 1000) + one.ttl - unixTime(context);
  if (one.state !== 'asked' || left < LEAST_SECONDS || party.suspendedAt !== undefined) return;
  await askedNow(tx, one.id, recipient.id);
  await context.approvals.ask(tx, recipient, purposeOf(one), requestOf(context, party, one, left - (left % 10)));
}

/** The person refuses, or the phone in their place, or the tries of digits or PIN are used up. What has waited expires. */
export function consentRefused(tx: Tx, context: AskingContext, asked: Asked, { reason }: Refused): Promise<void> {
  return notConsented(tx, context, asked, reason);
}

/** No answer came in time. "Not me" counts also when it is late. */
export function consentExpired(tx: Tx, context: AskingContext, asked: Asked, said: Refusal | undefined): Promise<void> {
  return notConsented(tx, context, asked, said === 'not-me' ? said : 'expired');
}

/** The party's own allowance is taken of when what has waited expires, as of a number that nobody has. */
async function notConsented(
  tx: Tx,
  context: AskingContext,
  { challenge, recipient }: Asked,
  reason: Refused['reason'],
): Promise<void> {
  const consent = await consentByRef(tx, challenge.ref);
  if (consent === undefined) return;
  const party = partyId(consent.partyId);
  const ended = endOf(reason);
  if (ended === 'refused') await refuseConsent(tx, party, consent.personId, context.clock.now() + QUIET_MS);
  // Whoever mistyped begins anew at once, with the digits of the next request.
  if (ended === 'wrong-digits') await endWaitForConsent(tx, challenge.ref, challenge.deadline);
  await record(tx, context, party, recipient.personId, ended);
  const asker = { kind: 'party', id: party } as const;
  await noteUnwilling(tx, context, asker, personId(consent.personId), reason === 'not-me');
}

function endOf(reason: Refused['reason']): 'refused' | 'wrong-digits' | 'unanswered' {
  if (reason === 'no' || reason === 'not-me') return 'refused';
  return reason === 'wrong-digits' ? reason : 'unanswered';
}

async function record(
  tx: Tx,
  { journal }: AskingContext,
  party: PartyId,
  person: PersonId,
  to: 'asked' | 'given' | ReturnType<typeof endOf>,
): Promise<void> {
  await journal.record(tx, { kind: 'consent', partyId: party, personId: person, to });
}
