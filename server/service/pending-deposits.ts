import type { Amount } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import {
  askForDeposit,
  confirmDeposit,
  type Eyes,
  type PendingDeposit,
  pendingDeposits,
  rejectDeposit,
  sumWith,
} from '../ledger/pending-deposit.ts';
import { type Act, withAct } from '../operators/audit.ts';
import { handOf } from '../operators/hands.ts';
import { personById } from '../people/people.ts';
import type { Store, Tx } from '../store/store.ts';
import type { PersonId } from '../vocabulary/ids.ts';

/** Deposits of which two operators must know: one asks, another one confirms. */
export class PendingDeposits {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Those that wait, oldest first. */
  list(): Promise<PendingDeposit[]> {
    return this.#store.read(pendingDeposits);
  }

  /** What single operators would have given a person today, with this deposit: see {@link sumWith}. @throws ServiceError `conflict` */
  async sumWith(person: PersonId, amount: Amount, reference: string): Promise<number> {
    return this.#store.read((tx) => sumWith(tx, { id: person }, amount, reference, this.#clock.now()));
  }

  /** Writes down a deposit, once a reference. @throws ServiceError `not-found`, `conflict` */
  ask(person: number, amount: Amount, reference: string, act: Act): Promise<PendingDeposit | 'booked'> {
    const work = async (tx: Tx) =>
      askForDeposit(tx, await personById(tx, person), amount, reference, await eyesOf(tx, act), this.#clock.now());
    return this.#write('deposit asked for', work, act, () => `deposit:${person}:${reference}`);
  }

  /** Books a deposit. @throws ServiceError `forbidden` to whom asked for it or is in the same hand, `not-found`, `limit-exceeded` */
  confirm(id: number, act: Act): ReturnType<typeof confirmDeposit> {
    const work = async (tx: Tx) => confirmDeposit(tx, id, await eyesOf(tx, act), this.#clock.now());
    return this.#write('deposit confirmed', work, act, ({ pending }) => subjectOf(pending));
  }

  /** Takes a deposit off the list. @throws ServiceError `not-found`, `conflict` when it was confirmed */
  reject(id: number, act: Act): Promise<PendingDeposit> {
    return this.#write('deposit rejected', (tx) => rejectDeposit(tx, id), act, subjectOf);
  }

  #write<T>(name: string, work: (tx: Tx) => Promise<T>, act: Act, subject: (made: T) => string): Promise<T> {
    return this.#store.transaction(name, withAct(act, this.#clock, work, subject), 'fail');
  }
}

async function eyesOf(tx: Tx, { by: { name } }: Act): Promise<Eyes> {
  return { name, hand: await handOf(tx, name) };
}

function subjectOf({ personId, reference }: PendingDeposit): string {
  return `deposit:${personId}:${reference}`;
}
