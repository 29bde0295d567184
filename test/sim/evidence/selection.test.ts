import { expect, test } from 'vitest';
import { type LogEntry, type Selection, select } from '../../../sim/index.ts';

const [A, B, C] = ['+391', '+392', '+393'];
const route = (sms: number, from: string, to: string) => ({ sms, from, to, tpdu: '' });

/** A message from A to B, its copy and its report; one from B to C; Bob's phone; a fault of every modem. */
const EVENTS: readonly LogEntry[] = [
  { seq: 1, at: 0, kind: 'start', seed: '1', smsc: '+399', profile: 'none' },
  { seq: 2, at: 10, kind: 'submit', ...route(1, A, B) },
  { seq: 3, at: 20, kind: 'duplicate', sms: 2, original: 1, to: B },
  { seq: 4, at: 30, kind: 'report', sms: 3, about: 1, to: A, status: 0 },
  { seq: 5, at: 40, kind: 'submit', ...route(4, B, C) },
  { seq: 6, at: 50, kind: 'attach', number: B },
  { seq: 7, at: 60, kind: 'line-fault', fault: 'fault-1', action: 'late' },
  { seq: 8, at: 70, kind: 'profile', profile: 'direct' },
  { seq: 9, at: 80, kind: 'deliver', ...route(4, B, C) },
];

const SELECTIONS: readonly (readonly [selection: Selection, seqs: readonly number[]])[] = [
  [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  [{ numbers: [A] }, [1, 2, 3, 4, 7, 8]],
  [{ numbers: [C] }, [1, 5, 7, 8, 9]],
  [{ numbers: [B] }, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  [{ numbers: [A, B] }, [1, 2, 3, 4, 6, 7, 8]],
  [{ numbers: [A, C] }, [1, 7, 8]],
  [{ sms: [1] }, [1, 2, 3, 4, 8]],
  [{ sms: [4] }, [1, 5, 8, 9]],
  [{ sms: [4], numbers: [A] }, [1, 8]],
  [{ since: 30, until: 60 }, [1, 4, 5, 6, 8]],
  [{ since: 80 }, [1, 8, 9]],
  [{ until: 10 }, [1, 8]],
  // A copy and a report go with their message, also when it is before the time that is wanted.
  [{ numbers: [A], since: 20, until: 31 }, [1, 3, 4, 8]],
];

test.each(SELECTIONS)('%j selects %j', (selection, seqs) => {
  expect(select(EVENTS, selection).map(({ seq }) => seq)).toEqual(seqs);
});
