import { describe, expect, it } from 'vitest';
import { type AdminCommand, encodeUp, octetsOf, sealUp } from '../../../device/safe-mobile/index.ts';
import { type Merchant, servicePrimitives } from '../../../server/index.ts';
import { STANDARD_LIMITS } from '../../../server/limits/limits.ts';
import { RequestRefused } from '../../../server/payments/rejections.ts';
import { FakeModem, LOST, READY } from '../fake-modem.ts';
import { TestPhone } from '../phone.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, type Subscriber, shop, type World } from '../world.ts';

// The lines of the table in server/README.md, "Who can cause how many SMS".

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;
const STRANGER = '+393480000001';

/** What happens costs so many SMS of the service, and these alarms. */
async function costOf(world: World, happens: () => unknown, lasts: number = 10 * SECOND) {
  const [sent, entries] = [world.air.sent.length, world.journal.length];
  await happens();
  await world.clock.advance(lasts);
  const alarms = world.journal.slice(entries).flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : []));
  return { sms: world.air.sent.length - sent, alarms };
}

/** Hands the last SMS to the service over again, as other SMS. */
async function replay(world: World, times: number): Promise<void> {
  const [recorded] = world.air.toService.slice(-1);
  if (recorded === undefined) throw new Error('nothing was recorded');
  for (let n = 1; n <= times; n += 1)
    await world.air.handOverAgain({ ...recorded, sentAt: recorded.sentAt + n * SECOND, originator: STRANGER });
}

describe('whoever has recorded a frame and sends it again', () => {
  const frames: readonly (readonly [
    what: string,
    send: (customer: Subscriber) => void,
    first: number,
    again: number,
    alarms: readonly string[],
  ])[] = [
    ['TIME_REQUEST', ({ phone }) => phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8).fill(1) }), 1, 3, []],
    ['STATUS_QUERY about nothing', ({ phone }) => phone.query(new Uint8Array(8).fill(2)), 1, 3, []],
    ['a query of the balance', ({ phone }) => phone.query(new Uint8Array(8).fill(3), 'balance'), 1, 3, []],
    ['a message that cannot be read', ({ phone }) => phone.sayOctets(new Uint8Array(79).fill(0x7f)), 1, 0, []],
    [
      'REFUSE of an unknown payment',
      ({ phone }) => phone.say({ type: 'REFUSE', txn: new Uint8Array(8).fill(4), reason: 'no' }),
      ...([1, 3, ['unknown-transaction']] as const),
    ],
    ['PIN_NEW', ({ phone }) => phone.newPin('55555'), 0, 0, []],
    ['PIN_PROOF with a wrong PIN', ({ phone }) => phone.provePin('11111', phone.newPin('55555')), 1, 3, []],
    ['PIN_PROOF', ({ phone }) => phone.provePin(PIN, phone.newPin('55555')), 1, 3, []],
    [
      'a message with a counter that was used',
      ({ phone }) => {
        for (const fill of [5, 6])
          phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8).fill(fill) }, 2_000_000_000);
      },
      ...([1, 0, ['reused-counter']] as const),
    ],
  ];
  it.each(frames)(
    '%s: causes its answer, a few repeats, and no second alarm',
    async (_, send, first, again, alarms) => {
      const { world, customer } = await shop();
      expect(await costOf(world, () => send(customer))).toEqual({ sms: first, alarms });
      expect(await costOf(world, () => replay(world, 200))).toEqual({ sms: again, alarms: [] });
    },
  );

  it('ENROL: causes the question for the PIN again, a few times, and nothing when that was answered', async () => {
    const { world, customer } = await shop();
    const { deviceId, activationCode } = await world.service.activate(customer.person.id);
    const owner = world.phone(CUSTOMER_NUMBER);
    const enrol = () => owner.enrol(deviceId, activationCode, PIN);
    expect(await costOf(world, enrol, 3 * SECOND)).toEqual({ sms: 1, alarms: [] });
    const recorded = world.air.toService.at(-1);
    expect(await costOf(world, () => replay(world, 200))).toEqual({ sms: 3, alarms: [] });
    expect(await costOf(world, () => owner.approve(PIN))).toEqual({ sms: 1, alarms: [] });
    if (recorded !== undefined) world.air.toService.push(recorded);
    expect(await costOf(world, () => replay(world, 200))).toEqual({ sms: 0, alarms: [] });
  });

  it('PAY_INIT: causes its request once, and a few of the answers that it cannot be done', async () => {
    const { world } = await shop();
    const owner = await world.subscriber(MERCHANT_NUMBER);
    await world.merchant(owner.person.id);
    const ask = (number: string) => () =>
      owner.phone.payInit({ kind: 'number', digits: number.slice(1) }, eur(300), 'x');
    expect(await costOf(world, ask('+393339999999'))).toEqual({ sms: 1, alarms: [] });
    expect(await costOf(world, () => replay(world, 200))).toEqual({ sms: 3, alarms: [] });
    expect(await costOf(world, ask(CUSTOMER_NUMBER), 3 * SECOND)).toEqual({ sms: 1, alarms: [] });
    expect(await costOf(world, () => replay(world, 200))).toEqual({ sms: 0, alarms: [] });
  });

  it('APPROVE, in the end: causes the receipt again, a few times', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    expect(await costOf(world, () => customer.phone.approve(PIN))).toEqual({ sms: 1, alarms: [] });
    expect((await costOf(world, () => replay(world, 200), DAY)).sms).toBeLessThanOrEqual(3);
  });
});

