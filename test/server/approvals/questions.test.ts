import { describe, expect, it } from 'vitest';
import { hexOf, octetsOf } from '../../../device/safe-mobile/index.ts';
import {
  challengeByRef,
  countResend,
  endChallenge,
  insertChallenge,
  lockOpenChallenges,
  setDue,
} from '../../../server/approvals/challenge.ts';
import { deviceId, ref } from '../../../server/vocabulary/ids.ts';
import { rows, testStore } from '../database.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { CUSTOMER_NUMBER, PIN, type Subscriber, shop, World } from '../world.ts';

const WRONG = ['48214', '48215', '48216'] as const;

/** How long a question lasts, ms: the time to live, and what an answer may be late. */
const LASTS_MS = 125_000;

/** The questions of this purpose, in the order in which they were asked: the state, and whether something is due. */
async function questions(database: string, purpose: 'payment' | 'enrolment'): Promise<string[]> {
  const found = await rows(database, 'SELECT state, due FROM challenge WHERE purpose = ? ORDER BY rowid', purpose);
  return found.map(({ state, due }) => `${state}${due === null ? '' : ', due'}`);
}

/** Receipts with tries left; alarms about what the phone said. */
function seen(world: World, phone: Subscriber['phone']) {
  return {
    receipts: phone.receipts().map(({ status, triesLeft }) => `${status} ${triesLeft}`),
    alarms: world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : [])),
  };
}

/** While it lasts, no approval can be dealt with: the question waits for the frame though its time is over. */
async function approveInVain(world: World, phone: Subscriber['phone'], wait: number): Promise<() => void> {
  await world.clock.advance(wait);
  world.beforeStatement = (sql) => {
    if (sql.includes('INTO evidence')) throw new Error('disk I/O error');
  };
  phone.approve(PIN);
  await world.clock.advance(LASTS_MS - wait);
  return () => {
    world.beforeStatement = () => {};
  };
}

type AskedPhone = ReturnType<Subscriber['phone']['lastAsked']>;

type Shop = Awaited<ReturnType<typeof shop>> & { readonly txn: string };

