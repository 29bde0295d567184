import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { PersonId } from '../vocabulary/ids.ts';
import { ALIAS } from '../vocabulary/person-fields.ts';

/** A name that a merchant or relying party may say in the place of a person's number. */
export interface Alias {
  /** As it is shown: capital letters. */
  readonly letters: string;
  readonly personId: PersonId;
  /** ms since 1970. */
  readonly givenAt: number;
}

/**
 * What an alias looks like to somebody who reads it, whether in capital or small letters: `Anna` and `ANNA`, a capital `I` and a small `l`, `rn` and `m`,
 * `vv` and `w` are one. No two people have aliases that look alike, so whoever copies one names the same person.
 */
export function likenessOf(letters: string): string {
  return letters.toLowerCase().replaceAll('i', 'l').replaceAll('rn', 'm').replaceAll('vv', 'w');
}

/**
 * Gives a person an alias in the place of the one before. Each belongs to one person for ever: an alias that was given up names nobody, and only
 * its person gets it again. The person is locked.
 * @param at ms since 1970. @throws ServiceError `invalid-request`; `conflict` when it is, was or looks like that of somebody else
 */
export async function giveAlias(tx: Tx, person: PersonId, letters: string, at: number): Promise<Alias> {
  if (!ALIAS.test(letters)) throw new ServiceError('invalid-request', `alias: expected 1 to 7 letters, got ${letters}`);
  const shown = letters.toUpperCase();
  await endAlias(tx, person, at);
  const given = await tx.run(
    `INSERT INTO alias (likeness, letters, person_id, given_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (likeness) DO UPDATE SET letters = excluded.letters, given_at = excluded.given_at, ended_at = NULL
     WHERE alias.person_id = excluded.person_id`,
    ...[likenessOf(letters), shown, person, at],
  );
  if (given > 0) return { letters: shown, personId: person, givenAt: at };
  throw new ServiceError('conflict', `${shown} is, was or looks like the alias of somebody else: choose another one`);
}

/** The person's alias names nobody any more. @returns whether there was one */
export async function endAlias(tx: Tx, person: PersonId, at: number): Promise<boolean> {
  return (await tx.run('UPDATE alias SET ended_at = ? WHERE person_id = ? AND ended_at IS NULL', at, person)) > 0;
}

/** The alias of a person, or `undefined`. */
export function aliasOf(tx: ReadTx, person: PersonId): Promise<Alias | undefined> {
  const read = (row: Row) => ({
    letters: row.text('letters'),
    personId: person,
    givenAt: row.integer('given_at'),
  });
  return tx.get('SELECT letters, given_at FROM alias WHERE person_id = ? AND ended_at IS NULL', read, person);
}
