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
  const places: (StoredMessage | undefined)[] = [];
  let used = 0;
  /** No place before this one is free. */
  let maybeFree = 0;
  return {
    firstIndex,
    capacity,
    get used() {
      return used;
    },
    get: (index) => places[index - firstIndex],
    add(message) {
      if (used >= capacity) return undefined;
      while (places[maybeFree] !== undefined) maybeFree += 1;
      places[maybeFree] = message;
      used += 1;
      return maybeFree + firstIndex;
    },
    update(index, message) {
      if (places[index - firstIndex] !== undefined) places[index - firstIndex] = message;
    },
    delete(index) {
      const place = index - firstIndex;
      if (places[place] === undefined) return;
      places[place] = undefined;
      used -= 1;
      maybeFree = Math.min(maybeFree, place);
    },
    entries: () =>
      places.flatMap((message, place) => (message === undefined ? [] : [[place + firstIndex, message] as const])),
  };
}

/** `MT`: several stores seen as one, filled one after the other; the places of each follow those of the one before. */
export function joinedStore(parts: readonly MessageStore[]): MessageStore {
  const firstIndex = parts[0]?.firstIndex ?? 1;
  const offsets = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.capacity, firstIndex));

  const locate = (index: number): readonly [part: MessageStore, index: number] | undefined => {
    for (const [i, part] of parts.entries()) {
      const within = index - (offsets[i] ?? 0);
      if (within >= 0 && within < part.capacity) return [part, within + part.firstIndex];
    }
    return undefined;
  };
  const joined = (i: number, index: number) => (offsets[i] ?? 0) + index - (parts[i]?.firstIndex ?? 0);

  return {
    firstIndex,
    get capacity() {
      return parts.reduce((sum, part) => sum + part.capacity, 0);
    },
    get used() {
      return parts.reduce((sum, part) => sum + part.used, 0);
    },
    get(index) {
      const place = locate(index);
      return place?.[0].get(place[1]);
    },
    add(message) {
      for (const [i, part] of parts.entries()) {
        const index = part.add(message);
        if (index !== undefined) return joined(i, index);
      }
      return undefined;
    },
    update(index, message) {
      const place = locate(index);
      place?.[0].update(place[1], message);
    },
    delete(index) {
      const place = locate(index);
      place?.[0].delete(place[1]);
    },
    entries: () =>
      parts.flatMap((part, i) => part.entries().map(([index, message]) => [joined(i, index), message] as const)),
  };
}