describe('a stranger', () => {
  it('causes nothing with frames that do not open', async () => {
    const { world, customer } = await shop();
    const [device] = await world.service.devices(customer.person.id);
    const secretKey = world.random.bytes(32);
    const publicKey = servicePrimitives().x25519PublicKey(secretKey);
    const frameOf = (deviceId: number) => {
      const plaintext = encodeUp({ type: 'TIME_REQUEST', nonce: world.random.bytes(8), ctr: 2_000_000_000 });
      const own = { deviceId, secretKey, publicKey };
      return sealUp(servicePrimitives(), world.keys.sealing, own, plaintext, world.random.bytes(32));
    };
    const [last] = world.air.toService;
    if (last === undefined || last.content.kind !== 'data' || device === undefined)
      throw new Error('no frame, no phone');
    const { content } = last;
    const spent = await costOf(world, async () => {
      for (const id of [device.id, device.id + 1])
        for (let n = 0; n < 50; n += 1)
          await world.air.handOverAgain({ ...last, sentAt: n, content: { ...content, data: frameOf(id) } });
    });
    expect(spent).toEqual({ sms: 0, alarms: [] });
  });

  async function inActivation() {
    const { world, customer } = await shop();
    const activation = await world.service.activate(customer.person.id);
    const attacker = new TestPhone(
      STRANGER,
      world.keys,
      world.clock,
      world.random.fork('attacker'),
      world.air.attach(STRANGER, () => {}),
    );
    const tryCode = async (phone: TestPhone, code: string) => {
      phone.enrol(activation.deviceId, code, PIN);
      await world.clock.advance(3 * SECOND);
    };
    const owner = world.phone(CUSTOMER_NUMBER);
    const states = async () => (await world.service.devices(customer.person.id)).map(({ state }) => state);
    return { world, customer, activation, attacker, owner, tryCode, states };
  }

  it('who tries activation codes causes no SMS and one alarm, and the owner enrols all the same', async () => {
    const { world, activation, attacker, owner, tryCode, states } = await inActivation();
    const spent = await costOf(world, async () => {
      for (let n = 0; n < 50; n += 1) await tryCode(attacker, '0000-0000');
    });
    expect(spent).toEqual({ sms: 0, alarms: ['codes-tried-elsewhere'] });
    await tryCode(attacker, activation.activationCode);
    expect(await states()).toEqual(['active', 'registered']);
    await tryCode(owner, activation.activationCode);
    owner.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect(await states()).toEqual(['revoked', 'active']);
  });

  it('may enrol from elsewhere with the right code, as long as fewer than five wrong ones came', async () => {
    const { world, activation, attacker, tryCode, states } = await inActivation();
    world.air.fate = () => ({ kind: 'failed', reason: 'no network', retry: true });
    for (let n = 0; n < 4; n += 1) await tryCode(attacker, '0000-0000');
    await tryCode(attacker, activation.activationCode);
    expect(await states()).toEqual(['active', 'enrolling']);
  });

  it('with the number of the owner ends the activation by five codes; then come three answers, and the next activation works', async () => {
    const { world, customer, activation, owner, tryCode, states } = await inActivation();
    const heard = () => owner.received.flatMap((message) => (message.type === 'NAK' ? [message.code] : []));
    for (let n = 0; n < 20; n += 1) await tryCode(owner, '0000-0000');
    const [wrong, over] = ['wrong-code', 'activation-expired'];
    expect(heard()).toEqual([wrong, wrong, wrong, wrong, wrong, over, over, over]);
    await expect(world.service.downloads.descriptor(activation.linkToken)).rejects.toThrow('there is no application');
    const next = await world.service.activate(customer.person.id);
    owner.enrol(next.deviceId, next.activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    expect(await states()).toEqual(['active', 'revoked', 'enrolling']);
  });

  it('hears three times that the time of the activation is over, whatever the code', async () => {
    const { world, activation, owner, tryCode } = await inActivation();
    await world.clock.advance(DAY);
    for (let n = 0; n < 5; n += 1) await tryCode(owner, activation.activationCode);
    expect(owner.received.filter(({ type }) => type === 'NAK')).toHaveLength(3);
  });

  it('causes nothing with ENROL to a phone that is enrolled', async () => {
    const { world, customer, activation, attacker } = await inActivation();
    const [device] = await world.service.devices(customer.person.id);
    const spent = await costOf(world, () => attacker.enrol(device?.id ?? 0, activation.activationCode, PIN));
    expect(spent).toEqual({ sms: 0, alarms: [] });
  });
});

describe("a customer's phone", () => {
  const ask = (phone: TestPhone, times: number) => {
    for (let n = 0; n < times; n += 1) phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
  };

  it('gets twenty answers, an alarm once a day, and one more answer each quarter of an hour', async () => {
    const { world, customer } = await shop();
    expect(await costOf(world, () => ask(customer.phone, 50))).toEqual({ sms: 20, alarms: ['phone-asks-too-much'] });
    await world.clock.advance(15 * MINUTE);
    expect(await costOf(world, () => ask(customer.phone, 50))).toEqual({ sms: 1, alarms: [] });
    await world.clock.advance(DAY);
    expect(await costOf(world, () => ask(customer.phone, 50))).toEqual({ sms: 20, alarms: ['phone-asks-too-much'] });
  });

  it('raises its alarm again when a day is over, not a moment before', async () => {
    const { world, customer } = await shop(1, { limits: { phone: { atOnce: 1, everyMs: 9 * DAY } } });
    const frames: Uint8Array[] = [];
    customer.phone.sendWith((frame) => frames.push(frame));
    ask(customer.phone, 4);
    const raised: number[] = [];
    for (const [n, pause] of [0, 0, DAY - 1, 1].entries()) {
      await world.clock.advance(pause);
      const [sentAt, data] = [n, frames[n] ?? new Uint8Array()];
      const content = { kind: 'data', data, ports: { destination: 16001, source: 16001 } } as const;
      await world.air.handOverAgain({ originator: CUSTOMER_NUMBER, sentAt, content });
      raised.push(world.journal.filter(({ event }) => event.kind === 'alarm').length);
    }
    expect(raised).toEqual([0, 1, 1, 2]);
  });

  it("of a merchant gets sixty, and one more each minute; another's is not touched", async () => {
    const { world, customer } = await shop();
    const owner = await world.subscriber(MERCHANT_NUMBER);
    await world.merchant(owner.person.id);
    expect((await costOf(world, () => ask(owner.phone, 100))).sms).toBe(60);
    await world.clock.advance(MINUTE);
    expect((await costOf(world, () => ask(owner.phone, 5))).sms).toBe(1);
    expect((await costOf(world, () => ask(customer.phone, 5))).sms).toBe(5);
  });

  it('that asks for a receipt late gets it five times when the network says nothing, and ten times at most', async () => {
    const { world, customer, merchant } = await shop();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    expect((await costOf(world, () => customer.phone.approve(PIN), HOUR)).sms).toBe(1);
    expect((await costOf(world, () => customer.phone.query(octetsOf(txn)), 2 * DAY)).sms).toBe(5);
    expect((await costOf(world, () => replay(world, 200), 6 * HOUR)).sms).toBe(4);
    for (let asked = 0; asked < 20; asked += 1) customer.phone.query(octetsOf(txn));
    expect((await costOf(world, () => {}, 6 * HOUR)).sms).toBe(1);
  });

  it('that gets no more answers still pays, and refuses', async () => {
    const { world, customer, merchant } = await shop();
    await costOf(world, () => ask(customer.phone, 50));
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    expect(await costOf(world, () => customer.phone.approve(PIN))).toEqual({ sms: 1, alarms: [] });
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    const second = await world.request(merchant, { mref: 'second' });
    await world.clock.advance(2 * SECOND);
    expect(await costOf(world, () => customer.phone.refuse())).toEqual({ sms: 1, alarms: [] });
    expect((await world.service.payment(second.txn)).state).toBe('REFUSED');
  });

  it('says what is unknown, late, or unreadable within the same allowance', async () => {
    const { world, customer, merchant } = await shop();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    await world.service.cancel(txn);
    await costOf(world, () => ask(customer.phone, 20));
    const strange: readonly (() => void)[] = [
      () => customer.phone.approve(PIN),
      () => customer.phone.refuse(),
      () => customer.phone.query(octetsOf(txn)),
      () => customer.phone.say({ type: 'REFUSE', txn: new Uint8Array(8), reason: 'no' }),
      () => customer.phone.payInit({ kind: 'number', digits: '393400000009' }, eur(100), '47'),
      () => customer.phone.sayOctets(new Uint8Array(79).fill(0x7f)),
    ];
    for (const say of strange) expect((await costOf(world, say)).sms).toBe(0);
  });
});

describe('an operator', () => {
  it('who orders a phone a hundred times causes an SMS a minute, until the phone has confirmed', async () => {
    const { world, customer } = await shop();
    const give = () => world.service.phoneOrders.give(customer.person.id, 'lock');
    const spent = await costOf(world, async () => {
      for (let n = 0; n < 100; n += 1) await give();
    });
    expect(spent).toEqual({ sms: 1, alarms: [] });
    await world.clock.advance(MINUTE);
    for (let n = 0; n < 8; n += 1) expect((await costOf(world, give, MINUTE)).sms).toBe(1);
    const order = customer.phone.received.findLast((message) => message.type === 'ADMIN');
    customer.phone.query(order?.ref ?? new Uint8Array(8), 'request');
    await world.clock.advance(MINUTE);
    expect((await costOf(world, give, MINUTE)).sms).toBe(0);
  });
});

describe('a phone that does not obey', () => {
  it.each<AdminCommand>(['lock', 'wipe'])(
    '%s: is told five times more, with pauses, and gets no other answer',
    async (command) => {
      const { world, customer } = await shop();
      await world.service.phoneOrders.give(customer.person.id, command);
      await world.clock.advance(MINUTE);
      const spent = await costOf(world, async () => {
        for (let n = 0; n < 50; n += 1) {
          customer.phone.say({ type: 'REFUSE', txn: world.random.bytes(8), reason: 'no' });
          await replay(world, 3);
          await world.clock.advance(20 * SECOND);
        }
      });
      expect(spent).toEqual({ sms: 5, alarms: [] });
    },
  );
});

describe('a merchant', () => {
  const OTHER_CUSTOMER = '+393400000005';
  const reasonOf = async (world: World, merchant: Merchant, mref: string, customer = CUSTOMER_NUMBER) => {
    const outcome = await world.request(merchant, { mref, customer }).then(
      ({ state, reason }) => reason ?? state,
      (error) => (error instanceof RequestRefused ? error.reason : Promise.reject(error)),
    );
    await world.clock.advance(2 * SECOND);
    return outcome;
  };

  it('who asks and cancels 200 times causes ten SMS; others may ask, and so may it after an hour', async () => {
    const { world, merchant } = await shop();
    await world.subscriber(OTHER_CUSTOMER);
    const { merchant: other } = await world.merchant();
    const reasons: string[] = [];
    const spent = await costOf(world, async () => {
      for (let n = 0; n < 200; n += 1) {
        const { txn, reason = '' } = await world.request(merchant, { mref: `order ${n}` });
        await world.clock.advance(1);
        reasons.push(reason);
        if (reason === '') await world.service.cancel(txn);
      }
    });
    expect(spent).toEqual({ sms: 10, alarms: [] });
    expect(reasons).toEqual([...Array(5).fill(''), ...Array(195).fill('too-many-requests')]);
    expect(await reasonOf(world, other, 'a')).toBe('REQUESTED');
    expect(await reasonOf(world, merchant, 'b', OTHER_CUSTOMER)).toBe('REQUESTED');
    await world.clock.advance(HOUR);
    expect(await reasonOf(world, merchant, 'c')).toBe('REQUESTED');
  });

  it.each([
    ['refuses', ({ phone }: Subscriber) => phone.refuse()],
    ['does not answer', () => {}],
  ])('is refused the sixth request when the customer %s', async (_, answer) => {
    const { world, customer, merchant } = await shop();
    const reasons: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      reasons.push(await reasonOf(world, merchant, `order ${n}`));
      if (reasons.at(-1) === 'REQUESTED') await answer(customer);
      await world.clock.advance(3 * MINUTE);
    }
    expect(reasons).toEqual([...Array(5).fill('REQUESTED'), 'too-many-requests']);
  });

  it('is refused twice by one customer with an allowance of one: the second refusal gives nothing back', async () => {
    const limits = { waitingOfMerchant: 2, inVainAtCustomer: { atOnce: 1, everyMs: HOUR } };
    const { world, customer, merchant } = await shop(1, { limits });
    for (const mref of ['a', 'b']) expect(await reasonOf(world, merchant, mref)).toBe('REQUESTED');
    for (const asked of customer.phone.asked.slice(-2)) {
      customer.phone.refuse('no', asked);
      await world.clock.advance(2 * SECOND);
    }
    expect(await reasonOf(world, merchant, 'c')).toBe('too-many-requests');
    await world.clock.advance(HOUR);
    expect(await reasonOf(world, merchant, 'd')).toBe('REQUESTED');
  });

  it('may be paid by one customer again and again', async () => {
    const { world, customer, merchant } = await shop();
    for (let n = 0; n < 20; n += 1) {
      expect(await reasonOf(world, merchant, `order ${n}`)).toBe('REQUESTED');
      customer.phone.approve(PIN);
      await world.clock.advance(2 * SECOND);
    }
  });

  it('has one request that waits for a customer, and three merchants leave no room for a fourth', async () => {
    const { world, merchant } = await shop();
    await world.subscriber(OTHER_CUSTOMER);
    expect(await reasonOf(world, merchant, 'a')).toBe('REQUESTED');
    expect(await reasonOf(world, merchant, 'b')).toBe('customer-busy');
    expect(await reasonOf(world, merchant, 'c', OTHER_CUSTOMER)).toBe('REQUESTED');
    const reasons: string[] = [];
    for (let n = 0; n < 3; n += 1) reasons.push(await reasonOf(world, (await world.merchant()).merchant, 'd'));
    expect(reasons).toEqual(['REQUESTED', 'REQUESTED', 'customer-busy']);
  });

  it('pays nothing for a request that is cancelled before it left, and neither does the service', async () => {
    const modem = new FakeModem('one');
    const { world, merchant } = await shop(1, { modems: [modem] });
    modem.become(LOST);
    const spent = await costOf(world, async () => {
      for (let n = 0; n < 20; n += 1) {
        const { txn } = await world.request(merchant, { mref: `order ${n}` });
        await world.service.cancel(txn);
      }
      modem.become(READY);
    });
    expect(spent).toEqual({ sms: 0, alarms: [] });
    expect(await reasonOf(world, merchant, 'last')).toBe('REQUESTED');
  });

  it('to whom a customer says "not me" waits ten minutes, then a day, then for the operator', async () => {
    const { world, customer, merchant } = await shop();
    const refusedAt = () => world.journal.findLast(({ event }) => 'to' in event && event.to === 'REFUSED')?.at ?? 0;
    const notMe = async (mref: string, pause: number) => {
      expect(await reasonOf(world, merchant, mref)).toBe('REQUESTED');
      customer.phone.refuse('not-me');
      await world.clock.advance(2 * SECOND);
      await world.clock.advance(refusedAt() + pause - 1 - world.clock.now());
      expect((await world.request(merchant, { mref: `${mref}, too early` })).reason).toBe('customer-said-not-me');
      await world.clock.advance(1);
    };
    await notMe('a', 10 * MINUTE);
    await notMe('b', DAY);
    await notMe('c', 40 * DAY);
    expect(await reasonOf(world, merchant, 'never')).toBe('customer-said-not-me');
    expect(world.journal.some(({ event }) => event.kind === 'alarm' && event.alarm === 'merchant-suspended')).toBe(
      false,
    );
    await world.service.merchantKeys.resume(merchant.id, 'asked both');
    expect(await reasonOf(world, merchant, 'd')).toBe('REQUESTED');
  });

  it('to whom three customers say "not me" within a month is suspended until the operator has looked', async () => {
    const { world, merchant, apiKey } = await shop();
    const current = async () => (await world.service.merchantByApiKey(apiKey)) ?? merchant;
    const customers = [await world.subscriber(OTHER_CUSTOMER)];
    for (const end of [6, 7, 8]) customers.push(await world.subscriber(`+39340000000${end}`));
    const spent = await costOf(world, async () => {
      for (const [place, { person, phone }] of customers.entries()) {
        expect(await reasonOf(world, await current(), `order ${place}`, person.number)).toBe(
          place < 3 ? 'REQUESTED' : 'merchant-suspended',
        );
        if (place < 3) phone.refuse('not-me');
        await world.clock.advance(2 * SECOND);
      }
    });
    const notMine = 'refused-as-not-mine';
    expect(spent.alarms).toEqual([notMine, notMine, notMine, 'merchant-suspended']);
    expect((await current()).suspendedAt).toBeDefined();
    await world.service.merchantKeys.resume(merchant.id, 'a mistake in the list of customers');
    expect(await reasonOf(world, await current(), 'again', customers[3]?.person.number)).toBe('REQUESTED');
  });

  it('is not suspended when two customers say "not me" and two others had only refused', async () => {
    const { world, merchant, apiKey } = await shop();
    for (const [end, reason] of [
      [5, 'no'],
      [6, 'no'],
      [7, 'not-me'],
      [8, 'not-me'],
    ] as const) {
      const { person, phone } = await world.subscriber(`+39340000000${end}`);
      expect(await reasonOf(world, merchant, `order ${end}`, person.number)).toBe('REQUESTED');
      phone.refuse(reason);
      await world.clock.advance(2 * SECOND);
    }
    expect((await world.service.merchantByApiKey(apiKey))?.suspendedAt).toBeUndefined();
  });

  it('waits after a "not me" only from then, not from a later request that was refused with another word', async () => {
    const { world, customer, merchant } = await shop();
    for (const [mref, word, pause] of [
      ['a', 'not-me', 10 * MINUTE],
      ['b', 'no', 0],
    ] as const) {
      expect(await reasonOf(world, merchant, mref)).toBe('REQUESTED');
      customer.phone.refuse(word);
      await world.clock.advance(2 * SECOND + pause);
    }
    expect(await reasonOf(world, merchant, 'c')).toBe('REQUESTED');
  });

  it('is suspended also when a customer who said "not me" has refused another request with another word since', async () => {
    const { world, customer, merchant, apiKey } = await shop();
    const ask = async (mref: string, { person, phone }: Subscriber, word: 'not-me' | 'no') => {
      expect(await reasonOf(world, merchant, mref, person.number)).toBe('REQUESTED');
      phone.refuse(word);
      await world.clock.advance(10 * MINUTE + 2 * SECOND);
    };
    await ask('a', customer, 'not-me');
    await ask('b', customer, 'no');
    for (const end of [5, 6]) await ask(`c ${end}`, await world.subscriber(`+39340000000${end}`), 'not-me');
    expect((await world.service.merchantByApiKey(apiKey))?.suspendedAt).toBeDefined();
  });

  it('that may ask again after the operator has looked is the only one', async () => {
    const { world, merchant } = await shop();
    const { merchant: other } = await world.merchant();
    for (const { id } of [merchant, other]) await world.service.merchantKeys.revoke(id);
    await world.service.merchantKeys.resume(merchant.id, 'another key was given');
    expect(await reasonOf(world, other, 'a')).toBe('merchant-suspended');
    expect(await reasonOf(world, merchant, 'a')).toBe('REQUESTED');
  });

  it('is not suspended again for what customers said before the operator has looked', async () => {
    const { world, merchant, apiKey } = await shop();
    for (const end of [5, 6, 7, 8]) {
      const { person, phone } = await world.subscriber(`+39340000000${end}`);
      expect(await reasonOf(world, merchant, `order ${end}`, person.number)).toBe('REQUESTED');
      phone.refuse('not-me');
      await world.clock.advance(2 * SECOND);
      if (end === 7) await world.service.merchantKeys.resume(merchant.id, 'a mistake in the list of customers');
    }
    expect((await world.service.merchantByApiKey(apiKey))?.suspendedAt).toBeUndefined();
  });

  it('hears "not me" also when it comes too late', async () => {
    const { world, customer, merchant } = await shop();
    const { txn } = await world.request(merchant, { ttl: 60 });
    await world.clock.advance(2 * SECOND);
    world.beforeStatement = (sql) => {
      if (sql.includes('INTO evidence')) throw new Error('disk I/O error');
    };
    await world.clock.advance(60 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(5_500);
    customer.phone.refuse('not-me');
    await world.clock.advance(SECOND);
    world.beforeStatement = () => {};
    await world.clock.advance(5 * MINUTE);
    expect((await world.service.payment(txn)).state).toBe('EXPIRED');
    expect(await reasonOf(world, merchant, 'again')).toBe('customer-said-not-me');
  });

  it('is not suspended when a month lies between, and the alarm comes once though a fourth says it too', async () => {
    const { world, merchant } = await shop();
    const customers: Subscriber[] = [];
    for (const end of [5, 6, 7, 8, 9]) customers.push(await world.subscriber(`+39340000000${end}`));
    const [first, second, ...others] = customers;
    const alarmsOf = async (asked: readonly (Subscriber | undefined)[], mref: string) => {
      const spent = await costOf(world, async () => {
        for (const one of asked) await reasonOf(world, merchant, `${mref} ${one?.person.number}`, one?.person.number);
        for (const one of asked) one?.phone.refuse('not-me');
      });
      return spent.alarms.filter((alarm) => alarm === 'merchant-suspended').length;
    };
    expect(await alarmsOf([first, second], 'one')).toBe(0);
    await world.clock.advance(30 * DAY);
    expect(await alarmsOf([...others.slice(0, 2)], 'two')).toBe(0);
    expect(await alarmsOf([first, others[2]], 'three')).toBe(1);
  });

  it('who cancels what has left counts, also while a second sending waits, and the customer hears of it', async () => {
    const modem = new FakeModem('one');
    const { world, customer, merchant } = await shop(1, { modems: [modem] });
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    modem.become(LOST);
    await world.clock.advance(20 * SECOND);
    await world.service.cancel(txn);
    modem.become(READY);
    await world.clock.advance(2 * SECOND);
    expect(customer.phone.receipts().at(-1)?.status).toBe('cancelled');
  });

  it('that tries which numbers are of customers hears of sixty, and of one more each minute', async () => {
    const { world, merchant, apiKey } = await shop();
    const current = async () => (await world.service.merchantByApiKey(apiKey)) ?? merchant;
    const heard: string[] = [];
    const spent = await costOf(world, async () => {
      for (let n = 0; n < 70; n += 1) {
        const order = { mref: `probe ${n}`, customer: `+3934099${n}000` };
        const probe = world.request(await current(), order);
        heard.push(await probe.then(String, (error) => (error instanceof RequestRefused ? error.reason : `${error}`)));
      }
    });
    expect(spent).toEqual({ sms: 0, alarms: [] });
    expect(heard).toEqual([...Array(60).fill('customer-unreachable'), ...Array(10).fill('too-many-requests')]);
    expect(await reasonOf(world, await current(), 'an honest one')).toBe('too-many-requests');
    await world.clock.advance(MINUTE);
    expect(await reasonOf(world, await current(), 'an honest one')).toBe('REQUESTED');
  });

  it('has no more requests open than may end without a payment; one that is paid makes room, and others are not touched', async () => {
    const { world, customer, merchant } = await shop(1, { limits: { inVain: { atOnce: 2, everyMs: HOUR } } });
    for (const end of [5, 6]) await world.subscriber(`+39340000000${end}`);
    const { merchant: other } = await world.merchant();
    expect(await reasonOf(world, merchant, 'a')).toBe('REQUESTED');
    expect(await reasonOf(world, merchant, 'b', OTHER_CUSTOMER)).toBe('REQUESTED');
    expect(await reasonOf(world, merchant, 'c', '+393400000006')).toBe('too-many-requests');
    expect(await reasonOf(world, merchant, 'c', '+393409999999')).toBe('too-many-requests');
    expect(await reasonOf(world, other, 'd', '+393400000006')).toBe('REQUESTED');
    customer.phone.approve(PIN);
    await world.clock.advance(2 * SECOND);
    expect(await reasonOf(world, merchant, 'c', '+393400000006')).toBe('REQUESTED');
  });

  it.each([1, 2, 4])('who cancels what %i customers were asked at once has asked as many in vain', async (atOnce) => {
    const { world, merchant } = await shop(1, { limits: { inVain: { atOnce, everyMs: HOUR } } });
    const numbers = [5, 6, 7, 8, 9].map((end) => `+39340000000${end}`);
    for (const number of numbers) await world.subscriber(number);
    const ask = async (mref: string) => {
      const asked = numbers.map((customer) => world.request(merchant, { mref: `${mref} ${customer}`, customer }));
      return (await Promise.allSettled(asked)).flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    };
    const first = await ask('a');
    await world.clock.advance(2 * SECOND);
    for (const { txn } of first) await world.service.cancel(txn);
    expect([first.length, (await ask('b')).length]).toEqual([atOnce, 0]);
    await world.clock.advance(HOUR);
    expect(await ask('c')).toHaveLength(1);
  });

  it('asks people who never pay, and is refused after sixty requests', async () => {
    const { world, merchant, apiKey } = await shop('many', { limits: { inVain: { atOnce: 3, everyMs: MINUTE } } });
    const current = async () => (await world.service.merchantByApiKey(apiKey)) ?? merchant;
    const reasons: string[] = [];
    for (const end of [5, 6, 7, 8]) {
      const { person, phone } = await world.subscriber(`+39340000000${end}`);
      reasons.push(await reasonOf(world, await current(), `order ${end}`, person.number));
      if (reasons.at(-1) === 'REQUESTED') phone.refuse();
      await world.clock.advance(1);
    }
    expect(reasons).toEqual(['REQUESTED', 'REQUESTED', 'REQUESTED', 'too-many-requests']);
    expect(STANDARD_LIMITS.inVain).toEqual({ atOnce: 60, everyMs: MINUTE });
  });

  it('causes seven SMS at most by one request that nobody answers, and one that says it is over', async () => {
    const { world, merchant } = await shop();
    const { phone } = await world.subscriber(OTHER_CUSTOMER);
    const spent = await costOf(
      world,
      async () => {
        const { txn } = await world.request(merchant, { customer: OTHER_CUSTOMER, ttl: 600 });
        for (let n = 0; n < 15; n += 1) {
          await world.clock.advance(30 * SECOND);
          phone.query(octetsOf(txn));
        }
      },
      HOUR,
    );
    expect(spent.sms).toBeLessThanOrEqual(7 + 15 + 1);
  });
});
