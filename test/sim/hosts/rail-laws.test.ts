import { describe, expect, it } from 'vitest';
import type { Capabilities, Outcome, RailOrder, RemoteRail, SettlementLine } from '../../../server/index.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { ExampleHost, exampleRail, ledgerLaws, memoryLink, railLaws, VirtualClock } from '../../../sim/index.ts';
import { inFull } from '../../in-full.ts';
import { newDatabase, passingDatabase, rows } from '../../server/database.ts';

const HOUR_MS = 3_600_000;
const KEY_LIFE = { charge: 6 * HOUR_MS, refund: 48 * HOUR_MS, reversal: 6 * HOUR_MS };

/** Every kind of rail that the engine knows: what it does about a lost answer, what it gives back, whether it can be asked. */
const VARIANTS: readonly (readonly [Capabilities['onUnknown'], Capabilities['refund'], inquiry: boolean])[] = [
  ['inquire', 'partial', true],
  ['repeat', 'partial', false],
  ['reverse', 'partial', true],
  ['repeat', 'full', true],
  ['reverse', 'none', true],
];

describe.each(inFull(VARIANTS, VARIANTS.slice(0, 3)))(
  'a rail that after a lost answer will %s, and gives back %s (may be asked: %s),',
  (onUnknown, refund, inquiry) => {
    const make = (clock: VirtualClock) => {
      const secret = 'between rail and host';
      const host = new ExampleHost({ clock, secret, keyLifeMs: KEY_LIFE.charge });
      const link = memoryLink(host.serve, clock);
      const capabilities = { onUnknown, refund, keyLifeMs: KEY_LIFE };
      return { rail: exampleRail({ link, clock, secret, inquiry, capabilities }), host };
    };
    it.each(railLaws(make))('keeps the law: $name', async ({ run }) => run(await passingDatabase()));
  },
);

/** The laws of every rail. */
const ALWAYS = [
  'the same key twice is one movement, and brings the same answer',
  'unknown, then found',
  'unknown, then absent',
  'unknown, and the order is still on its way',
  'unknown, because the connection ended in the middle of the answer',
  'an answer that comes twice, or after the answer to another order',
  'an answer after the reversal, or after the outcome was found, changes nothing',
  'declined moves nothing',
  'the settlement names each movement once, of the time that is asked for',
  'the settlement says nothing of what was declined or reversed',
  ...['amount', 'day', 'missing', 'duplicate', 'orphan'].map(
    (fault) => `a settlement that differs (${fault}) comes through as it is`,
  ),
];

/** The laws that depend on what a rail can do, and the rails that they are for. */
const SOMETIMES: readonly (readonly [law: string, of: (rail: RemoteRail) => boolean])[] = [
  ['two at once are one movement', ({ capabilities }) => capabilities.onUnknown !== 'reverse'],
  [
    'a reversal of what never happened is done, and the charge is refused when it comes',
    ({ capabilities }) => capabilities.onUnknown === 'reverse',
  ],
  ['an order is not a second one after the life of its key', ({ capabilities }) => capabilities.keyLifeMs.charge < 1e9],
  ['pending, then done, without a notice', ({ inquire }) => inquire !== undefined],
  ['pending, then declined, without a notice', ({ inquire }) => inquire !== undefined],
  ['pending, then a notice of done, twice', ({ accept }) => accept !== undefined],
  ['pending, then a notice of declined, twice', ({ accept }) => accept !== undefined],
  ['a notice that somebody has changed is refused', ({ accept }) => accept !== undefined],
  ['a rail that gives nothing back is not asked to', ({ capabilities }) => capabilities.refund === 'none'],
  [
    'a rail that gives back all or nothing is not asked for a part',
    ({ capabilities }) => capabilities.refund === 'full',
  ],
  ['refunds in parts go to the last unit and no further', ({ capabilities }) => capabilities.refund === 'partial'],
  ...[
    'the same key of a refund twice, also at once, is one movement',
    'a refund that is unknown, then found',
    'a refund that is unknown, then absent',
    'a refund that is declined leaves the payment paid',
    'a refund that is pending, then done',
  ].map((law) => [law, ({ capabilities }: RemoteRail) => capabilities.refund !== 'none'] as const),
];

