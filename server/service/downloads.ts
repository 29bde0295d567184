import { type Downloadable, descriptorOf, jarOf } from '../enrolment/descriptor.ts';
import type { Store } from '../store/store.ts';

/** What phones download at the link of an activation, as long as it lasts, and while the phone is active. */
export class Downloads {
  readonly #store: Store;
  readonly #offered: Downloadable;

  constructor(store: Store, offered: Downloadable) {
    this.#store = store;
    this.#offered = offered;
  }

  /** The application descriptor (JAD) of a phone. @throws ServiceError `not-found` */
  descriptor(linkToken: string): Promise<string> {
    return this.#store.read((tx) => descriptorOf(tx, this.#offered, linkToken));
  }

  /** The application (JAR) that the descriptor names. @throws ServiceError `not-found` */
  jar(linkToken: string): Promise<Uint8Array> {
    return this.#store.read((tx) => jarOf(tx, this.#offered, linkToken));
  }
}
