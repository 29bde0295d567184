import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptState } from '../../../server/attempts/attempt.ts';
import type { RailKey, SettlementLine } from '../../../server/index.ts';
import { Journal } from '../../../server/journal/journal.ts';
import type { Period } from '../../../server/ledger/statement.ts';
import { reconcile } from '../../../server/reconciliation/reconcile.ts';
import type { StoreProbe } from '../../../server/store/store.ts';
import { DAY_MS } from '../../../server/time/days.ts';
import type { ServiceEvent } from '../../../server/vocabulary/events.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { throughSql } from '../run-twice.ts';

const HOUR = 3_600_000;

/** The first day: its midnight. The clock stands ten days later. */
const DAY = Date.parse('2031-03-01T00:00:00Z');
const ONE_DAY: Period = { from: DAY, to: DAY + DAY_MS };

/** A service with a card rail, whose books and settlement a test writes line by line. */
async function office(now: number = DAY + 10 * DAY_MS, probe: StoreProbe = {}) {
  const clock = new VirtualClock(now);
  const store = await testStore(clock, probe);
  const journal = new Journal(clock);
  const events: ServiceEvent[] = [];
  journal.subscribe(({ event }) => events.push(event));
  await store.transaction('people', async (tx) => {
    await tx.run("INSERT INTO person (number, name, language, created_at) VALUES ('+39340', 'A', 'en', 0)");
    await tx.run(
      "INSERT INTO merchant (id, name, currency, api_key_hash, created_at) VALUES (1, 'M', 'EUR', x'00', 0)",
    );
  });
  const rail = new ScriptedRail();
  const book = (key: RailKey, at: number, options: Booking = {}) =>
    store.transaction('book', async (tx) => {
      const { state = 'done', minor = 1_250, railName = 'card' } = options;
      const { booked = state === 'done' ? minor : undefined, bookedIn = 'EUR' } = options;
      const txn = key.slice(0, 16);
      await tx.run(
        `INSERT INTO payment (txn, merchant_id, mref, fingerprint, person_id, minor, currency, reference, ttl, match_code, state, created_at, changed_at)
         VALUES (?, 1, ?, 'f', 1, 1, 'EUR', '', 120, 0, 'CAPTURED', 0, 0) ON CONFLICT DO NOTHING`,
        txn,
        txn,
      );
      const kind = /:([a-z]+)/.exec(key)?.[1] ?? '';
      await tx.run(
        "INSERT INTO attempt (rail_key, txn, kind, rail, state, tries, minor, currency, payer, merchant, note, reason, approval_code, created_at, changed_at) VALUES (?, ?, ?, ?, ?, 1, ?, 'EUR', 'clearing:card', 'merchant:1', '', NULL, 0, 0, ?)",
        ...[key, txn, kind, railName, state, minor, at],
      );
      if (booked === undefined || kind === 'reversal') return;
      await tx.run(
        "INSERT INTO transfer VALUES (?, ?, 'clearing:card', 'merchant:1', ?, ?, 0)",
        key,
        txn,
        booked,
        bookedIn,
      );
      const { ended = 'posted' } = options;
      if (ended !== 'not') await tx.run('INSERT INTO transfer_end VALUES (?, ?, ?)', key, ended, at);
    });
  const settle = (key: string, at: number, minor = 1_250, currency: 'EUR' | 'JPY' = 'EUR') =>
    rail.lines.push({ key, at, amount: { minor, currency } });
  const run = async (period: Period = ONE_DAY) => {
    const { matched, findings } = await reconcile({ store, clock, journal }, rail, period);
    return { matched, found: findings.map(({ kind, key }) => `${kind} ${key}`), findings };
  };
  const open = () =>
    store.read((tx) =>
      tx.all(
        'SELECT kind, rail_key FROM difference ORDER BY 2, 1',
        (row) => `${row.text('kind')} ${row.text('rail_key')}`,
      ),
    );
  return { clock, store, rail, book, settle, run, events, open };
}

interface Booking {
  readonly state?: AttemptState;
  readonly minor?: number;
  readonly booked?: number;
  readonly bookedIn?: string;
  /** How the transfer ended. Default: posted. */
  readonly ended?: 'posted' | 'voided' | 'not';
  readonly railName?: string;
}

