import { timingSafeEqual } from 'node:crypto';
import { type Amount, formatAmount, hexOf } from '../../device/safe-mobile/index.ts';
import type { Clock, Random } from '../../modem/index.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { ServiceKeys } from '../keys/key-file.ts';
import type { Limits } from '../limits/limits.ts';
import type { Store } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { mayDo, type Role } from '../vocabulary/roles.ts';
import {
  addOperator,
  allOperators,
  type NewOperator,
  type Operator,
  operatorByKeyHash,
  revokeOperator,
  rotateOperatorKey,
} from './operator.ts';

/** Who asks for something, by their key. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
}

/** An operator and the API key, which is not stored. */
export interface KeyOfOperator {
  readonly operator: Operator;
  readonly apiKey: string;
}

/** The operator of the key in a key file, as every key file had one before operators had names. */
const OF_KEY_FILE: Actor = { name: 'admin', role: 'admin' };

const KEY_OCTETS = 32;

interface OperatorsContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Pick<ServiceKeys, 'adminKeyHash'>;
  readonly limits: Pick<Limits, 'fourEyesAbove'>;
}

/** The operators of a service. */
export class Operators {
  readonly #context: OperatorsContext;

  constructor(context: OperatorsContext) {
    this.#context = context;
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

  /** @throws ServiceError `invalid-request`, `conflict` */
  add(wanted: NewOperator): Promise<KeyOfOperator> {
    const { store, clock } = this.#context;
    return this.#withNewKey((keyHash) =>
      store.transaction('operator', (tx) => addOperator(tx, wanted, keyHash, clock.now()), 'fail'),
    );
  }

  /** From now on the operator's key opens nothing. @throws ServiceError `not-found`, `conflict` */
  revoke(name: string): Promise<Operator> {
    const { store, clock } = this.#context;
    return store.transaction('operator revoked', (tx) => revokeOperator(tx, name, clock.now()), 'fail');
  }

  /** Another key for an operator, in the place of the one before. @throws ServiceError `not-found`, `conflict` */
  rotate(name: string): Promise<KeyOfOperator> {
    return this.#withNewKey((keyHash) =>
      this.#context.store.transaction('operator key', (tx) => rotateOperatorKey(tx, name, keyHash), 'fail'),
    );
  }

  /** Refuses a deposit above the limit of one operator alone, except to a treasurer. @throws ServiceError `forbidden` */
  checkDeposit({ name, role }: Actor, amount: Amount): void {
    const { fourEyesAbove } = this.#context.limits;
    if (amount.minor <= fourEyesAbove || mayDo(role, 'treasurer')) return;
    const limit = formatAmount({ ...amount, minor: fourEyesAbove });
    throw new ServiceError(
      'forbidden',
      `${name} has the role ${role}: above ${limit} a deposit needs the role treasurer`,
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
