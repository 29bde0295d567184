import { beforeEach, describe, expect, test } from 'vitest';
import type { Deliver } from '../../../modem/index.ts';
import { type Holding, PendingMessages, type UnreadableRecord } from '../../../modem/receiving/pending.ts';

const TAKEN_AT = Date.UTC(2010, 2, 1, 9);
const HOUR_MS = 3_600_000;

interface Which {
  readonly from?: string;
  readonly reference?: number;
  readonly total?: number;
  readonly sequence?: number;
  readonly takenAt?: number;
}

/** One part of a long message. */
function part({ from = '393331234567', reference = 7, total = 2, sequence = 1, takenAt = TAKEN_AT }: Which): Deliver {
  return {
    type: 'DELIVER',
    originator: { type: 'international', plan: 'isdn', value: from },
    timestamp: { at: takenAt, zone: 0 },
    dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
    userData: {
      kind: 'text',
      header: [{ kind: 'concatenation', width: 8, reference, total, sequence }],
      text: `part ${sequence}`,
    },
  };
}

const held = (index: number, memory = 'SM', pdu = `${memory} ${index}`): Holding => ({ place: { memory, index }, pdu });
const unreadable = (holding: Holding): UnreadableRecord => ({
  kind: 'unreadable',
  pdu: holding.pdu,
  reason: 'cut',
  holdings: [holding],
  partKeys: [],
});

let pending: PendingMessages;
beforeEach(() => {
  pending = new PendingMessages();
});

/** Keeps a part at a place, and adds it. */
function add(which: Which, holding: Holding) {
  pending.keep(holding);
  return pending.add(part(which), holding.pdu, holding, 0);
}

describe('what is known of a place', () => {
  test.each([
    ['the same PDU at the same place', held(1, 'SM', 'A'), 'kept'],
    ['the same PDU in another memory: one store under two names', held(4, 'ME', 'A'), 'kept'],
    ['the same PDU at another place of that memory: a second message', held(2, 'SM', 'A'), 'new'],
    ['another PDU at the same place', held(1, 'SM', 'B'), 'new'],
  ])('%s', (_what, holding, known) => {
    pending.keep(held(1, 'SM', 'A'));
    expect(pending.knows(holding)).toBe(known);
  });

  test('what was handed over is known as such, until the place is empty', () => {
    pending.keep(held(1));
    pending.release(unreadable(held(1)));
    expect(pending.knows(held(1))).toBe('handed-over');
    pending.forget(held(1).place);
    expect(pending.knows(held(1))).toBe('new');
  });

  test('nothing is handed over of a place where something else lies', () => {
    pending.keep(held(1, 'SM', 'A'));
    expect(pending.markHandedOver(held(1, 'SM', 'B'))).toBe(false);
    expect(pending.markHandedOver(held(2, 'SM', 'A'))).toBe(false);
    expect(pending.knows(held(1, 'SM', 'A'))).toBe('kept');
    expect(pending.markHandedOver(held(1, 'SM', 'A'))).toBe(true);
  });

  test('2,000 places are remembered; one more, and the oldest is forgotten', () => {
    for (let index = 0; index < 2_000; index += 1) pending.keep(held(index));
    expect(pending.knows(held(0))).toBe('kept');
    pending.keep(held(0));
    pending.keep(held(2_000));
    expect([0, 1, 2].map((index) => pending.knows(held(index)))).toEqual(['kept', 'new', 'kept']);
  });

  test.each([
    ['the place itself', held(1, 'SM', 'B'), true],
    ['the same PDU in another memory', held(9, 'ME', 'A'), true],
    ['the same PDU at another place of that memory', held(2, 'SM', 'A'), false],
    ['another PDU in another memory', held(1, 'ME', 'B'), false],
  ])('a place emptied since the list was begun: %s', (_what, holding, isEmptied) => {
    pending.keep(held(1, 'SM', 'A'));
    pending.forget({ memory: 'SM', index: 1 });
    expect(pending.wasEmptied(holding)).toBe(isEmptied);
    pending.beginList();
    expect(pending.wasEmptied(holding)).toBe(false);
  });
});