const txnOf = (n: number) => ref(n.toString(16).padStart(16, '0'));
const charge = (n: number): RailKey => `${txnOf(n)}:charge`;
const reversal = (n: number): RailKey => `${txnOf(n)}:reversal`;
const refund = (n: number, count = 1): RailKey => `${txnOf(n)}:refund-${count}`;

type Office = Awaited<ReturnType<typeof office>>;

/** What is booked and settled, and what a comparison of the first day finds. */
const CASES: readonly (readonly [
  what: string,
  write: (it: Office) => Promise<unknown>,
  found: readonly string[],
  matched: number,
])[] = [
  ['nothing', async () => {}, [], 0],
  ['the same there and here', async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY)], [], 1],
  [
    'the same in the last moment',
    async (it) => [await it.book(charge(1), DAY + DAY_MS - 1), it.settle(charge(1), DAY)],
    [],
    1,
  ],
  ...([DAY_MS, 2 * DAY_MS] as const).map(
    (after) =>
      [
        `the same ${after / DAY_MS} days later, which is of that day`,
        async (it: Office) => [await it.book(charge(1), DAY + after), it.settle(charge(1), DAY + after)],
        [],
        0,
      ] as const,
  ),
  ['a refund', async (it) => [await it.book(refund(1), DAY), it.settle(refund(1), DAY + HOUR)], [], 1],
  ['only there', async (it) => it.settle(charge(1), DAY), [`only-there ${charge(1)}`], 0],
  ['only there, under a key of the rail', async (it) => it.settle('FEE 1', DAY), ['only-there FEE 1'], 0],
  [
    'there, of another rail here',
    async (it) => [await it.book(charge(1), DAY, { railName: 'bank' }), it.settle(charge(1), DAY)],
    [`only-there ${charge(1)}`],
    0,
  ],
  ...(['declined', 'unknown', 'pending', 'given-up', 'asked'] as const)
    .map(
      (state) =>
        [
          `there, ${state} here`,
          async (it: Office) => [await it.book(charge(1), DAY, { state }), it.settle(charge(1), DAY)],
          [`only-there ${charge(1)}`],
          0,
        ] as const,
    )
    .map(([what, write, found, matched]) => [what, write, [...found], matched] as const),
  [
    'there, done here, but not booked',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'unknown' }),
      await it.store.transaction('done', (tx) => tx.run("UPDATE attempt SET state = 'done'")),
      it.settle(charge(1), DAY),
    ],
    [`only-there ${charge(1)}`],
    0,
  ],
  ...(['voided', 'not'] as const).map(
    (ended) =>
      [
        `there, done here, but its transfer is ${ended === 'not' ? 'pending' : ended}`,
        async (it: Office) => [await it.book(charge(1), DAY, { ended }), it.settle(charge(1), DAY)],
        [`only-there ${charge(1)}`],
        0,
      ] as const,
  ),
  ['only here', async (it) => it.book(charge(1), DAY), [`only-here ${charge(1)}`], 0],
  ['a refund only here', async (it) => it.book(refund(1, 2), DAY), [`only-here ${refund(1, 2)}`], 0],
  [
    'another amount',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY, 1_249)],
    [`other-amount ${charge(1)}`],
    0,
  ],
  [
    'another currency',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY, 1_250, 'JPY')],
    [`other-amount ${charge(1)}`],
    0,
  ],
  [
    'another amount in the ledger',
    async (it) => [await it.book(charge(1), DAY, { booked: 1_249 }), it.settle(charge(1), DAY)],
    [`other-amount ${charge(1)}`],
    0,
  ],
  [
    'another currency in the ledger',
    async (it) => [await it.book(charge(1), DAY, { bookedIn: 'JPY' }), it.settle(charge(1), DAY)],
    [`only-there ${charge(1)}`],
    0,
  ],
  [
    'another amount in the attempt',
    async (it) => [await it.book(charge(1), DAY, { booked: 1_249 }), it.settle(charge(1), DAY, 1_249)],
    [`other-amount ${charge(1)}`],
    0,
  ],
  [
    'settled after nine days',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY + 9 * DAY_MS)],
    [`only-here ${charge(1)}`],
    0,
  ],
  [
    'twice, the second time at the next midnight: a difference of that day',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY), it.settle(charge(1), DAY + DAY_MS)],
    [],
    0,
  ],
  [
    'twice, the second time so late that it is found on its own day',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY), it.settle(charge(1), DAY + 5 * DAY_MS)],
    [],
    1,
  ],
  [
    'six days before and again',
    async (it) => [
      await it.book(charge(1), DAY - 6 * DAY_MS),
      it.settle(charge(1), DAY - 6 * DAY_MS),
      it.settle(charge(1), DAY),
    ],
    [`duplicate ${charge(1)}`],
    0,
  ],
  [
    'twice',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY), it.settle(charge(1), DAY + 1)],
    [`duplicate ${charge(1)}`],
    0,
  ],
  [
    'three times',
    async (it) => [
      await it.book(charge(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(charge(1), DAY),
    ],
    [`duplicate ${charge(1)}`],
    0,
  ],
  [
    'twice, once with another amount first',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY, 7), it.settle(charge(1), DAY + 1)],
    [`duplicate ${charge(1)}`],
    0,
  ],
  [
    'twice with another amount',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY, 7), it.settle(charge(1), DAY + 1, 7)],
    [`duplicate ${charge(1)}`, `other-amount ${charge(1)}`],
    0,
  ],
  [
    'twice, and unknown here',
    async (it) => [it.settle(charge(1), DAY), it.settle(charge(1), DAY)],
    [`duplicate ${charge(1)}`, `only-there ${charge(1)}`],
    0,
  ],
  [
    'a second charge after a long time',
    async (it) => [
      await it.book(charge(1), DAY - 9 * DAY_MS),
      it.settle(charge(1), DAY - 9 * DAY_MS),
      it.settle(charge(1), DAY),
    ],
    [`duplicate ${charge(1)}`],
    0,
  ],
  [
    'a second charge after a long time, the first settled four days before it was booked',
    async (it) => [
      await it.book(charge(1), DAY - 9 * DAY_MS),
      it.settle(charge(1), DAY - 13 * DAY_MS),
      it.settle(charge(1), DAY),
    ],
    [`duplicate ${charge(1)}`],
    0,
  ],
  [
    'settled a millisecond after midnight',
    async (it) => [await it.book(charge(1), DAY + DAY_MS - 1), it.settle(charge(1), DAY + DAY_MS)],
    [`other-day ${charge(1)}`],
    0,
  ],
  [
    'booked half an hour before midnight in Rome, settled half an hour after it: one day in UTC',
    async (it) => [
      await it.book(charge(1), Date.parse('2031-03-01T23:30:00+01:00')),
      it.settle(charge(1), Date.parse('2031-03-02T00:30:00+01:00')),
    ],
    [],
    1,
  ],
  [
    'booked and settled on one day in Rome, across midnight in UTC',
    async (it) => [
      await it.book(charge(1), Date.parse('2031-03-02T00:30:00+01:00')),
      it.settle(charge(1), Date.parse('2031-03-02T01:30:00+01:00')),
    ],
    [`other-day ${charge(1)}`],
    0,
  ],
  [
    'twice, once with its key in capitals',
    async (it) => [
      await it.book(charge(10), DAY),
      it.settle(charge(10), DAY),
      it.settle(charge(10).toUpperCase(), DAY),
    ],
    [`only-there ${charge(10).toUpperCase()}`],
    1,
  ],
  [
    'a refund as a second charge',
    async (it) => [
      await it.book(charge(1), DAY),
      await it.book(refund(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(charge(1), DAY),
    ],
    [`duplicate ${charge(1)}`, `only-here ${refund(1)}`],
    0,
  ],
  [
    'amounts of charge and refund swapped',
    async (it) => [
      await it.book(charge(1), DAY),
      await it.book(refund(1), DAY, { minor: 300 }),
      it.settle(charge(1), DAY, 300),
      it.settle(refund(1), DAY),
    ],
    [`other-amount ${charge(1)}`, `other-amount ${refund(1)}`],
    0,
  ],
  [
    'settled a millisecond before midnight',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY - 1)],
    [`other-day ${charge(1)}`],
    0,
  ],
  [
    'settled after a weekend',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY + 3 * DAY_MS)],
    [`other-day ${charge(1)}`],
    0,
  ],
  [
    'settled on another day, and with another amount',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY + DAY_MS, 7)],
    [`other-amount ${charge(1)}`],
    0,
  ],
  [
    'of the day before, settled today',
    async (it) => [await it.book(charge(1), DAY - 1), it.settle(charge(1), DAY)],
    [],
    0,
  ],
  ['of the day after', async (it) => it.book(charge(1), DAY + DAY_MS), [], 0],
  ['settled the day after, and unknown here', async (it) => it.settle(charge(1), DAY + DAY_MS), [], 0],
  [
    'charge and reversal there, reversed here',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'given-up' }),
      await it.book(reversal(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(reversal(1), DAY),
    ],
    [],
    0,
  ],
  [
    'neither charge nor reversal there, reversed here',
    async (it) => [await it.book(charge(1), DAY, { state: 'given-up' }), await it.book(reversal(1), DAY)],
    [],
    0,
  ],
  [
    'charge there on this day, reversal on the next',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'given-up' }),
      await it.book(reversal(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(reversal(1), DAY + DAY_MS),
    ],
    [],
    0,
  ],
  [
    'charge there on the day before, reversal on this',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'given-up' }),
      await it.book(reversal(1), DAY),
      it.settle(charge(1), DAY - 1),
      it.settle(reversal(1), DAY),
    ],
    [],
    0,
  ],
  [
    'only the charge there, reversed here',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'given-up' }),
      await it.book(reversal(1), DAY),
      it.settle(charge(1), DAY),
    ],
    [`only-there ${charge(1)}`],
    0,
  ],
  [
    'only the reversal there, reversed here',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'given-up' }),
      await it.book(reversal(1), DAY),
      it.settle(reversal(1), DAY),
    ],
    [`only-there ${reversal(1)}`],
    0,
  ],
  [
    'charge twice and reversal there, reversed here',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'given-up' }),
      await it.book(reversal(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(reversal(1), DAY),
    ],
    [`only-there ${charge(1)}`],
    0,
  ],
  [
    'a reversal there of what is paid here',
    async (it) => [await it.book(charge(1), DAY), it.settle(charge(1), DAY), it.settle(reversal(1), DAY)],
    [`only-there ${reversal(1)}`],
    1,
  ],
  [
    'a reversal of another amount',
    async (it) => [
      await it.book(charge(1), DAY, { state: 'given-up' }),
      await it.book(reversal(1), DAY),
      it.settle(charge(1), DAY),
      it.settle(reversal(1), DAY, 7),
    ],
    [`only-there ${charge(1)}`, `only-there ${reversal(1)}`],
    0,
  ],
];