describe('the question of a payment', () => {
  async function asked(): Promise<Shop> {
    const base = await shop(1, { limits: WIDE_LIMITS });
    const { txn } = await base.world.request(base.merchant);
    await base.world.clock.advance(2_000);
    for (const receipt of base.customer.phone.receipts()) expect(receipt.status).toBe('active');
    return { ...base, txn };
  }

  const answerWith = async ({ world, customer }: Shop, ...pins: readonly string[]) => {
    for (const pin of pins) {
      customer.phone.approve(pin);
      await world.clock.advance(2_500);
    }
  };

  it.each([
    ['approves it with its own PIN', (phone: Subscriber['phone'], asked: AskedPhone) => phone.approve(PIN, asked)],
    ['approves it with a wrong PIN', (phone: Subscriber['phone'], asked: AskedPhone) => phone.approve('11111', asked)],
    ['refuses it', (phone: Subscriber['phone'], asked: AskedPhone) => phone.refuse('not-me', asked)],
  ])('stays as it is when another phone %s', async (_, answers) => {
    const base = await asked();
    const { world, customer, txn } = base;
    const other = await world.subscriber('+393400000009');
    answers(other.phone, customer.phone.lastAsked());
    await world.clock.advance(3_000);
    expect(await questions(world.database, 'payment')).toEqual(['asked, due']);
    expect(seen(world, other.phone)).toEqual({ receipts: ['active 3'], alarms: ['unknown-transaction'] });
    expect(other.phone.received.at(-1)).toMatchObject({ type: 'NAK', code: 'unknown-reference' });
    expect(world.journal.filter(({ event }) => event.kind === 'wrong-pin')).toEqual([]);
    await answerWith(base, PIN);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
  });

  it.each<{
    readonly what: string;
    readonly does: (base: Shop) => unknown;
    readonly question: string;
    readonly state: string;
    readonly reason?: string;
    readonly receipts: readonly string[];
    readonly alarms?: readonly string[];
  }>([
    { what: 'no answer yet', does: () => {}, question: 'asked, due', state: 'REQUESTED', receipts: [] },
    {
      what: 'a wrong PIN',
      does: (base) => answerWith(base, WRONG[0]),
      question: 'asked, due',
      state: 'REQUESTED',
      receipts: ['wrong-pin 2'],
    },
    {
      what: 'the right PIN',
      does: (base) => answerWith(base, PIN),
      question: 'approved',
      state: 'CAPTURED',
      receipts: ['paid 3'],
    },
    {
      what: 'a wrong PIN, then the right one',
      does: (base) => answerWith(base, WRONG[0], PIN),
      question: 'approved',
      state: 'CAPTURED',
      receipts: ['wrong-pin 2', 'paid 2'],
    },
    {
      what: 'three wrong PINs, then the right one',
      does: (base) => answerWith(base, ...WRONG, PIN),
      question: 'refused',
      state: 'REFUSED',
      reason: 'wrong-pin',
      receipts: ['wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0', 'wrong-pin 0'],
    },
    {
      what: 'a refusal',
      does: ({ customer }) => customer.phone.refuse('no'),
      question: 'refused',
      state: 'REFUSED',
      reason: 'no',
      receipts: ['refused 3'],
    },
    {
      what: 'a refusal after a wrong PIN',
      does: async (base) => {
        await answerWith(base, WRONG[0]);
        base.customer.phone.refuse('no');
      },
      question: 'refused',
      state: 'REFUSED',
      reason: 'no',
      receipts: ['wrong-pin 2', 'refused 2'],
    },
    {
      what: '"not me"',
      does: ({ customer }) => customer.phone.refuse('not-me'),
      question: 'refused',
      state: 'REFUSED',
      reason: 'not-me',
      receipts: ['refused 3'],
      alarms: ['refused-as-not-mine'],
    },
    {
      what: 'a phone that says "expired"',
      does: ({ customer }) => customer.phone.refuse('expired'),
      question: 'expired',
      state: 'EXPIRED',
      reason: 'expired',
      receipts: ['expired 3'],
    },
    {
      what: 'no answer in time, then an approval',
      does: async (base) => {
        await base.world.clock.advance(LASTS_MS);
        await answerWith(base, PIN);
      },
      question: 'expired',
      state: 'EXPIRED',
      receipts: ['expired 3', 'expired 3'],
    },
    {
      what: 'a late approval, before the time-out fires',
      does: async ({ world, customer }) => {
        const asked = customer.phone.lastAsked();
        const mend = await approveInVain(world, customer.phone, 100_000);
        mend();
        customer.phone.approve(PIN, asked);
      },
      question: 'expired',
      state: 'EXPIRED',
      receipts: ['expired 3'],
    },
    {
      what: 'a late "not me", before the time-out fires',
      does: async ({ world, customer }) => {
        await approveInVain(world, customer.phone, 100_000);
        customer.phone.refuse('not-me');
      },
      question: 'expired',
      state: 'EXPIRED',
      receipts: ['expired 3'],
      alarms: ['refused-as-not-mine'],
    },
    {
      what: 'a cancel, then an approval',
      does: async (base) => {
        await base.world.service.cancel(base.txn);
        await answerWith(base, PIN);
      },
      question: 'withdrawn',
      state: 'CANCELLED',
      reason: 'merchant',
      receipts: ['cancelled 3', 'cancelled 3'],
    },
  ])('$what: $question', async ({ does, question, state, reason, receipts, alarms = [] }) => {
    const base = await asked();
    const { world, customer, txn } = base;
    const before = customer.phone.receipts().length;
    await does(base);
    await world.clock.advance(2_500);
    const { receipts: all, alarms: raised } = seen(world, customer.phone);
    const payment = await world.service.payment(txn);
    expect([payment.state, payment.reason]).toEqual([state, reason]);
    expect(await questions(world.database, 'payment')).toEqual([question]);
    expect(all.slice(before)).toEqual(receipts);
    expect(raised.filter((alarm) => alarm !== 'message-set-aside')).toEqual(alarms);
  });

  it('to a phone that was blocked meanwhile is refused, also when the PIN is right', async () => {
    const base = await asked();
    const { world, customer, merchant } = base;
    const [first] = customer.phone.asked.slice(-1);
    await world.request(merchant, { mref: 'second' });
    await world.clock.advance(2_000);
    const [second] = customer.phone.asked.slice(-1);
    await answerWith(base, WRONG[0], WRONG[1]);
    for (const pin of WRONG) {
      customer.phone.approve(pin, first);
      await world.clock.advance(2_500);
    }
    customer.phone.approve(PIN, second);
    await world.clock.advance(2_500);
    expect(await questions(world.database, 'payment')).toEqual(['refused', 'refused']);
    expect(seen(world, customer.phone).receipts.slice(-2)).toEqual(['blocked 0', 'blocked 0']);
  });

  it('is sent again when its phone asks, as long as it is open; then the phone gets the receipt', async () => {
    const base = await asked();
    const { world, customer, txn } = base;
    customer.phone.query(octetsOf(txn));
    await world.clock.advance(2_500);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(2);
    await answerWith(base, PIN);
    customer.phone.query(octetsOf(txn));
    await world.clock.advance(2_500);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(2);
    expect(seen(world, customer.phone).receipts.slice(-2)).toEqual(['paid 3', 'paid 3']);
  });
});

