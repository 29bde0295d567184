import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cardFiles } from '../../../sim/modem/card-files.ts';
import { joinedStore, type MessageStore, memoryStore, type StoredMessage } from '../../../sim/modem/message-store.ts';

import { quietWorld } from '../host.ts';

const message = (octet: number): StoredMessage => ({ status: 0, smsc: Uint8Array.of(0), tpdu: Uint8Array.of(octet) });

/** What is where, as `index:octet`. */
const contents = (store: MessageStore) => store.entries().map(([index, { tpdu }]) => `${index}:${tpdu[0]}`);

test.each([0, 1, 900])('a store whose first place is %i fills the first free place, to its last', (firstIndex) => {
  const store = memoryStore(3, firstIndex);
  expect([1, 2, 3, 4].map((octet) => store.add(message(octet)))).toEqual([
    firstIndex,
    firstIndex + 1,
    firstIndex + 2,
    undefined,
  ]);
  for (const place of [firstIndex + 1, firstIndex, firstIndex]) store.delete(place);
  expect(store.used).toBe(1);
  expect([5, 6, 7].map((octet) => store.add(message(octet)))).toEqual([firstIndex, firstIndex + 1, undefined]);
  expect(store.get(firstIndex + 2)).toEqual(message(3));
  expect([firstIndex - 1, firstIndex + 3].map((index) => store.get(index))).toEqual([undefined, undefined]);
});

test('an empty place is not updated', () => {
  const store = memoryStore(2);
  store.update(1, message(1));
  expect([store.used, store.entries()]).toEqual([0, []]);
});

/** One thing that is done to a store. */
const doing = fc.oneof(
  fc.record({ add: fc.nat(255) }),
  fc.record({ update: fc.integer({ min: -1, max: 9 }), octet: fc.nat(255) }),
  fc.record({ delete: fc.integer({ min: -1, max: 9 }) }),
);

test('MT is as one store of the places of its parts, whatever is done to it', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1), fc.array(doing, { maxLength: 40 }), (firstIndex, doings) => {
      const parts = [memoryStore(2, firstIndex), memoryStore(0, firstIndex), memoryStore(4, firstIndex)];
      const [joined, one] = [joinedStore(parts), memoryStore(6, firstIndex)];
      for (const what of doings) {
        if ('add' in what) expect(joined.add(message(what.add))).toBe(one.add(message(what.add)));
        else if ('update' in what) for (const store of [joined, one]) store.update(what.update, message(what.octet));
        else for (const store of [joined, one]) store.delete(what.delete);
        expect(contents(joined)).toEqual(contents(one));
        expect([joined.used, joined.capacity, joined.firstIndex]).toEqual([one.used, 6, firstIndex]);
        for (let index = -1; index < 9; index += 1) expect(joined.get(index)).toEqual(one.get(index));
      }
    }),
  );
});

test('a record of EF-SMS says free, unread, read, to be sent and sent (3GPP TS 51.011, 10.5.3)', () => {
  const { world } = quietWorld();
  const modem = world.addModem({ number: '+393330000001', simCapacity: 5 });
  for (const status of [0, 1, 2, 3] as const) modem.store('SM').add({ ...message(1), status });
  const content = cardFiles.get(0x6f3c)?.content;
  const records = content?.structure === 'linear fixed' ? content.records(modem) : [];
  expect(records.map(([status]) => status)).toEqual([0x03, 0x01, 0x07, 0x05, 0x00]);
});