describe('the reconciliation of a day', () => {
  it.each(CASES)('%s', async (_, write, found, matched) => {
    const it = await office();
    await write(it);
    const result = await it.run();
    expect({ found: result.found.toSorted(), matched: result.matched }).toEqual({ found: found.toSorted(), matched });
    const differences = found.filter((text) => !text.startsWith('other-day'));
    expect((await it.open()).toSorted()).toEqual(differences.toSorted());
    expect(
      it.events.flatMap((event) => (event.kind === 'alarm' ? [`${event.alarm} ${event.ref}`] : [])).toSorted(),
    ).toEqual(differences.map((text) => `settlement-${text}`).toSorted());
  });

  it.each([
    [
      'only-there',
      'card: the settlement has EUR 12.50 on 2031-03-01, here nothing has this key. The rail moved money that is not booked here',
    ],
    ['declined', 'on 2031-03-01, here it was declined. '],
    ['unknown', 'on 2031-03-01, here its outcome is not known yet. '],
    ['given-up', `cash-server payment resolve ${txnOf(1)} --moved --reason settlement`],
  ])('the alarm says what was seen and what to do: %s', async (state, words) => {
    const it = await office();
    if (state !== 'only-there') await it.book(charge(1), DAY, { state: state as AttemptState });
    it.settle(charge(1), DAY);
    await it.run();
    expect(it.events).toEqual([
      { kind: 'alarm', alarm: 'settlement-only-there', ref: charge(1), detail: expect.stringContaining(words) },
    ]);
  });

  it('says both amounts, and both days', async () => {
    const it = await office();
    await it.book(charge(1), DAY);
    await it.book(charge(2), DAY);
    await it.book(charge(3), DAY);
    it.settle(charge(1), DAY, 1_249);
    it.settle(charge(2), DAY + DAY_MS);
    const { findings } = await it.run();
    expect(findings).toEqual([
      expect.objectContaining({
        kind: 'other-amount',
        here: { minor: 1_250, currency: 'EUR' },
        there: { minor: 1_249, currency: 'EUR' },
        detail: 'the settlement has EUR 12.49, here it is EUR 12.50',
      }),
      expect.objectContaining({ kind: 'other-day', detail: 'settled on 2031-03-02, here it moved on 2031-03-01' }),
      expect.objectContaining({
        kind: 'only-here',
        detail: 'here EUR 12.50 moved on 2031-03-01, the settlement does not have it',
      }),
    ]);
  });

  it('of two lines with other amounts the earlier one counts, the later one is a duplicate', async () => {
    const it = await office();
    await it.book(charge(1), DAY);
    it.settle(charge(1), DAY + 2, 8);
    it.settle(charge(1), DAY + 1, 7);
    expect((await it.run()).findings).toEqual([
      expect.objectContaining({ kind: 'duplicate', at: DAY + 2, there: { minor: 8, currency: 'EUR' } }),
      expect.objectContaining({ kind: 'other-amount', at: DAY, there: { minor: 7, currency: 'EUR' } }),
    ]);
  });

  it('a difference that another process ends in the same moment is told by that one', async () => {
    const endedElsewhere = (sql: string) => sql.replace('DELETE FROM difference WHERE', '$& 1 = 0 AND');
    const it = await office(undefined, { body: (_, work) => (tx) => work(throughSql(tx, endedElsewhere)) });
    await it.book(charge(1), DAY);
    await it.run();
    it.settle(charge(1), DAY);
    await it.run();
    expect(it.events.map(({ kind }) => kind)).toEqual(['alarm']);
  });

  it('an alarm is written once, and the difference ends when it is matched', async () => {
    const it = await office();
    await it.book(charge(1), DAY);
    await it.run();
    await it.run();
    expect(it.events).toHaveLength(1);
    it.settle(charge(1), DAY);
    expect((await it.run()).matched).toBe(1);
    expect(it.events.slice(1)).toEqual([
      { kind: 'difference-ended', rail: 'card', key: charge(1), difference: 'only-here' },
    ]);
    expect(await it.open()).toEqual([]);
    it.rail.lines = [];
    await it.run();
    expect(it.events.map(({ kind }) => kind)).toEqual(['alarm', 'difference-ended', 'alarm']);
  });

  it('ends when neither side has the movement any more', async () => {
    const it = await office();
    it.settle(charge(1), DAY);
    await it.run();
    it.rail.lines = [];
    await it.run();
    expect(await it.open()).toEqual([]);
  });

  it('a difference that becomes another one is a new alarm', async () => {
    const it = await office();
    await it.book(charge(1), DAY);
    await it.run();
    it.settle(charge(1), DAY, 7);
    await it.run();
    expect(await it.open()).toEqual([`other-amount ${charge(1)}`]);
  });

  it('a line that comes very late ends the difference of its movement', async () => {
    const it = await office();
    await it.book(charge(1), DAY);
    await it.run();
    it.settle(charge(1), DAY + 9 * DAY_MS);
    await it.run({ from: DAY + 9 * DAY_MS, to: DAY + 10 * DAY_MS });
    expect(await it.open()).toEqual([]);
  });

  it('leaves the differences of other days and other rails alone', async () => {
    const it = await office();
    await it.book(charge(1), DAY - 1);
    await it.run({ from: DAY - DAY_MS, to: DAY });
    await it.store.transaction('bank', (tx) =>
      tx.run("INSERT INTO difference (rail, rail_key, kind, at) VALUES ('bank', 'k', 'only-here', ?)", DAY),
    );
    await it.run();
    expect(await it.open()).toEqual([`only-here ${charge(1)}`, 'only-here k'].toSorted());
    expect(it.events.map(({ kind }) => kind)).toEqual(['alarm']);
  });

  it('does not look at what has happened since it began', async () => {
    const it = await office(DAY + HOUR);
    await it.book(charge(1), DAY + HOUR);
    expect(await it.run()).toMatchObject({ found: [], matched: 0 });
    await it.book(charge(2), DAY + HOUR - 1);
    expect(await it.run()).toMatchObject({ found: [`only-here ${charge(2)}`] });
  });
});