describe('the question of an enrolment', () => {
  async function enrolling() {
    const world = new World('questions');
    await world.open();
    const person = await world.service.addPerson({ number: CUSTOMER_NUMBER, name: 'Anna', language: 'it' });
    const phone = world.phone(CUSTOMER_NUMBER);
    const { deviceId, activationCode } = await world.service.activate(person.id);
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(2_500);
    return { world, person, phone, deviceId, activationCode };
  }

  type Enrolling = Awaited<ReturnType<typeof enrolling>>;

  it.each<{
    readonly what: string;
    readonly does: (base: Enrolling) => unknown;
    readonly question: readonly string[];
    readonly device: string;
    readonly receipts: readonly string[];
    readonly alarms?: readonly string[];
  }>([
    { what: 'no answer yet', does: () => {}, question: ['asked, due'], device: 'enrolling', receipts: [] },
    {
      what: 'the right PIN',
      does: ({ phone }) => phone.approve(PIN),
      question: ['approved'],
      device: 'active',
      receipts: ['active 3'],
    },
    {
      what: 'three wrong PINs',
      does: async ({ world, phone }) => {
        for (const pin of WRONG) {
          phone.approve(pin);
          await world.clock.advance(2_500);
        }
      },
      question: ['refused'],
      device: 'registered',
      receipts: ['wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0'],
    },
    {
      what: 'four wrong PINs in two enrolments, then the right one, after which all tries are there again',
      does: async ({ world, phone, deviceId, activationCode }) => {
        for (const pin of [...WRONG, 'again', WRONG[0], PIN]) {
          if (pin === 'again') phone.enrol(deviceId, activationCode, PIN);
          else phone.approve(pin);
          await world.clock.advance(2_500);
        }
      },
      question: ['refused', 'approved'],
      device: 'active',
      receipts: ['wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0', 'wrong-pin 1', 'active 2'],
    },
    {
      what: 'five wrong PINs in two enrolments, which block only an active phone',
      does: async ({ world, phone, deviceId, activationCode }) => {
        for (const pin of [...WRONG, 'again', WRONG[0], WRONG[1]]) {
          if (pin === 'again') phone.enrol(deviceId, activationCode, PIN);
          else phone.approve(pin);
          await world.clock.advance(2_500);
        }
      },
      question: ['refused', 'refused'],
      device: 'registered',
      receipts: ['wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0', 'wrong-pin 1', 'wrong-pin 0'],
    },
    {
      what: 'a refusal',
      does: ({ phone }) => phone.refuse('no'),
      question: ['refused'],
      device: 'registered',
      receipts: ['refused 0'],
    },
    {
      what: '"not me"',
      does: ({ phone }) => phone.refuse('not-me'),
      question: ['refused'],
      device: 'revoked',
      receipts: [],
      alarms: ['refused-as-not-mine'],
    },
    {
      what: 'a phone that says "expired"',
      does: ({ phone }) => phone.refuse('expired'),
      question: ['expired'],
      device: 'registered',
      receipts: ['refused 0'],
    },
    {
      what: 'no answer in time',
      does: ({ world }) => world.clock.advance(LASTS_MS),
      question: ['expired'],
      device: 'registered',
      receipts: [],
    },
    {
      what: 'a late approval, before the time-out fires',
      does: async ({ world, phone }) => {
        const mend = await approveInVain(world, phone, 100_000);
        mend();
        phone.approve(PIN);
      },
      question: ['expired'],
      device: 'registered',
      receipts: ['expired 0'],
    },
    {
      what: 'a late "not me", before the time-out fires',
      does: async ({ world, phone }) => {
        await approveInVain(world, phone, 100_000);
        phone.refuse('not-me');
      },
      question: ['expired'],
      device: 'revoked',
      receipts: [],
      alarms: ['refused-as-not-mine'],
    },
    {
      what: 'another ENROL, with other keys',
      does: async ({ world, phone, deviceId, activationCode }) => {
        phone.enrol(deviceId, activationCode, PIN);
        await world.clock.advance(2_500);
      },
      question: ['withdrawn', 'asked, due'],
      device: 'enrolling',
      receipts: [],
    },
    {
      what: 'a new activation',
      does: ({ world, person }) => world.service.activate(person.id),
      question: ['withdrawn'],
      device: 'revoked',
      receipts: [],
    },
  ])('$what: $question', async ({ does, question, device, receipts, alarms = [] }) => {
    const base = await enrolling();
    const { world, person, phone } = base;
    await does(base);
    await world.clock.advance(2_500);
    expect(await questions(world.database, 'enrolment')).toEqual(question);
    const [first] = await world.service.devices(person.id);
    expect(first?.state).toBe(device);
    const { receipts: all, alarms: raised } = seen(world, phone);
    expect(all).toEqual(receipts);
    expect(raised).toEqual(alarms);
  });

  it('that was taken back is not sent again, and an approval of it changes nothing', async () => {
    const { world, phone, deviceId, activationCode } = await enrolling();
    const [taken] = phone.asked;
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(LASTS_MS - 60_000);
    const again = phone.asked.filter(({ plaintext }) => hexOf(plaintext) === hexOf(taken?.plaintext ?? plaintext));
    expect(again).toHaveLength(1);
    phone.approve(PIN, taken);
    await world.clock.advance(2_500);
    expect(await questions(world.database, 'enrolment')).toEqual(['withdrawn', 'asked, due']);
    expect(seen(world, phone).receipts).toEqual(['expired 0']);
  });
});

