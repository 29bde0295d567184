import { expect, test, vi } from 'vitest';
import type { StageEvent } from '../../../sim/demo/events.ts';
import { play } from '../../../sim/demo/play.ts';
import type { Stage } from '../../../sim/demo/stage.ts';
import { latencyProfiles } from '../../../sim/index.ts';
import { quietWorld } from '../host.ts';

const ALICE = '+393330000001';
const BOB = '+393330000002';

/** One scene: Alice sends Bob two SMS, in 2 s, of which her hands take 300 ms. */
vi.mock('../../../sim/demo/scenes.ts', () => ({
  SCENES: [
    {
      name: 'only',
      plot: 'two SMS',
      outcome: 'CAPTURED',
      sms: 2,
      paid: 1_250,
      play: (stage: Stage & { act(): Promise<string> }) => stage.act(),
    },
  ],
}));

interface Lies {
  readonly state?: string;
  readonly receipt?: string;
  readonly paid?: number;
  readonly sms?: number;
  readonly octets?: number;
  readonly fails?: string;
  readonly enrolmentFails?: string;
  readonly profile?: string;
}

/** Plays the scene on a stage where everything is as it should be but what is given. */
async function judged(lies: Lies) {
  const { state = 'CAPTURED', receipt = 'paid', paid = 1_250, sms = 2 } = lies;
  const profile = latencyProfiles[lies.profile ?? 'none'];
  const { world, clock } = quietWorld(profile && { profile });
  for (const number of [ALICE, BOB]) world.addModem({ number });
  let balance = 100_000;
  const customer = { handMs: 7_000, phone: { handset: { watch: () => () => {} } } };
  const stage = {
    world,
    clock,
    service: { subscribe: () => () => {} },
    merchant: { ...customer, handMs: 500 },
    customer,
    toEnrol: 2,
    async enrol() {
      if (lies.enrolmentFails !== undefined) throw new Error(lies.enrolmentFails);
    },
    customerBalance: async () => balance,
    till: { payment: async () => ({ state }), receiptStatus: async () => receipt },
    async act() {
      if (lies.fails !== undefined) throw new Error(lies.fails);
      for (let count = 0; count < sms; count += 1) {
        await world.send({
          from: ALICE,
          to: BOB,
          content: { kind: 'data', data: new Uint8Array(count === 0 ? (lies.octets ?? 133) : 20) },
        });
        await new Promise<void>((resolve) => clock.after(1_000, resolve));
      }
      customer.handMs += 300;
      balance -= paid;
      return 'TXN';
    },
  };
  const events: StageEvent[] = [];
  const result = await clock.run(play(stage as unknown as Stage, (event) => events.push(event)));
  return { result, events };
}

test('a scene that went as it should is counted from its beginning on', async () => {
  const { result, events } = await judged({});
  expect(result).toMatchObject({ ok: true, enrolment: { sms: 0, ms: 0, wrong: [] } });
  expect(result.payments).toEqual([
    {
      ...{ scene: 'only', txn: 'TXN', expected: 'CAPTURED', outcome: 'CAPTURED', receipt: 'paid' },
      ...{ sms: 2, expectedSms: 2, octets: 133, cycleMs: 1_000, handMs: 300, paid: 1_250, wrong: [] },
    },
  ]);
  const last = events.at(-1);
  expect(last?.text).toBe('only: CAPTURED, receipt "paid", 2 SMS of at most 133 octets, 1.0 s, as it should be');
  // The next scene begins when nothing has travelled for 3 s.
  const lastSms = events.filter(({ event }) => event === 'deliver').at(-1);
  expect((last?.at ?? 0) - (lastSms?.at ?? 0)).toBeGreaterThanOrEqual(3_000);
  expect(events.filter(({ event }) => event === 'scene').map(({ text }) => text)).toEqual([
    '── enrolment of both phones, four SMS each',
    '── two SMS',
  ]);
});

test.each<[Lies, readonly string[]]>([
  [{ state: 'REFUSED' }, ['the payment is REFUSED']],
  [{ receipt: 'in-progress' }, ['the receipt says in-progress']],
  [{ paid: 0 }, ['the customer paid 0']],
  [{ paid: 1_249 }, ['the customer paid 1249']],
  [{ paid: 1_251 }, ['the customer paid 1251']],
  [{ sms: 1 }, ['it took 1 SMS instead of 2']],
  [{ sms: 3 }, ['it took 3 SMS instead of 2']],
  [{ sms: 3, profile: 'pt2008' }, []],
  [{ octets: 140 }, []],
  [{ state: 'EXPIRED', paid: 0 }, ['the payment is EXPIRED', 'the customer paid 0']],
])('a scene with %j is wrong in %j', async (lies, wrong) => {
  const { result, events } = await judged(lies);
  expect([result.ok, result.payments[0]?.wrong]).toEqual([wrong.length === 0, wrong]);
  expect(events.at(-1)?.text).toMatch(wrong.length === 0 ? /as it should be$/ : `WRONG: ${wrong.join('; ')}`);
});

test('a scene that does not go on is stuck, and says where', async () => {
  const { result } = await judged({ fails: 'no such screen' });
  expect(result).toMatchObject({ ok: false, payments: [{ outcome: 'STUCK', sms: 0, wrong: ['no such screen'] }] });
});

test('after an enrolment that fails no scene is played', async () => {
  const { result, events } = await judged({ enrolmentFails: 'no such code' });
  expect(result).toMatchObject({ ok: false, enrolment: { wrong: ['no such code'] }, payments: [] });
  expect(events.at(-1)?.text).toBe('enrolment: WRONG: no such code');
});
