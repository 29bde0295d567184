import { ServiceError } from '../errors.ts';
import { type PersonId, personId } from '../ids.ts';
import type { Row } from '../store/row.ts';
import type { Store } from '../store/store.ts';
import { LANGUAGES, type Language } from './person-fields.ts';

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

/** @throws ServiceError `conflict` when the number belongs to somebody already */
export function addPerson(store: Store, person: Omit<Person, 'id' | 'createdAt'>, at: number): Person {
  return store.transaction(() => {
    const known = personByNumber(store, person.number);
    if (known !== undefined) {
      throw new ServiceError(
        'conflict',
        `${person.number} is registered already, to person ${known.id}: each number belongs to one person`,
      );
    }
    const id = store.get(
      'INSERT INTO person (number, name, language, created_at) VALUES (?, ?, ?, ?) RETURNING id',
      (row) => personId(row.integer('id')),
      person.number,
      person.name,
      person.language,
      at,
    );
    if (id === undefined) throw new Error('INSERT returned no id');
    return { ...person, id, createdAt: at };
  });
}

/** @throws ServiceError `not-found` */
export function personById(store: Store, id: number): Person {
  const person = store.get('SELECT * FROM person WHERE id = ?', readPerson, id);
  if (person === undefined) throw new ServiceError('not-found', `there is no person ${id}`);
  return person;
}

/** The person whose number it is, or `undefined`. */
export function personByNumber(store: Store, number: string): Person | undefined {
  return store.get('SELECT * FROM person WHERE number = ?', readPerson, number);
}

/** People in the order of their registration, from the one after `after` on. @param after the id of a person; 0 for the first */
export function peopleAfter(store: Store, after: number, limit: number): Person[] {
  return store.all('SELECT * FROM person WHERE id > ? ORDER BY id LIMIT ?', readPerson, after, limit);
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
