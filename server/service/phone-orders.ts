import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import { type Act, withAct } from '../operators/audit.ts';
import { orderPhone } from '../orders/orders.ts';
import { latestOrder, type PhoneOrder } from '../outgoing/phone-order.ts';
import type { PaymentContext } from '../payments/context.ts';
import type { Store, Tx } from '../store/store.ts';
import type { DeviceId } from '../vocabulary/ids.ts';

/** Orders to phones: lock, unlock, wipe. */
export class PhoneOrders {
  readonly #store: Store;
  readonly #context: PaymentContext;

  constructor(store: Store, context: PaymentContext) {
    this.#store = store;
    this.#context = context;
  }

  /**
   * Orders the phone of a person. For the service it counts at once; the SMS tells the phone, also when it next says something and has not
   * confirmed. @param wanted which phone, where the person has had several. @returns `undefined` when only an activation has ended
   * @throws ServiceError `not-found`; `conflict`, as {@link orderPhone}
   */
  give(person: number, command: AdminCommand, act?: Act, wanted?: number): Promise<PhoneOrder | undefined> {
    const work = (tx: Tx) => orderPhone(tx, this.#context, person, command, wanted);
    const subject = (given: PhoneOrder | undefined) =>
      given === undefined ? `person:${person}` : `person:${person} device:${given.deviceId}`;
    return this.#store.transaction('order', withAct(act, this.#context.clock, work, subject), 'fail');
  }

  /** The latest order to a phone, or `undefined`. */
  latest(device: DeviceId): Promise<PhoneOrder | undefined> {
    return this.#store.read((tx) => latestOrder(tx, device));
  }
}
