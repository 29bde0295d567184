import type { Clock } from '../../modem/index.ts';
import type { Journal } from '../journal/journal.ts';
import { type Act, withAct } from '../operators/audit.ts';
import { aliasOf, endAlias, giveAlias } from '../people/aliases.ts';
import { lockPerson } from '../people/people.ts';
import type { Store, Tx } from '../store/store.ts';
import type { PersonId } from '../vocabulary/ids.ts';

interface AliasesContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** The aliases of people: names in the place of their numbers. */
export class Aliases {
  readonly #context: AliasesContext;

  constructor(context: AliasesContext) {
    this.#context = context;
  }

  /** The letters of a person's alias, or `undefined`. */
  async of(person: PersonId): Promise<string | undefined> {
    return (await this.#context.store.read((tx) => aliasOf(tx, person)))?.letters;
  }

  /**
   * Gives a person this alias, or takes away the one that they have.
   * @throws ServiceError `not-found`, `invalid-request`; `conflict` when it is, was or looks like that of somebody else
   */
  set(person: number, letters: string | undefined, act?: Act): Promise<void> {
    const { store, clock, journal } = this.#context;
    const work = async (tx: Tx) => {
      const { id } = await lockPerson(tx, person);
      const present = (await aliasOf(tx, id))?.letters;
      if (present === letters?.toUpperCase()) return;
      const now = clock.now();
      if (letters === undefined) await endAlias(tx, id, now);
      else await giveAlias(tx, id, letters, now);
      await journal.record(tx, { kind: 'alias', personId: id, alias: letters?.toUpperCase() ?? null });
    };
    return store.transaction(
      'alias',
      withAct(act, clock, work, () => `person:${person}`),
      'fail',
    );
  }
}
