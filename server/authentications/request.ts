import { hash } from 'node:crypto';
import { checkText, REQUEST_TEXT_OCTETS, SafeMobileError, sameOctets } from '../../device/safe-mobile/index.ts';
import { randomBelow } from '../../modem/index.ts';
import { deadlineOf } from '../approvals/approvals.ts';
import { type Asker, impatienceOf, standingOf } from '../approvals/asked-in-vain.ts';
import { newRef, openChallengesOf } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import { take } from '../limits/allowance.ts';
import { type Recipient, recipientOf } from '../outgoing/compose.ts';
import { unixTime } from '../outgoing/context.ts';
import { consentStanding } from '../parties/consents.ts';
import { lockRequestsFullAt, type RelyingParty, takeRequest } from '../parties/relying-parties.ts';
import { type Device, lockEnrolledDevice, mayBeAsked } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import type { AuthenticationKind } from '../vocabulary/authentication-states.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import {
  type Authentication,
  authenticationByKey,
  insertAuthentication,
  purposeOf,
  type Wanted,
} from './authentication.ts';
import { giveWay } from './cancel.ts';
import { askForConsent } from './consent.ts';
import { BETWEEN, requestOf } from './message.ts';

/** Octets of UTF-8 that a title on phones may have. With a payment, payee, short name and title share the room of its text. */
const TITLE_OCTETS: Readonly<Record<Exclude<AuthenticationKind, 'payment'>, number>> = { login: 40, sign: 18 };

/** Octets of UTF-8 that a title in full may have. */
const FULL_TITLE_OCTETS = 400;

/** Seconds the person has unless the relying party says. */
const DEFAULT_TTL = 120;

/** What a relying party asks for. */
export type AuthenticationOrder = {
  /** The party's key of this authentication: the same key with the same content is the same authentication. */
  readonly key: string;
  /** E.164 or an alias; perhaps of nobody. */
  readonly who: string;
  /** As the phone shows it. */
  readonly title: string;
  /** Seconds the person has, rounded up to tens. */
  readonly ttl?: number | undefined;
  /** 0 to 9999, where the other screen shows it already. Default: drawn. */
  readonly matchCode?: number | undefined;
} & Wanted;

/** The authentication that a request led to, and whether it was there before. */
export interface RequestedAuthentication {
  readonly authentication: Authentication;
  readonly repeated: boolean;
}

type PartyAsker = Extract<Asker, { kind: 'party' }>;

/** Why no phone is asked, though the relying party may ask: it does not learn that. */
type Silence = 'unreachable' | 'person-busy' | 'customer-said-not-me' | 'too-many-requests' | 'no-consent';

/** What the phone is asked: the request of the party; or whether it may ask at all, while the request waits; or nothing. */
type Asking = 'request' | 'consent' | { readonly silence: Silence };

/**
 * Takes a request of a relying party and asks the person. Where nobody can or may be asked, nothing leaves, and for the
 * relying party all is as with somebody who does not answer: it learns neither who is a customer, nor whose phone is locked or busy.
 * @throws ServiceError `invalid-request`; `conflict` for a known key with another content; `limit-exceeded` when the party may ask nobody now
 */
export async function requestAuthentication(
  tx: Tx,
  context: AskingContext,
  party: RelyingParty,
  order: AuthenticationOrder,
): Promise<RequestedAuthentication> {
  const known = await knownAuthentication(tx, party, order);
  if (known !== undefined) return known;
  checkOrder(party, order);
  const asker: PartyAsker = { kind: 'party', id: party.id };
  await checkStanding(tx, context, asker);
  const device = await lockEnrolledDevice(tx, order.who);
  if (device !== undefined) await giveWay(tx, context, party.id, device.personId, order.key);
  const asking = await askingOf(tx, context, asker, device);
  const created = create(context, party, order, device, asking);
  const deadline = deadlineOf({ time: unixTime(context), ttl: created.ttl });
  const due = asking === 'request' ? undefined : deadline + 1;
  if (!(await insertAuthentication(tx, created, due))) {
    const meanwhile = await knownAuthentication(tx, party, order);
    if (meanwhile === undefined) throw new Error(`key ${order.key} is taken, and has no authentication`);
    return meanwhile;
  }
  if (due !== undefined) context.timers.dueAt(tx, due);
  const { id, partyId, reason } = created;
  await context.journal.record(tx, { kind: 'authentication', id, partyId, to: 'asked', ...(reason && { reason }) });
  const recipient = device && recipientOf(device);
  if (recipient !== undefined) await ask(tx, context, recipient, party, created, asking);
  await takeOfBudget(tx, context, party);
  return { authentication: created, repeated: false };
}

/** @throws ServiceError `conflict` when it is another one */
async function knownAuthentication(
  tx: ReadTx,
  party: RelyingParty,
  order: AuthenticationOrder,
): Promise<RequestedAuthentication | undefined> {
  const known = await authenticationByKey(tx, party.id, order.key);
  if (known === undefined) return undefined;
  if (sameOctets(known.fingerprint, fingerprintOf(order))) return { authentication: known, repeated: true };
  throw new ServiceError('conflict', `key ${order.key} was used for another authentication: use a new one`);
}

function checkOrder(party: RelyingParty, order: AuthenticationOrder): void {
  if (!party.kinds.includes(order.kind))
    throw new ServiceError(
      'forbidden',
      `${party.name} may ask for ${party.kinds.join(' and ')}, not for ${order.kind}`,
    );
  if (order.kind === 'payment') {
    const room = REQUEST_TEXT_OCTETS - octetsIn(`${party.shortName}${BETWEEN}`);
    checkTitle('payee', order.payment.payee, room - 1);
    checkTitle('title', order.title, room - octetsIn(order.payment.payee));
    if (order.payment.amount.minor < 1) throw new ServiceError('invalid-request', 'amount: that is nothing to pay');
    return;
  }
  checkTitle('title', order.title, TITLE_OCTETS[order.kind]);
  if (order.kind === 'sign') checkTitle('fullTitle', order.document.fullTitle, FULL_TITLE_OCTETS);
}