/** What is planted into a settlement that matches, instead of the line of one movement; and what has to be found. */
type Plant = (
  line: SettlementLine,
  n: number,
) => { readonly lines: readonly SettlementLine[]; readonly found: readonly string[] };

const withAmount = ({ key, at, amount }: SettlementLine, minor: number): SettlementLine => ({
  key,
  at,
  amount: { ...amount, minor },
});

const PLANTS: Readonly<Record<string, Plant>> = {
  'a movement that only the rail has': (line, n) => ({
    lines: [line, { ...line, key: charge(1_000 + n), amount: { minor: 5, currency: 'EUR' } }],
    found: [`only-there ${charge(1_000 + n)}`],
  }),
  'a movement that the rail does not have': ({ key }) => ({ lines: [], found: [`only-here ${key}`] }),
  'a minor unit more': (line) => ({
    lines: [withAmount(line, line.amount.minor + 1)],
    found: [`other-amount ${line.key}`],
  }),
  'a minor unit less': (line) => ({
    lines: [withAmount(line, line.amount.minor - 1)],
    found: [`other-amount ${line.key}`],
  }),
  'another currency': (line) => ({
    lines: [{ ...line, amount: { ...line.amount, currency: 'CHF' } }],
    found: [`other-amount ${line.key}`],
  }),
  'the day after': (line) => ({ lines: [{ ...line, at: line.at + DAY_MS }], found: [`other-day ${line.key}`] }),
  twice: (line) => ({ lines: [line, { ...line }], found: [`duplicate ${line.key}`] }),
  'twice, once with its key in capitals': (line) => ({
    lines: [line, { ...line, key: line.key.toUpperCase() }],
    found: [`only-there ${line.key.toUpperCase()}`],
  }),
  'a refund as a charge, or a charge as a refund': (line, n) => {
    const other = line.key === charge(n) ? refund(n) : charge(n);
    return { lines: [{ ...line, key: other }], found: [`only-here ${line.key}`, `only-there ${other}`] };
  },
};

