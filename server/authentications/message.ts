import type { AskingContext } from '../approvals/context.ts';
import type { Request } from '../approvals/purpose.ts';
import { unixTime } from '../outgoing/context.ts';
import type { RelyingParty } from '../parties/relying-parties.ts';
import { refOctets } from '../vocabulary/ids.ts';
import type { Authentication } from './authentication.ts';
import { signedHash } from './document.ts';

/** Between the short name of the party and the title, in what a phone shows of a payment. */
export const BETWEEN = ': ';

/** A relying party is no merchant: its payments have numbers that no merchant has, so that phones mute the one or the other. */
const FIRST_PARTY_NUMBER = 0x8000_0000;

/** The message that asks a person. @param ttl seconds they have from now on, in tens */
export function requestOf(context: AskingContext, party: RelyingParty, one: Authentication, ttl: number): Request {
  const { id, title, matchCode } = one;
  const common = { time: unixTime(context), ttl, matchCode };
  const { shortName: relyingParty } = party;
  const auth = { type: 'AUTH_REQUEST', ...common, challenge: refOctets(id), relyingParty, title } as const;
  switch (one.kind) {
    case 'login':
      return { ...auth, kind: one.kind };
    case 'sign':
      return { ...auth, kind: one.kind, documentHash: signedHash(party.name, one.document) };
    case 'payment': {
      const reference = `${relyingParty}${BETWEEN}${title}`;
      const merchantId = FIRST_PARTY_NUMBER + party.id;
      return { type: 'PAY_REQUEST', ...common, ...one.payment, txn: refOctets(id), flags: 0, merchantId, reference };
    }
  }
}