describe('the request of a question that has ended', () => {
  const asks = (phone: Subscriber['phone']) =>
    phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST').length;
  const noNetwork = { kind: 'failed', reason: 'no network', retry: true } as const;

  it('does not leave any more, when the merchant takes it back', async () => {
    const { world, customer, merchant } = await shop();
    world.air.fate = () => noNetwork;
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    await world.service.cancel(txn);
    world.air.fate = () => 'deliver';
    await world.clock.advance(60_000);
    expect(asks(customer.phone)).toBe(0);
  });

  it('does not leave once more, when the phone has answered', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(19_000);
    world.air.fate = () => noNetwork;
    await world.clock.advance(2_000);
    world.air.fate = () => 'deliver';
    customer.phone.approve(PIN);
    await world.clock.advance(60_000);
    expect(asks(customer.phone)).toBe(1);
  });
});

describe('the state of a question', () => {
  it.each(['approved', 'refused', 'expired', 'withdrawn'] as const)('%s is an end, and stays', async (end) => {
    const store = await testStore();
    const [about, device] = [ref('0123456789abcdef'), deviceId(1)];
    await store.transaction('a question', async (tx) => {
      await tx.run("INSERT INTO person (number, name, language, created_at) VALUES ('+39340', 'A', 'en', 0)");
      await tx.run(
        `INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
         VALUES (1, 1, 'active', x'', 0, 0, 0)`,
      );
      const empty = new Uint8Array();
      const times = { askedAt: 0, deadline: 100 };
      const question = {
        purpose: 'payment',
        deviceId: device,
        request: Uint8Array.of(1),
        frame: empty,
        ...times,
      } as const;
      const other = ref('fedcba9876543210');
      for (const ref of [about, other]) await insertChallenge(tx, { ref, ...question }, 20);
      await countResend(tx, about);
      const kept = { ...question, state: 'asked', resends: 0, wrongPins: 0 };
      expect(await lockOpenChallenges(tx, device, 'payment')).toEqual([
        { ...kept, ref: about, resends: 1 },
        { ...kept, ref: other },
      ]);
      expect(await lockOpenChallenges(tx, device, 'enrolment')).toEqual([]);
      expect(await lockOpenChallenges(tx, deviceId(2), 'payment')).toEqual([]);
      expect(await endChallenge(tx, about, end)).toBe(true);
      for (const second of ['approved', 'withdrawn'] as const)
        expect(await endChallenge(tx, about, second)).toBe(false);
      await setDue(tx, about, 50);
      expect(await lockOpenChallenges(tx, device, 'payment')).toEqual([{ ...kept, ref: other }]);
      expect((await challengeByRef(tx, about))?.state).toBe(end);
      const due = () =>
        tx.all(
          'SELECT ref, due FROM challenge ORDER BY rowid',
          (row) => `${row.text('ref')} ${row.optionalInteger('due')}`,
        );
      expect(await due()).toEqual([`${about} undefined`, `${other} 20`]);
      await setDue(tx, other, 50);
      expect(await due()).toEqual([`${about} undefined`, `${other} 50`]);
    });
    await store.close();
  });
});

describe('all questions', () => {
  it('have something due exactly as long as they are open, also after a crash', async () => {
    const { world, customer, merchant } = await shop(1, { limits: WIDE_LIMITS });
    for (const mref of ['a', 'b', 'c']) await world.request(merchant, { mref });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(30_000);
    world.kill();
    await world.open();
    await world.clock.advance(2_000);
    const open = ['asked, due', 'asked, due'];
    expect((await questions(world.database, 'payment')).toSorted()).toEqual(['approved', ...open]);
    expect(world.service.takenOver.requests).toBe(2);
    await world.clock.advance(LASTS_MS);
    expect((await questions(world.database, 'payment')).toSorted()).toEqual(['approved', 'expired', 'expired']);
    expect(await questions(world.database, 'enrolment')).toEqual(['approved']);
  });
});
