import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type PartyId, type PersonId, type Ref, ref } from '../vocabulary/ids.ts';

/** Whether a person lets a relying party ask them: `none` may be asked whether they do; of one who is `quiet` not even that, for now. */
export type ConsentStanding = 'given' | 'quiet' | 'none';

/** A person and a relying party that has asked them, or wanted to. */
export interface Consent {
  readonly partyId: number;
  readonly personId: number;
  /** Since when the party may ask, ms since 1970; `undefined`: it may not. */
  readonly givenAt: number | undefined;
  /** Until when the person is not even asked for it, ms since 1970. */
  readonly quietUntil: number;
  /** The last question for it; `undefined`: none, as before there were such questions. */
  readonly ref: Ref | undefined;
  /** The authentication that waits for the answer; `undefined`: none ever did. */
  readonly authenticationId: string | undefined;
}

/** @param now ms since 1970 */
export async function consentStanding(
  tx: ReadTx,
  party: PartyId,
  person: PersonId,
  now: number,
): Promise<ConsentStanding> {
  const found = await consentOf(tx, party, person);
  if (found?.givenAt !== undefined) return 'given';
  return found !== undefined && now < found.quietUntil ? 'quiet' : 'none';
}

/** What there is between a party and a person, or `undefined` when the party has never asked. */
export function consentOf(tx: ReadTx, party: PartyId, person: PersonId): Promise<Consent | undefined> {
  const sql = 'SELECT * FROM party_consent WHERE party_id = ? AND person_id = ?';
  return tx.get(sql, readConsent, party, person);
}

/** The person is asked for their consent. @param ref of the question. @param until the last answer that counts, ms since 1970 */
export async function noteConsentAsked(
  tx: Tx,
  party: PartyId,
  person: PersonId,
  { ref, authentication, until }: { readonly ref: Ref; readonly authentication: Ref; readonly until: number },
): Promise<void> {
  await tx.run(
    `INSERT INTO party_consent (party_id, person_id, ref, authentication_id, quiet_until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (party_id, person_id) DO UPDATE SET
       ref = excluded.ref, authentication_id = excluded.authentication_id, quiet_until = excluded.quiet_until`,
    ...[party, person, ref, authentication, until],
  );
}

/** What was asked by this question, or `undefined` when another one has followed it. */
export function consentByRef(tx: ReadTx, ref: Ref): Promise<Consent | undefined> {
  return tx.get('SELECT * FROM party_consent WHERE ref = ?', readConsent, ref);
}

/** The question is taken back: the person may be asked again before `until`, its last moment, ms since 1970. A longer quiet stays. */
export async function endWaitForConsent(tx: Tx, ref: Ref, until: number): Promise<void> {
  await tx.run('UPDATE party_consent SET quiet_until = 0 WHERE ref = ? AND quiet_until = ?', ref, until);
}

/** The person consents. @param at ms since 1970 */
export async function giveConsent(tx: Tx, ref: Ref, at: number): Promise<void> {
  await tx.run('UPDATE party_consent SET given_at = ? WHERE ref = ?', at, ref);
}

/** The person refuses, or takes back: they are not asked again before `until`, ms since 1970. @returns whether the party had ever asked */
export async function refuseConsent(tx: Tx, party: number, person: number, until: number): Promise<boolean> {
  const sql = 'UPDATE party_consent SET given_at = NULL, quiet_until = ? WHERE party_id = ? AND person_id = ?';
  return (await tx.run(sql, until, party, person)) > 0;
}

/** A refusal, or a consent that was taken back, holds no longer: the party may ask again at once. @param now ms since 1970 @returns whether one held */
export async function liftRefusal(tx: Tx, party: number, person: number, now: number): Promise<boolean> {
  const sql =
    'UPDATE party_consent SET quiet_until = 0 WHERE party_id = ? AND person_id = ? AND given_at IS NULL AND quiet_until > ?';
  return (await tx.run(sql, party, person, now)) > 0;
}

/** The parties that have asked a person, in the order of their registration. */
export function consentsOf(tx: ReadTx, person: number): Promise<Consent[]> {
  return tx.all('SELECT * FROM party_consent WHERE person_id = ? ORDER BY party_id', readConsent, person);
}

function readConsent(row: Row): Consent {
  return {
    partyId: row.integer('party_id'),
    personId: row.integer('person_id'),
    givenAt: row.optionalInteger('given_at'),
    quietUntil: row.integer('quiet_until'),
    ref: row.optional('ref', (found, column) => ref(found.text(column))),
    authenticationId: row.optionalText('authentication_id'),
  };
}
