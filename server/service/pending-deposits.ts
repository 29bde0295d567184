import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import { type OverLimit, overLimit, sumsWith } from '../ledger/alone.ts';
import {
  askForDeposit,
  confirmDeposit,
  depositAlone,
  lockPending,
  type PendingDeposit,
  pendingDeposits,
  rejectDeposit,
} from '../ledger/pending-deposit.ts';
import type { Limits } from '../limits/limits.ts';
import { type Act, withAct } from '../operators/audit.ts';
import { lastHandOf, requireSecond } from '../operators/hands.ts';
import { lockPerson, personById } from '../people/people.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';
import type { PersonId } from '../vocabulary/ids.ts';

/** Deposits of which two operators must know: one asks, another one confirms. */
export class PendingDeposits {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #limits: Pick<Limits, 'fourEyesAbove'>;

  constructor(store: Store, clock: Clock, limits: Pick<Limits, 'fourEyesAbove'>) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Those that wait, oldest first. */
  list(): Promise<PendingDeposit[]> {
    return this.#store.read(pendingDeposits);
  }

  /** The body of the transaction of a deposit that nobody else confirms. @param operator `undefined`: a program, which has no limit */
  alone(person: number, amount: Amount, reference: string, operator?: string): (tx: Tx) => Promise<boolean> {
    return async (tx) => {
      if (operator === undefined)
        return depositAlone(tx, await personById(tx, person), amount, reference, this.#clock.now(), undefined);
      const found = await lockPerson(tx, person);
      const alone = { hand: await lastHandOf(tx, operator), limit: this.#limits.fourEyesAbove };
      return depositAlone(tx, found, amount, reference, this.#clock.now(), alone);
    };
  }

  /** The limit of what is deposited within a day without a second operator, when this deposit passes it. @throws ServiceError `conflict` */
  async overLimit(
    person: PersonId,
    amount: Amount,
    reference: string,
    operator: string,
  ): Promise<OverLimit | undefined> {
    const work = async (tx: ReadTx) =>
      sumsWith(tx, { id: person }, amount, reference, await lastHandOf(tx, operator), this.#clock.now());
    return overLimit(await this.#store.read(work), this.#limits.fourEyesAbove);
  }

  /** Writes down a deposit, once a reference. @throws ServiceError `not-found`, `conflict` */
  ask(person: number, amount: Amount, reference: string, act: Act): Promise<PendingDeposit | 'booked'> {
    const work = async (tx: Tx) => {
      const asked = { askedBy: act.by.name, askedHand: await lastHandOf(tx, act.by.name) };
      return askForDeposit(tx, await personById(tx, person), amount, reference, asked, this.#clock.now());
    };
    return this.#write('deposit asked for', work, act, () => `deposit:${person}:${reference}`);
  }

  /** Books a deposit. @throws ServiceError `forbidden` to whom asked for it or is in the same hand, `not-found`, `limit-exceeded` */
  confirm(id: number, act: Act): ReturnType<typeof confirmDeposit> {
    const { name } = act.by;
    const work = async (tx: Tx) => {
      const pending = await lockPending(tx, id);
      await requireSecond(tx, pending, name, `this deposit of ${formatAmount(pending.amount)}`);
      return confirmDeposit(tx, pending, name, this.#clock.now());
    };
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

function subjectOf({ personId, reference }: PendingDeposit): string {
  return `deposit:${personId}:${reference}`;
}
