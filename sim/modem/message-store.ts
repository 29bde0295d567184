/** `<stat>` of a stored message (3GPP TS 27.005, 3.1): received unread, received read, stored unsent, stored sent. */
export type MessageStatus = 0 | 1 | 2 | 3;

/** The words for {@link MessageStatus} in text mode. */
export const STATUS_WORDS: readonly string[] = ['REC UNREAD', 'REC READ', 'STO UNSENT', 'STO SENT'];

/** A message in a store. */
export interface StoredMessage {
  readonly status: MessageStatus;
  /** The service centre's address field, its length octet included; one zero octet when there is none. */
  readonly smsc: Uint8Array;
  readonly tpdu: Uint8Array;
}

/** A place for messages with a limit: `SM` on the SIM, `ME` in the modem. Places are numbered from `firstIndex`. */
export interface MessageStore {
  readonly firstIndex: number;
  readonly capacity: number;
  readonly used: number;
  get(index: number): StoredMessage | undefined;
  /** Puts it into the first free place and says which; `undefined` when the store is full. */
  add(message: StoredMessage): number | undefined;
  /** Replaces what is at `index`, which must be in use. */
  update(index: number, message: StoredMessage): void;
  /** Empties a place; an empty one stays so. */
  delete(index: number): void;
  /** In the order of their places. */
  entries(): readonly (readonly [index: number, message: StoredMessage])[];
}

/** A store in memory. */
export function memoryStore(capacity: number, firstIndex = 1): MessageStore {
  return new MemoryStore(capacity, firstIndex);
}

/** `MT`: several stores seen as one, filled one after the other; the places of each follow those of the one before. */
export function joinedStore(parts: readonly MessageStore[]): MessageStore {
  return new JoinedStore(parts);
}

/** A class and not closures, which take more memory: a world of 10,000 modems has 30,000 stores. */
class MemoryStore implements MessageStore {
  readonly firstIndex: number;
  readonly capacity: number;
  readonly #places: (StoredMessage | undefined)[] = [];
  #used = 0;
  /** No place before this one is free. */
  #maybeFree = 0;

  constructor(capacity: number, firstIndex: number) {
    this.capacity = capacity;
    this.firstIndex = firstIndex;
  }

  get used(): number {
    return this.#used;
  }

  get(index: number): StoredMessage | undefined {
    return this.#places[index - this.firstIndex];
  }

  add(message: StoredMessage): number | undefined {
    if (this.#used >= this.capacity) return undefined;
    while (this.#places[this.#maybeFree] !== undefined) this.#maybeFree += 1;
    this.#places[this.#maybeFree] = message;
    this.#used += 1;
    return this.#maybeFree + this.firstIndex;
  }

  update(index: number, message: StoredMessage): void {
    if (this.get(index) !== undefined) this.#places[index - this.firstIndex] = message;
  }

  delete(index: number): void {
    if (this.get(index) === undefined) return;
    const place = index - this.firstIndex;
    this.#places[place] = undefined;
    this.#used -= 1;
    this.#maybeFree = Math.min(this.#maybeFree, place);
  }

  entries(): readonly (readonly [index: number, message: StoredMessage])[] {
    return this.#places.flatMap((message, place) =>
      message === undefined ? [] : [[place + this.firstIndex, message] as const],
    );
  }
}

class JoinedStore implements MessageStore {
  readonly #parts: readonly MessageStore[];

  constructor(parts: readonly MessageStore[]) {
    this.#parts = parts;
  }

  get firstIndex(): number {
    return this.#parts[0]?.firstIndex ?? 1;
  }

  get capacity(): number {
    return this.#parts.reduce((sum, part) => sum + part.capacity, 0);
  }

  get used(): number {
    return this.#parts.reduce((sum, part) => sum + part.used, 0);
  }

  get(index: number): StoredMessage | undefined {
    const place = this.#locate(index);
    return place?.part.get(place.index);
  }

  add(message: StoredMessage): number | undefined {
    let offset = this.firstIndex;
    for (const part of this.#parts) {
      const index = part.add(message);
      if (index !== undefined) return offset + index - part.firstIndex;
      offset += part.capacity;
    }
    return undefined;
  }

  update(index: number, message: StoredMessage): void {
    const place = this.#locate(index);
    place?.part.update(place.index, message);
  }

  delete(index: number): void {
    const place = this.#locate(index);
    place?.part.delete(place.index);
  }

  entries(): readonly (readonly [index: number, message: StoredMessage])[] {
    let offset = this.firstIndex;
    return this.#parts.flatMap((part) => {
      const first = offset - part.firstIndex;
      offset += part.capacity;
      return part.entries().map(([index, message]) => [first + index, message] as const);
    });
  }

  /** The store that has a place of the whole, and the place's number there. */
  #locate(index: number): { readonly part: MessageStore; readonly index: number } | undefined {
    let within = index - this.firstIndex;
    for (const part of this.#parts) {
      if (within < 0) return undefined;
      if (within < part.capacity) return { part, index: within + part.firstIndex };
      within -= part.capacity;
    }
    return undefined;
  }
}