const NEVER = { charge: Number.POSITIVE_INFINITY, refund: KEY_LIFE.refund, reversal: KEY_LIFE.reversal };

it.each<readonly [Partial<Capabilities>, without: 'inquire' | 'accept' | 'nothing']>([
  ...VARIANTS.map(([onUnknown, refund]) => [{ onUnknown, refund }, 'nothing'] as const),
  [{}, 'inquire'],
  [{}, 'accept'],
  [{ keyLifeMs: NEVER }, 'nothing'],
])('a rail that can %j (without %s) is tried by the laws that concern it', (capabilities, without) => {
  const clock = new VirtualClock();
  const host = new ExampleHost({ clock, secret: 's', keyLifeMs: KEY_LIFE.charge });
  const { inquire, accept, ...rest } = exampleRail({
    link: memoryLink(host.serve, clock),
    clock,
    secret: 's',
    capabilities,
  });
  const rail: RemoteRail = {
    ...rest,
    ...(without !== 'inquire' && inquire && { inquire }),
    ...(without !== 'accept' && accept && { accept }),
  };
  const expected = [...ALWAYS, ...SOMETIMES.flatMap(([law, of]) => (of(rail) ? [law] : []))];
  const names = railLaws(() => ({ rail, host })).map(({ name }) => name);
  expect(names.toSorted()).toEqual(expected.toSorted());
});

describe('the ledger rail', () => {
  it.each(ledgerLaws())('keeps the law: $name', async ({ run }) => run(await passingDatabase()));

  it('is tried in the database that is given', async () => {
    const database = await newDatabase();
    const [law] = ledgerLaws();
    await law?.run(database);
    expect(await rows(database, 'SELECT state FROM payment')).toEqual([{ state: 'REFUNDED' }]);
  });
});

/** What is wrong with a rail; `inquire` undefined: its host cannot be asked. */
type Mistake = (
  rail: RemoteRail,
  clock: VirtualClock,
) => Partial<Omit<RemoteRail, 'inquire'>> & { readonly inquire?: RemoteRail['inquire'] | undefined };

/** What comes of an order, other than what the rail found. */
const instead =
  (change: (outcome: Outcome, order: RailOrder, count: number) => Outcome): Mistake =>
  (rail) => {
    let count = 0;
    return {
      async send(order) {
        count += 1;
        return change(await rail.send(order), order, count);
      },
    };
  };

/** An order that is sent otherwise than it should be, or (undefined) not at all, and is said to be done. */
const sends =
  (change: (order: RailOrder, count: number) => RailOrder | undefined): Mistake =>
  (rail) => {
    let count = 0;
    return {
      async send(order) {
        count += 1;
        const sent = change(order, count);
        return sent === undefined ? DONE : rail.send(sent);
      },
    };
  };

/** A report in which lines are changed, or left out. */
const reports =
  (change: (line: SettlementLine, at: number) => SettlementLine | undefined): Mistake =>
  (rail) => ({
    async settlement(from, to) {
      const lines = await rail.settlement(from, to);
      return lines.flatMap((line, at) => change(line, at) ?? []);
    },
  });

const DONE: Outcome = { kind: 'done', approvalCode: 1 };
const DECLINED: Outcome = { kind: 'declined', reason: 'lost' };
const lostIsRefused = instead((outcome) => (outcome.kind === 'unknown' ? DECLINED : outcome));
const pendingIsDone = instead((outcome) => (outcome.kind === 'pending' ? DONE : outcome));
const refusedIsDone = instead((outcome) => (outcome.kind === 'declined' ? DONE : outcome));
const otherKey = (order: RailOrder): RailOrder => ({ ...order, key: `${ref('0'.repeat(16))}:charge` });
const deaf: Mistake = () => ({ inquire: undefined, accept: async () => [] });

