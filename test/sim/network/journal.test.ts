import { expect, test } from 'vitest';
import { Journal } from '../../../sim/network/journal.ts';
import { newFate } from '../../../sim/network/sms.ts';

const [ALICE, BOB] = ['+393330000001', '+393330000002'];
const LIMIT = 100_000;

test('the journal remembers the last 100,000 messages, and the later one of a reference', () => {
  const journal = new Journal();
  const add = (id: number, sender = ALICE, messageReference = 0) => {
    const origin = { sender, messageReference, timestamp: { at: 0, zone: 0 } };
    journal.add({ id, to: BOB, origin, fate: newFate(false) });
  };
  for (let id = 1; id <= LIMIT; id += 1) add(id, `${id}`);
  const known = (sender: string) => journal.find(sender, BOB, 0)?.id;
  expect([known('1'), known('2'), known(`${LIMIT}`)]).toEqual([1, 2, LIMIT]);
  add(LIMIT + 1, '1');
  expect([known('1'), known('2')], 'in the place of an earlier one: nothing is forgotten').toEqual([LIMIT + 1, 2]);
  add(LIMIT + 2, 'new');
  expect([known('1'), known('2'), known('3'), known('new')]).toEqual([LIMIT + 1, undefined, 3, LIMIT + 2]);
  expect([journal.find('3', ALICE, 0), journal.find('3', BOB, 1)]).toEqual([undefined, undefined]);
});
