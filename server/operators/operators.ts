import { timingSafeEqual } from 'node:crypto';
import { type Currency, formatAmount, hexOf } from '../../device/safe-mobile/index.ts';
import type { Clock, Random } from '../../modem/index.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { ServiceKeys } from '../keys/key-file.ts';
import type { Store, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { mayDo } from '../vocabulary/roles.ts';
import { type Act, isRecorded, recordAct, withAct } from './audit.ts';
import { changeKeyOf, changeOwnKey, confirmOperator, requireOwnHand } from './hands.ts';
import {
  type Actor,
  addOperator,
  allOperators,
  type NewOperator,
  type Operator,
  operatorByKeyHash,
  revokeOperator,
} from './operator.ts';
import { Refusals } from './refusals.ts';

/** An operator and the API key, which is not stored. */
export interface KeyOfOperator {
  readonly operator: Operator;
  readonly apiKey: string;
}

/** The operator of the key in a key file, as every key file had one before operators had names. */
const OF_KEY_FILE: Actor = { name: 'admin', role: 'admin' };

/** Whoever has the machine, with the key file and the database: the name is none of an operator. */
export const AT_MACHINE: Actor = { name: '(machine)', role: 'admin' };

const KEY_OCTETS = 32;

/** Of the name of a request, by which its row is found. */
const ACT_OCTETS = 16;

interface OperatorsContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Pick<ServiceKeys, 'adminKeyHash'>;
}

/** The operators of a service. */
export class Operators {
  readonly #context: OperatorsContext;
  readonly #refusals: Refusals;

  constructor(context: OperatorsContext) {
    this.#context = context;
    this.#refusals = new Refusals(context.clock, (act, subject, outcome) =>
      this.record(this.actOf(act), subject, outcome),
    );
  }

  /** The operator whose API key it is and who is not revoked, or `undefined`. */
  async byKey(apiKey: string): Promise<Actor | undefined> {
    const { store, keys } = this.#context;
    const keyHash = hashApiKey(apiKey);
    if (keys.adminKeyHash !== undefined && timingSafeEqual(keyHash, keys.adminKeyHash)) return OF_KEY_FILE;
    const operator = await store.read((tx) => operatorByKeyHash(tx, keyHash));
    return operator?.revokedAt === undefined ? operator : undefined;
  }

  /** All operators of the database, oldest first. */
  list(): Promise<Operator[]> {
    return this.#context.store.read(allOperators);
  }

  /** @throws ServiceError `invalid-request`, `conflict`; `forbidden` to whom nobody has confirmed */
  add(wanted: NewOperator, act?: Act): Promise<KeyOfOperator> {
    const { clock } = this.#context;
    const by = act?.by.name;
    return this.#withNewKey((keyHash) => {
      const work = async (tx: Tx) => {
        if (by !== undefined) await requireOwnHand(tx, by);
        return addOperator(tx, wanted, keyHash, clock.now(), by);
      };
      return this.#write('operator', work, act);
    });
  }

  /** An operator knows that another one has a key of their own: see {@link confirmOperator}. @throws ServiceError */
  confirm(name: string, fingerprint: string, act: Act): Promise<Operator> {
    const work = (tx: Tx) => confirmOperator(tx, name, fingerprint, act.by.name, this.#context.clock.now());
    return this.#write('operator confirmed', work, act);
  }

  /** From now on the operator's key opens nothing. @throws ServiceError `not-found`, `conflict` */
  revoke(name: string, act?: Act): Promise<Operator> {
    return this.#write('operator revoked', (tx) => revokeOperator(tx, name, this.#context.clock.now()), act);
  }

  /** Another key for an operator, in the place of the one before. @throws ServiceError `not-found`, `conflict` */
  rotate(name: string, act?: Act): Promise<KeyOfOperator> {
    const by = act?.by.name;
    const work = (keyHash: Uint8Array) => (tx: Tx) => {
      if (by !== undefined && by !== name) return changeKeyOf(tx, name, keyHash, by);
      return changeOwnKey(tx, name, keyHash, this.#context.clock.now());
    };
    return this.#withNewKey((keyHash) => this.#write('operator key', work(keyHash), act));
  }

  /**
   * Whether another operator has to confirm a deposit of this one.
   * @param over the limit that it passes; `undefined`: none
   * @throws ServiceError `forbidden` above the limit of one operator alone, except to a treasurer
   */
  needsFourEyes(
    { name, role }: Actor,
    currency: Currency,
    over: { readonly limit: number; readonly of: string } | undefined,
  ): boolean {
    if (over === undefined) return false;
    if (mayDo(role, 'treasurer')) return true;
    const limit = formatAmount({ currency, minor: over.limit });
    throw new ServiceError(
      'forbidden',
      `${name} has the role ${role}: above ${limit} ${over.of}, all currencies together, a deposit needs the role treasurer`,
    );
  }

  /** What an operator asks for now, for the audit log. */
  actOf(request: Omit<Act, 'id'>): Act {
    return { id: hexOf(this.#context.random.bytes(ACT_OCTETS)), ...request };
  }

  /** Writes down that an operator was refused something, the first times in an hour: see {@link Refusals}. @param subject the pattern of its path */
  noteRefusal(act: Act, subject: string, outcome: string): Promise<void> {
    return this.#refusals.note(act, outcome, () => this.record(act, subject, outcome));
  }

  /** Before the end: writes down what was refused and only counted. */
  close(): Promise<void> {
    return this.#refusals.close();
  }

  /** Writes down what an operator asked for, unless the transaction that did it has. @param subject the pattern of its path */
  async record(act: Act, subject: string, outcome: string): Promise<void> {
    const { store, clock } = this.#context;
    if (await store.read((tx) => isRecorded(tx, act))) return;
    await store.transaction('audit', (tx) => recordAct(tx, act, subject, outcome, clock.now()), 'fail');
  }

  #write(name: string, work: (tx: Tx) => Promise<Operator>, act: Act | undefined): Promise<Operator> {
    const { store, clock } = this.#context;
    return store.transaction(
      name,
      withAct(act, clock, work, (operator) => `operator:${operator.name}`),
      'fail',
    );
  }

  /** The key is drawn before the transaction, which may run twice. */
  async #withNewKey(write: (keyHash: Uint8Array) => Promise<Operator>): Promise<KeyOfOperator> {
    const apiKey = newOperatorKey(this.#context.random);
    return { operator: await write(hashApiKey(apiKey)), apiKey };
  }
}

/** The API key of an operator: 256 random bits. */
export function newOperatorKey(random: Random): string {
  return `cm_operator_${hexOf(random.bytes(KEY_OCTETS))}`;
}