/** Mistakes of whoever writes a rail, and the law that each breaks. */
const MISTAKES: readonly (readonly [
  what: string,
  law: string,
  mistake: Mistake,
  capabilities?: Partial<Capabilities>,
])[] = [
  [
    'sends a second one under another key',
    'the same key twice is one movement, and brings the same answer',
    sends((order, count) => (count === 1 ? order : otherKey(order))),
  ],
  [
    'answers otherwise the second time',
    'the same key twice is one movement, and brings the same answer',
    instead((outcome, _, count) => (count === 1 ? outcome : DECLINED)),
  ],
  [
    'has another key for one of two',
    'two at once are one movement',
    sends((order, count) => (count === 3 ? otherKey(order) : order)),
  ],
  ['takes a lost answer for a refusal', 'unknown, then absent', lostIsRefused],
  ['takes a lost answer for a refusal', 'unknown, and the order is still on its way', lostIsRefused],
  [
    'takes a lost answer for a refusal',
    'unknown, because the connection ended in the middle of the answer',
    lostIsRefused,
  ],
  [
    'takes the first answer for its own',
    'an answer that comes twice, or after the answer to another order',
    instead((outcome, _, count) => (count === 2 ? DECLINED : outcome)),
  ],
  [
    'takes the answer to another order for its own',
    'an answer that comes twice, or after the answer to another order',
    sends((order, count) => (count === 2 ? undefined : order)),
  ],
  [
    'takes a charge that was reversed before it came for a payment',
    'a reversal of what never happened is done, and the charge is refused when it comes',
    refusedIsDone,
    { onUnknown: 'reverse' },
  ],
  [
    'refuses the notices of its host',
    'an answer after the reversal, or after the outcome was found, changes nothing',
    () => ({ accept: () => Promise.reject(new Error('no')) }),
  ],
  [
    'sends again what is older than its key lives',
    'an order is not a second one after the life of its key',
    (rail, clock) => ({
      async send(order) {
        const outcome = await rail.send(order);
        if (outcome.kind === 'unknown') clock.after(30 * HOUR_MS, () => void rail.send(order));
        return outcome;
      },
    }),
  ],
  ['takes a refusal for a payment', 'declined moves nothing', refusedIsDone],
  [
    'sends again what was refused',
    'declined moves nothing',
    (rail) => ({
      async send(order) {
        const outcome = await rail.send(order);
        if (outcome.kind === 'declined') await rail.send(otherKey(order));
        return outcome;
      },
    }),
  ],
  ['takes "pending" for a payment', 'pending, then done, without a notice', pendingIsDone],
  ['hears no notice', 'pending, then a notice of done, twice', deaf],
  ['hears no notice', 'pending, then a notice of declined, twice', deaf],
  [
    'gives back all instead of a part',
    'refunds in parts go to the last unit and no further',
    sends((order) => (order.kind === 'refund' ? { ...order, amount: { ...order.amount, minor: 1_250 } } : order)),
  ],
  [
    'says that it gave back, and did not',
    'the same key of a refund twice, also at once, is one movement',
    sends((order) => (order.kind === 'refund' ? undefined : order)),
  ],
  ['takes a lost answer for a refusal', 'a refund that is unknown, then found', lostIsRefused],
  ['takes a lost answer for a refusal', 'a refund that is unknown, then absent', lostIsRefused],
  ['takes a refusal for a refund', 'a refund that is declined leaves the payment paid', refusedIsDone],
  ['takes "pending" for a refund', 'a refund that is pending, then done', pendingIsDone],
  [
    'gives back a part of what it should',
    'a refund that is pending, then done',
    sends((order) => (order.kind === 'refund' ? { ...order, amount: { ...order.amount, minor: 1 } } : order)),
  ],
  [
    'leaves refunds out of the report',
    'the settlement names each movement once, of the time that is asked for',
    reports((line) => (line.key.includes('refund') ? undefined : line)),
  ],
  [
    'reports another amount',
    'the settlement names each movement once, of the time that is asked for',
    reports((line) => ({ ...line, amount: { ...line.amount, minor: line.amount.minor + 1 } })),
  ],
  [
    'reports another currency',
    'the settlement names each movement once, of the time that is asked for',
    reports((line) => ({ ...line, amount: { ...line.amount, currency: 'CHF' } })),
  ],
  [
    'leaves out the first ms of the time',
    'the settlement names each movement once, of the time that is asked for',
    (rail) => ({ settlement: (from, to) => rail.settlement(from + 1, to) }),
  ],
  [
    'reports what is of the time before too',
    'the settlement names each movement once, of the time that is asked for',
    (rail) => ({ settlement: (_from, to) => rail.settlement(0, to) }),
  ],
  [
    'reports what is of the next time too',
    'the settlement names each movement once, of the time that is asked for',
    (rail) => ({ settlement: (from, to) => rail.settlement(from, to + 1) }),
  ],
  [
    'reports more than has moved',
    'the settlement says nothing of what was declined or reversed',
    reports((line) => ({ ...line, amount: { ...line.amount, minor: 2 * line.amount.minor } })),
  ],
  [
    'mends the amounts of the settlement',
    'a settlement that differs (amount) comes through as it is',
    reports((line) => ({ ...line, amount: { ...line.amount, minor: 1_250 } })),
  ],
  [
    'mends the days of the settlement',
    'a settlement that differs (day) comes through as it is',
    reports((line) => ({ ...line, at: 0 })),
  ],
  [
    'reports nothing but the last',
    'a settlement that differs (missing) comes through as it is',
    (rail) => ({ settlement: async (from, to) => (await rail.settlement(from, to)).slice(-1) }),
  ],
  [
    'leaves out what it does not know',
    'a settlement that differs (orphan) comes through as it is',
    reports((line) => (line.key.startsWith('0000000000000000') ? undefined : line)),
  ],
  [
    'takes a lost answer for a refusal',
    'unknown, then found',
    (rail) => ({
      async send(order) {
        const outcome = await rail.send(order);
        return outcome.kind === 'unknown' ? { kind: 'declined', reason: 'lost' } : outcome;
      },
    }),
  ],
  [
    'takes a lost answer for a payment',
    'unknown, then absent',
    (rail) => ({
      async send(order) {
        const outcome = await rail.send(order);
        return outcome.kind === 'unknown' ? { kind: 'done', approvalCode: 1 } : outcome;
      },
    }),
  ],
  [
    'makes a new key for each sending',
    'unknown, then found',
    (rail, clock) => ({
      inquire: async () => ({ kind: 'absent', final: true }),
      send: (order) => rail.send({ ...order, key: `${ref(clock.now().toString(16).padStart(16, '0'))}:charge` }),
    }),
  ],
  [
    'takes "pending" for a payment',
    'pending, then declined, without a notice',
    (rail) => ({
      async send(order) {
        const outcome = await rail.send(order);
        return outcome.kind === 'pending' ? { kind: 'done', approvalCode: 1 } : outcome;
      },
    }),
  ],
  ['believes every notice', 'a notice that somebody has changed is refused', () => ({ accept: async () => [] })],
  [
    'reports more than it is asked for',
    'the settlement names each movement once, of the time that is asked for',
    (rail) => ({ settlement: (from, to) => rail.settlement(from - 1, to + 1) }),
  ],
  [
    'mends the settlement',
    'a settlement that differs (duplicate) comes through as it is',
    (rail) => ({
      async settlement(from, to) {
        return [...new Map((await rail.settlement(from, to)).map((line) => [line.key, line])).values()];
      },
    }),
  ],
];

describe('a rail that breaks a law is found', () => {
  const rows = MISTAKES.map(([what, law, mistake, capabilities = {}]) => [what, law, mistake, capabilities] as const);
  it.each(rows)('%s: "%s"', async (_, name, mistake, capabilities) => {
    const laws = railLaws((clock) => {
      const secret = 'between rail and host';
      const host = new ExampleHost({ clock, secret, keyLifeMs: KEY_LIFE.charge });
      const rail = exampleRail({ link: memoryLink(host.serve, clock), clock, secret, capabilities });
      const { inquire, ...wrong } = { ...rail, ...mistake(rail, clock) };
      return { rail: { ...wrong, ...(inquire && { inquire }) }, host };
    });
    const law = laws.find((candidate) => candidate.name === name);
    expect(law).toBeDefined();
    await expect(law?.run()).rejects.toThrow();
  });

  it('and each of these laws is broken by some mistake', () => {
    const broken = new Set(MISTAKES.map(([, law]) => law));
    expect(ALWAYS.filter((law) => !broken.has(law))).toEqual([]);
  });
});
