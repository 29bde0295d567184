import { z } from 'zod';
import { hexOf } from '../../device/safe-mobile/index.ts';
import type { RelyingParty } from '../parties/relying-parties.ts';
import type { Tx } from '../store/store.ts';
import { AMR } from '../vocabulary/amr.ts';
import type { Ref } from '../vocabulary/ids.ts';
import type { Authentication } from './authentication.ts';

/** `typ` of the header: what is signed for another use is no evidence (RFC 8725, 3.11). */
export const EVIDENCE_TYP = 'evidence+jwt';

const SECOND_MS = 1_000;

const common = {
  iss: z.string(),
  /** The number of the relying party. */
  aud: z.string(),
  /** By which name this party knows the person, and no other party does. */
  sub: z.string(),
  /** When the evidence was made: when it was asked for first. Unix seconds, as `auth_time`. */
  iat: z.int(),
  /** When the PIN was found right. */
  auth_time: z.int(),
  /** The id of the authentication. */
  jti: z.string(),
  amr: z.array(z.string()),
  /** Of the relying party, in full. */
  name: z.string(),
  /** As the phone showed it. */
  title: z.string(),
  /** The 83 octets which the phone showed and the person signed, base64url. */
  shown: z.string(),
};

/** What the service says of an authentication that was confirmed. Nothing in it comes from the person's key or signature. */
export const EvidenceClaims: z.ZodType<EvidenceClaims> = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('login') }),
  z.strictObject({ ...common, kind: z.literal('sign'), full_title: z.string(), document_hash: z.string() }),
  z.strictObject({ ...common, kind: z.literal('payment'), payee: z.string(), minor: z.int(), currency: z.string() }),
]);

interface Common {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly iat: number;
  readonly auth_time: number;
  readonly jti: string;
  readonly amr: readonly string[];
  readonly name: string;
  readonly title: string;
  readonly shown: string;
}

export type EvidenceClaims = Common &
  (
    | { readonly kind: 'login' }
    /** The document, as the party gave it: the hash in hexadecimal. */
    | { readonly kind: 'sign'; readonly full_title: string; readonly document_hash: string }
    /** The amount in minor units, and ISO 4217 letters. */
    | { readonly kind: 'payment'; readonly payee: string; readonly minor: number; readonly currency: string }
  );

/** Of what evidence is made, beside the authentication. */
interface EvidenceSource {
  readonly issuer: string;
  readonly party: RelyingParty;
  /** By which name the party knows the person. */
  readonly sub: string;
  /** The 83 octets that the phone showed. */
  readonly shown: Uint8Array;
  /** ms since 1970. */
  readonly now: number;
}

/** The claims about an authentication that was confirmed. */
export function evidenceOf(
  one: Authentication,
  { issuer, party, sub, shown, now }: EvidenceSource,
): EvidenceClaims & Readonly<Record<string, unknown>> {
  const { id, title, changedAt } = one;
  return {
    ...{ iss: issuer, aud: String(party.id), sub },
    ...{ iat: Math.floor(now / SECOND_MS), auth_time: Math.floor(changedAt / SECOND_MS), jti: id, amr: AMR },
    ...{ ...wantedOf(one), name: party.name, title, shown: Buffer.from(shown).toString('base64url') },
  };
}

function wantedOf(one: Authentication) {
  switch (one.kind) {
    case 'login':
      return { kind: one.kind };
    case 'sign':
      return { kind: one.kind, full_title: one.document.fullTitle, document_hash: hexOf(one.document.hash) };
    case 'payment':
      return { kind: one.kind, payee: one.payment.payee, ...one.payment.amount };
  }
}

/** Keeps evidence, unless there is some: it is the same octets for ever. @returns what is kept */
export async function keepEvidence(tx: Tx, id: Ref, jws: string): Promise<string> {
  await tx.run('UPDATE authentication SET evidence = ? WHERE id = ? AND evidence IS NULL', jws, id);
  const kept = await tx.get('SELECT evidence FROM authentication WHERE id = ?', (row) => row.text('evidence'), id);
  if (kept === undefined) throw new Error(`there is no authentication ${id}`);
  return kept;
}
