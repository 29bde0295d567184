import { describe, expect, it } from 'vitest';
import { Journal, type JournalEntry } from '../../../server/journal/journal.ts';
import type { WakeListener } from '../../../server/store/store.ts';
import type { ServiceEvent } from '../../../server/vocabulary/events.ts';
import { deviceId, merchantId, personId, ref } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

const txn = ref('0123456789abcdef');
const device = deviceId(7);
const amount = { minor: 5, currency: 'EUR' } as const;

/** Every kind of event, and what its row is about: the column by which the history of a thing is found. */
const SUBJECTS: readonly (readonly [subject: string, event: ServiceEvent])[] = [
  [txn, { kind: 'payment', txn, event: 'create', to: 'CREATED' }],
  [txn, { kind: 'refund', txn, key: `${txn}:refund-1`, state: 'refunded', amount }],
  [txn, { kind: 'resolved', txn, key: `${txn}:charge`, moved: true, reason: 'line 7' }],
  [txn, { kind: 'alarm', alarm: 'payment-needs-review', ref: txn }],
  ['card', { kind: 'alarm', alarm: 'settlement-missing', ref: 'card' }],
  ['device:7', { kind: 'alarm', alarm: 'reused-counter', ref: txn, deviceId: device }],
  ['device:7', { kind: 'wrong-pin', ref: txn, deviceId: device, triesLeft: 2 }],
  ['device:7', { kind: 'device', deviceId: device, personId: personId(1), state: 'active' }],
  ['device:7', { kind: 'undelivered', deviceId: device, message: 'RECEIPT', reason: 'no network' }],
  ['merchant:3', { kind: 'merchant-resumed', merchantId: merchantId(3), reason: 'asked both' }],
  ['service', { kind: 'fault', reason: 'a bug' }],
  [`${txn}:charge`, { kind: 'difference-ended', rail: 'card', key: `${txn}:charge`, difference: 'only-there' }],
];

async function open() {
  const clock = new VirtualClock();
  const store = await testStore(clock);
  const journal = new Journal(clock);
  const rows = () =>
    store.read((tx) =>
      tx.all('SELECT * FROM journal ORDER BY seq', (row) => ({
        seq: row.integer('seq'),
        at: row.integer('at'),
        subject: row.text('subject'),
        event: JSON.parse(row.text('event')),
      })),
    );
  return { clock, store, journal, rows };
}

describe('the journal', () => {
  it.each(SUBJECTS)('is about %s: %o', async (subject, event) => {
    const { clock, store, journal, rows } = await open();
    await store.transaction('event', (tx) => journal.record(tx, event));
    expect(await rows()).toEqual([{ seq: 1, at: clock.now(), subject, event }]);
  });

  it('keeps events of one subject that happen at once as one row, and tells each of them, in order, after the commit', async () => {
    const { clock, store, journal, rows } = await open();
    const told: JournalEntry[] = [];
    const end = journal.subscribe((entry) => told.push(entry));
    const events = (['request', 'approve', 'capture'] as const).map(
      (event): ServiceEvent => ({ kind: 'payment', txn, event, to: 'CAPTURED' }),
    );
    const [first, ...more] = events;
    if (first === undefined) throw new Error('there are three events');
    await store.transaction('events', async (tx) => {
      await journal.record(tx, first, ...more);
      expect(told).toEqual([]);
    });
    const at = clock.now();
    expect(await rows()).toEqual([{ seq: 1, at, subject: txn, event: events }]);
    expect(told).toEqual(events.map((event) => ({ seq: 1, at, event })));
    end();
    await store.transaction('event', (tx) => journal.record(tx, first));
    expect(told).toHaveLength(3);
  });

  it('reads of what other processes wrote only what somebody here wants to hear of', async () => {
    const { clock, store, journal: others } = await open();
    for (const [, event] of SUBJECTS) await store.transaction('event', (tx) => others.record(tx, event));
    const keys = SUBJECTS.map(([subject], place) => [place + 1, subject] as const);
    const journal = new Journal(clock);
    let hear: WakeListener = () => {};
    let reads = 0;
    journal.listenElsewhere({
      onWake(_, listener) {
        hear = listener;
        return () => {};
      },
      read(work) {
        reads += 1;
        return reads === 5 ? Promise.reject(new Error('gone')) : store.read(work);
      },
    });
    const told: string[] = [];
    const tell = async (...news: Parameters<WakeListener>) => {
      told.length = 0;
      hear(...news);
      await clock.advance(1);
      return [...told];
    };
    const note = (who: string, subject?: string) =>
      journal.subscribe(({ seq, event }) => told.push(`${who} ${seq} ${event.kind}`), {
        subject,
        missed: () => told.push(`${who} missed`),
      });
    expect(await tell(keys)).toEqual([]);
    const ends = [note('phone', 'device:7'), note('nothing', 'device:8')];
    expect(await tell(keys.slice(0, 5))).toEqual([]);
    expect(reads).toBe(0);
    expect(await tell(keys.slice(4, 7))).toEqual(['phone 6 alarm', 'phone 7 wrong-pin']);
    expect(await tell([keys[5] ?? [0, ''], keys[8] ?? [0, '']])).toEqual(['phone 6 alarm', 'phone 9 undelivered']);
    ends.push(note('all'));
    expect(await tell(keys.slice(4, 6))).toEqual(['all 5 alarm', 'phone 6 alarm', 'all 6 alarm']);
    expect(await tell([keys[5] ?? [0, ''], keys[8] ?? [0, '']])).toHaveLength(4);
    expect(reads).toBe(4);
    expect(await tell(keys)).toEqual(['phone missed', 'nothing missed', 'all missed']);
    expect(await tell(undefined)).toEqual(['phone missed', 'nothing missed', 'all missed']);
    for (const end of ends) end();
    expect(await tell(keys)).toEqual([]);
    expect(reads).toBe(5);
  });

  it('tells and keeps nothing of a transaction that failed', async () => {
    const { store, journal, rows } = await open();
    const told: JournalEntry[] = [];
    journal.subscribe((entry) => told.push(entry));
    const failing = store.transaction('fails', async (tx) => {
      await journal.record(tx, { kind: 'fault', reason: 'a bug' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect({ told, rows: await rows() }).toEqual({ told: [], rows: [] });
  });
});
