import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type PersonId, personId } from '../vocabulary/ids.ts';
import { checkName } from '../vocabulary/names.ts';
import { E164, LANGUAGES, type Language } from '../vocabulary/person-fields.ts';

/** A customer, or the owner of a merchant's phone. */
export interface Person {
  readonly id: PersonId;
  /** E.164 with `+`: where requests go, whatever a phone claims to be. */
  readonly number: string;
  readonly name: string;
  readonly language: Language;
  /** ms since 1970. */
  readonly createdAt: number;
}

/** A person as an operator registers them. */
export type NewPerson = Omit<Person, 'id' | 'createdAt'>;

/** Octets of UTF-8 that a person's name may have. */
const PERSON_NAME_OCTETS = 64;

/**
 * @param earlier who was added by an earlier run of this transaction, which was perhaps committed though nobody heard of it
 * @throws ServiceError `invalid-request`; `conflict` when the number belongs to somebody already
 */
export async function addPerson(tx: Tx, person: NewPerson, at: number, earlier: PersonId | undefined): Promise<Person> {
  if (!E164.test(person.number)) {
    throw new ServiceError('invalid-request', `number: expected + and 7 to 15 digits, got ${person.number}`);
  }
  checkName(person.name, PERSON_NAME_OCTETS);
  const id = await tx.insert(
    'INSERT INTO person (number, name, language, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (number) DO NOTHING',
    'id',
    person.number,
    person.name,
    person.language,
    at,
  );
  if (id === undefined) {
    const known = await personByNumber(tx, person.number);
    if (known !== undefined && known.id === earlier) return known;
    throw new ServiceError(
      'conflict',
      `${person.number} is registered already, to person ${known?.id}: each number belongs to one person`,
    );
  }
  return { ...person, id: personId(id), createdAt: at };
}

/** @throws ServiceError `not-found` */
export async function personById(tx: ReadTx, id: number): Promise<Person> {
  return found(id, await tx.get('SELECT * FROM person WHERE id = ?', readPerson, id));
}

/** The person, locked for what is decided by their phones. @throws ServiceError `not-found` */
export async function lockPerson(tx: Tx, id: number): Promise<Person> {
  return found(id, await tx.get('SELECT * FROM person WHERE id = ? FOR UPDATE', readPerson, id));
}

function found(id: number, person: Person | undefined): Person {
  if (person === undefined) throw new ServiceError('not-found', `there is no person ${id}`);
  return person;
}

/** The person whose number it is, or `undefined`. */
export async function personByNumber(tx: ReadTx, number: string): Promise<Person | undefined> {
  return tx.get('SELECT * FROM person WHERE number = ?', readPerson, number);
}

/** People in the order of their registration, from the one after `after` on. @param after the id of a person; 0 for the first */
export async function peopleAfter(tx: ReadTx, after: number, limit: number): Promise<Person[]> {
  return tx.all('SELECT * FROM person WHERE id > ? ORDER BY id LIMIT ?', readPerson, after, limit);
}

function readPerson(row: Row): Person {
  return {
    id: personId(row.integer('id')),
    number: row.text('number'),
    name: row.text('name'),
    language: row.oneOf('language', LANGUAGES),
    createdAt: row.integer('created_at'),
  };
}