function checkTitle(what: string, title: string, most: number): void {
  try {
    checkText(title);
  } catch (error) {
    if (error instanceof SafeMobileError) throw new ServiceError('invalid-request', `${what}: ${error.message}`);
    throw error;
  }
  const octets = octetsIn(title);
  if (title.trim() === '' || octets > most)
    throw new ServiceError('invalid-request', `${what}: expected 1 to ${most} octets of UTF-8, got ${octets}`);
}

function octetsIn(text: string): number {
  return Buffer.byteLength(text);
}

/** @throws ServiceError `limit-exceeded` */
async function checkStanding(tx: ReadTx, { clock, limits }: AskingContext, asker: Asker): Promise<void> {
  const { open, suspended, fullAt } = await standingOf(tx, asker);
  if (suspended) {
    const why =
      'You may ask nobody: people said that your requests were not theirs, or the operator has stopped you. Ask the operator';
    throw new ServiceError('limit-exceeded', why);
  }
  if (take(limits.inVain, fullAt, clock.now(), open) === undefined)
    throw new ServiceError('limit-exceeded', 'Too many requests that were not confirmed, or not yet: try again later');
}

/** What this phone is asked. */
async function askingOf(
  tx: Tx,
  context: AskingContext,
  asker: PartyAsker,
  device: Device | undefined,
): Promise<Asking> {
  const silence = await silenceAt(tx, context, asker, device);
  if (silence !== undefined || device === undefined) return { silence: silence ?? 'unreachable' };
  const consent = await consentStanding(tx, asker.id, device.personId, context.clock.now());
  if (consent === 'quiet') return { silence: 'no-consent' };
  return consent === 'given' ? 'request' : 'consent';
}

/** Why this phone is not asked, or `undefined` when it may be. */
async function silenceAt(
  tx: ReadTx,
  context: AskingContext,
  asker: PartyAsker,
  device: Device | undefined,
): Promise<Silence | undefined> {
  if (device === undefined || !mayBeAsked(device)) return 'unreachable';
  const impatience = await impatienceOf(tx, context, asker, device.personId);
  if (impatience !== undefined) return impatience;
  return (await openChallengesOf(tx, device.id)) >= context.limits.waitingAtCustomer ? 'person-busy' : undefined;
}

/** Last, because all requests of the party meet here. @throws ServiceError `limit-exceeded`, and nothing of the request is written */
async function takeOfBudget(tx: Tx, { clock }: AskingContext, { id, requestsADay }: RelyingParty): Promise<void> {
  const allowance = { atOnce: requestsADay, everyMs: DAY_MS / requestsADay };
  const fullAt = take(allowance, await lockRequestsFullAt(tx, id), clock.now());
  if (fullAt === undefined)
    throw new ServiceError('limit-exceeded', `Your ${requestsADay} requests a day are used up: try again later`);
  await takeRequest(tx, id, Math.ceil(fullAt));
}

async function ask(
  tx: Tx,
  context: AskingContext,
  recipient: Recipient,
  party: RelyingParty,
  one: Authentication,
  asking: Asking,
): Promise<void> {
  if (asking === 'consent') await askForConsent(tx, context, recipient, party, one);
  if (asking === 'request')
    await context.approvals.ask(tx, recipient, purposeOf(one), requestOf(context, party, one, one.ttl));
}

function create(
  context: AskingContext,
  party: RelyingParty,
  order: AuthenticationOrder,
  device: Device | undefined,
  asking: Asking,
): Authentication {
  const now = context.clock.now();
  return {
    id: newRef(context),
    partyId: party.id,
    key: order.key,
    fingerprint: fingerprintOf(order),
    personId: device?.personId,
    deviceId: asking === 'request' ? device?.id : undefined,
    ...wantedOf(order),
    title: order.title,
    matchCode: order.matchCode ?? randomBelow(context.random, 10_000),
    ttl: Math.ceil((order.ttl ?? DEFAULT_TTL) / 10) * 10,
    state: 'asked',
    reason: reasonOf(asking),
    createdAt: now,
    changedAt: now,
    evidence: undefined,
  };
}

/** Why the person is not asked for it, for the operator alone. */
function reasonOf(asking: Asking): string | undefined {
  if (asking === 'request') return undefined;
  return asking === 'consent' ? 'first-contact' : asking.silence;
}

function wantedOf(order: AuthenticationOrder): Wanted {
  if (order.kind === 'sign') return { kind: order.kind, document: order.document };
  return order.kind === 'payment' ? { kind: order.kind, payment: order.payment } : { kind: order.kind };
}

/** Of the number only this is kept: it may be nobody's here. */
function fingerprintOf(order: AuthenticationOrder): Uint8Array {
  const { who, kind, title, ttl } = order;
  const more = moreOf(order);
  return new Uint8Array(hash('sha256', JSON.stringify([who, kind, title, ttl ?? DEFAULT_TTL, ...more]), 'buffer'));
}

function moreOf(order: AuthenticationOrder): readonly (string | number)[] {
  if (order.kind === 'sign') return [order.document.fullTitle, Buffer.from(order.document.hash).toString('hex')];
  if (order.kind === 'login') return [];
  const { payee, amount } = order.payment;
  return [payee, amount.minor, amount.currency];
}