describe('fifty planted differences', () => {
  it('are each found once over periods side by side, and none is invented', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            plant: fc.constantFrom(...Object.values(PLANTS)),
            isRefund: fc.boolean(),
            at: fc.integer({ min: 0, max: 3 * DAY_MS - 1 }),
            minor: fc.integer({ min: 2, max: 500_000 }),
          }),
          { minLength: 50, maxLength: 50 },
        ),
        fc.integer({ min: 1, max: 3 * DAY_MS - 1 }),
        async (plants, cut) => {
          const it = await office();
          const expected: string[] = [];
          for (const [n, { plant, isRefund, at, minor }] of plants.entries()) {
            // A movement with a difference, one without, and one that was reversed.
            const key = isRefund ? refund(n) : charge(n);
            const plain = [charge(5_000 + n), charge(9_000 + n), reversal(9_000 + n)];
            await it.book(key, DAY + at, { minor });
            await it.book(charge(5_000 + n), DAY + at, { minor });
            await it.book(charge(9_000 + n), DAY + at, { state: 'given-up', minor });
            await it.book(reversal(9_000 + n), DAY + at, { minor });
            const lineOf = (settled: string) => ({
              key: settled,
              at: DAY + at,
              amount: { minor, currency: 'EUR' } as const,
            });
            const planted = plant(lineOf(key), n);
            it.rail.lines.push(...planted.lines, ...plain.map(lineOf));
            expected.push(...planted.found);
          }
          const found = [
            ...(await it.run({ from: DAY, to: DAY + cut })).found,
            ...(await it.run({ from: DAY + cut, to: DAY + 4 * DAY_MS })).found,
          ];
          expect(found.toSorted()).toEqual(expected.toSorted());
          await it.store.close();
        },
      ),
      { numRuns: 3 },
    );
  }, 60_000);
});
