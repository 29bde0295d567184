import { describe, expect, it } from 'vitest';
import type { Capabilities, RemoteRail } from '../../../server/index.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { ExampleHost, exampleRail, ledgerLaws, memoryLink, railLaws, type VirtualClock } from '../../../sim/index.ts';

const HOUR_MS = 3_600_000;
const KEY_LIFE = { charge: 6 * HOUR_MS, refund: 48 * HOUR_MS, reversal: 6 * HOUR_MS };

/** Every kind of rail that the engine knows: what it does about a lost answer, what it gives back, whether it can be asked. */
const VARIANTS: readonly (readonly [Capabilities['onUnknown'], Capabilities['refund'], inquiry: boolean])[] = [
  ['inquire', 'partial', true],
  ['repeat', 'full', true],
  ['repeat', 'partial', false],
  ['reverse', 'none', true],
  ['reverse', 'partial', true],
];

describe.each(VARIANTS)(
  'a rail that after a lost answer will %s, and gives back %s (may be asked: %s),',
  (onUnknown, refund, inquiry) => {
    const make = (clock: VirtualClock) => {
      const secret = 'between rail and host';
      const host = new ExampleHost({ clock, secret, keyLifeMs: KEY_LIFE.charge });
      const link = memoryLink(host.serve, clock);
      const capabilities = { onUnknown, refund, keyLifeMs: KEY_LIFE };
      return { rail: exampleRail({ link, clock, secret, inquiry, capabilities }), host };
    };
    it.each(railLaws(make))('keeps the law: $name', ({ run }) => run());
  },
);

describe('the ledger rail', () => {
  it.each(ledgerLaws())('keeps the law: $name', ({ run }) => run());
});

/** Mistakes of whoever writes a rail, and the law that each breaks. */
const MISTAKES: readonly (readonly [
  what: string,
  law: string,
  mistake: (rail: RemoteRail, clock: VirtualClock) => Partial<RemoteRail>,
])[] = [
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
  it.each(MISTAKES)('%s: "%s"', async (_, name, mistake) => {
    const laws = railLaws((clock) => {
      const secret = 'between rail and host';
      const host = new ExampleHost({ clock, secret, keyLifeMs: KEY_LIFE.charge });
      const rail = exampleRail({ link: memoryLink(host.serve, clock), clock, secret });
      return { rail: { ...rail, ...mistake(rail, clock) }, host };
    });
    const law = laws.find((candidate) => candidate.name === name);
    expect(law).toBeDefined();
    await expect(law?.run()).rejects.toThrow();
  });
});