describe('offers that were refused', () => {
  test('are given once', () => {
    pending.refuse(unreadable(held(1)));
    expect(pending.hasRefused).toBe(true);
    expect(pending.takeRefused()).toHaveLength(1);
    expect(pending.hasRefused).toBe(false);
    expect(pending.takeRefused()).toEqual([]);
  });

  test('256 are kept; one more, and the place of the oldest is read anew by the next sweep', () => {
    for (let index = 0; index <= 256; index += 1) {
      pending.keep(held(index));
      if (index === 256) expect(pending.knows(held(0))).toBe('kept');
      pending.refuse(unreadable(held(index)));
    }
    expect([pending.knows(held(0)), pending.knows(held(1))]).toEqual(['new', 'kept']);
    expect(pending.takeRefused().map(({ holdings }) => holdings[0]?.place.index)).toEqual(
      Array.from({ length: 256 }, (_, index) => index + 1),
    );
  });
});

describe('parts', () => {
  test.each<[what: string, which: Which, isDuplicate: boolean]>([
    ['the same', {}, true],
    ['the other part', { sequence: 2 }, true],
    ['another sender', { from: '393331234568' }, false],
    ['another reference', { reference: 8 }, false],
    ['another total', { total: 3 }, false],
    ['another time', { takenAt: TAKEN_AT + 1_000 }, false],
    ['a part that never came', { total: 3, sequence: 3 }, false],
  ])('that come late, of a message handed over whole: %s', (_what, which, isDuplicate) => {
    add({ sequence: 1 }, held(1));
    const { message } = add({ sequence: 2 }, held(2));
    expect(message?.holdings).toEqual([held(1), held(2)]);
    if (message !== undefined) {
      expect(pending.isLateDuplicate(part(which))).toBe(false);
      pending.release(message);
    }
    expect(pending.isLateDuplicate(part(which))).toBe(isDuplicate);
    expect([pending.knows(held(1)), pending.knows(held(2))]).toEqual(['handed-over', 'handed-over']);
  });

  test('1,024 of those handed over are remembered; two more, and the oldest two are forgotten', () => {
    for (let reference = 0; reference < 513; reference += 1) {
      const which = { reference: reference % 256, takenAt: TAKEN_AT + reference * 2 * HOUR_MS };
      add({ ...which, sequence: 1 }, held(1));
      const { message } = add({ ...which, sequence: 2 }, held(2));
      if (reference === 512) expect(pending.isLateDuplicate(part({ reference: 0 }))).toBe(true);
      if (message !== undefined) pending.release(message);
    }
    const second = { reference: 1, takenAt: TAKEN_AT + 2 * HOUR_MS };
    expect([{ reference: 0 }, second].map((which) => pending.isLateDuplicate(part(which)))).toEqual([false, true]);
  });

  test('that lie in full memories: the oldest by its time goes, from every place, and is put together all the same', () => {
    add({ sequence: 1, reference: 2, takenAt: TAKEN_AT + HOUR_MS }, held(1));
    add({ sequence: 1 }, held(2));
    add({ sequence: 1 }, held(3));
    expect(pending.evictFrom('ME')).toEqual([]);
    expect(pending.evictFrom('SM')).toEqual([held(2), held(3)]);
    for (const { place } of [held(2), held(3)]) pending.forget(place);
    expect(add({ sequence: 2 }, held(4)).message?.holdings).toEqual([held(4)]);
    expect(pending.evictFrom('SM')).toEqual([held(1)]);
  });

  test('of a whole message do not wait any more', () => {
    add({ sequence: 1 }, held(1));
    add({ sequence: 2 }, held(2));
    expect(pending.evictFrom('SM')).toEqual([]);
  });

  test('count as held only in the memory whose last list shows them', () => {
    for (const holding of [held(1), held(2), held(1, 'ME')]) pending.keep(holding);
    expect([pending.heldIn('SM'), pending.heldIn('ME')]).toEqual([2, 1]);
    pending.noteList('SM', [held(2).place]);
    expect([pending.heldIn('SM'), pending.heldIn('ME')]).toEqual([1, 1]);
    pending.noteList('SM', [held(1).place, held(2).place]);
    expect(pending.heldIn('SM')).toBe(2);
  });

  test('given up at the end: those of which one is stored nowhere', () => {
    add({ sequence: 1 }, held(1));
    expect(pending.giveUp()).toEqual([]);
    pending.add(part({ reference: 8 }), 'direct', undefined, 0);
    add({ reference: 9 }, held(2));
    expect(pending.giveUp()).toMatchObject([{ reference: 8, total: 2 }]);
  });
});
