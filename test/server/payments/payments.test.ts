import { describe, expect, it } from 'vitest';
import { declineReasonOf, hexOf, octetsOf } from '../../../device/safe-mobile/index.ts';
import type { RailLimits } from '../../../server/index.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { CUSTOMER_NUMBER, DEPOSIT, MERCHANT_NUMBER, PIN, shop, type World } from '../world.ts';

const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;

/** The steps of payments in the journal: event, from, to, reason. */
const stepsOf = ({ journal }: World) =>
  journal.flatMap(({ event: it }) => (it.kind === 'payment' ? [`${it.event} ${it.from} ${it.to} ${it.reason}`] : []));

/** A shop whose merchant has a phone too. */
async function shopWithPhone(...options: Parameters<typeof shop>) {
  const base = await shop(...options);
  const owner = await base.world.subscriber(MERCHANT_NUMBER);
  const { merchant } = await base.world.merchant(owner.person.id);
  base.world.air.sent.length = 0;
  base.world.air.toService.length = 0;
  return { ...base, owner, merchant };
}

describe('an approved payment', () => {
  it('takes three SMS from request to receipt and moves the money once', async () => {
    const { world, customer, merchant } = await shop();
    world.air.sent.length = 0;
    world.air.toService.length = 0;
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(200_000);

    expect(await world.service.payment(payment.txn)).toMatchObject({ state: 'CAPTURED', approvalCode: 100_001 });
    expect(stepsOf(world)).toEqual([
      'create undefined CREATED undefined',
      'request CREATED REQUESTED undefined',
      'approve REQUESTED APPROVED undefined',
      'capture APPROVED CAPTURED undefined',
    ]);
    expect(world.air.sent).toHaveLength(2);
    expect(world.air.toService).toHaveLength(1);
    expect(await world.service.holdings(customer.person.id)).toEqual([eur(DEPOSIT.minor - 1_250)]);
    expect(await world.breaches()).toEqual([]);
  });

  it('shows the customer the payee of the register, the amount, the reference and the match code', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    expect(customer.phone.lastAsked().message).toMatchObject({
      type: 'PAY_REQUEST',
      txn: octetsOf(payment.txn),
      payee: 'Edicola Città',
      reference: 'scontrino 2010/47',
      amount: eur(1_250),
      merchantId: merchant.id,
      matchCode: payment.matchCode,
      ttl: 120,
    });
  });

  it('gets a signed receipt with approval code, rail and the tries that were left', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)).toMatchObject({
      status: 'paid',
      triesLeft: 3,
      approvalCode: 100_001,
      rail: 'ledger',
    });
  });

  it('is declined when the account does not cover it', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant, { amount: eur(DEPOSIT.minor + 1) });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(await world.service.payment(payment.txn)).toMatchObject({ state: 'DECLINED', reason: 'insufficient-funds' });
    expect(stepsOf(world).slice(2)).toEqual([
      'approve REQUESTED APPROVED undefined',
      'decline APPROVED DECLINED insufficient-funds',
    ]);
    const receipt = customer.phone.receipts().at(-1);
    expect(receipt).toMatchObject({ status: 'declined', rail: 'none' });
    expect(declineReasonOf(receipt?.approvalCode ?? 0)).toBe('insufficient-funds');
    expect(await world.service.holdings(customer.person.id)).toEqual([DEPOSIT]);
    expect(await world.breaches()).toEqual([]);
  });
});

describe('a request that is not approved', () => {
  it('is refused without a PIN, and the refusal gets a receipt', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.refuse('no');
    await world.clock.advance(3_000);
    expect(await world.service.payment(payment.txn)).toMatchObject({ state: 'REFUSED', reason: 'no' });
    expect(customer.phone.receipts().at(-1)?.status).toBe('refused');
  });

  it.each([
    ['no', 'REFUSED', 'refused', []],
    ['not-me', 'REFUSED', 'refused', ['refused-as-not-mine']],
    ['expired', 'EXPIRED', 'expired', []],
    ['unreadable', 'REFUSED', 'refused', []],
    ['muted', 'REFUSED', 'refused', []],
  ] as const)(
    'refused with "%s" is %s, and a later approval changes nothing',
    async (reason, state, status, raised) => {
      const { world, customer, merchant } = await shop();
      const payment = await world.request(merchant);
      await world.clock.advance(2_000);
      customer.phone.refuse(reason);
      await world.clock.advance(3_000);
      customer.phone.approve(PIN);
      await world.clock.advance(3_000);
      customer.phone.refuse('not-me');
      await world.clock.advance(3_000);
      expect(await world.service.payment(payment.txn)).toMatchObject({ state, reason });
      expect(customer.phone.receipts().map((receipt) => receipt.status)).toEqual(['active', status, status, status]);
      const alarms = world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event] : []));
      const deviceId = payment.deviceId;
      expect(alarms).toEqual(raised.map((alarm) => ({ kind: 'alarm', alarm, deviceId, ref: payment.txn })));
    },
  );

  it('is cancelled by the merchant, and a later approval gets the receipt "cancelled"', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    await world.service.cancel(payment.txn);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await world.service.payment(payment.txn)).state).toBe('CANCELLED');
    expect(customer.phone.receipts().map(({ status }) => status)).toEqual(['active', 'cancelled', 'cancelled']);
    expect(await world.breaches()).toEqual([]);
  });
});

describe('a request without an answer', () => {
  it.each([
    [120, [0, 20_000, 45_000], 125_000],
    [40, [0, 20_000], 45_000],
    [30, [0, 20_000], 35_000],
  ])('of %i s goes out at %j ms, octet by octet the same, and lasts %i ms', async (ttl, expected, lasts) => {
    const { world, customer, merchant } = await shop();
    const begin = world.clock.now();
    world.air.sent.length = 0;
    const times: number[] = [];
    world.air.fate = () => {
      times.push(world.clock.now() - begin);
      return 'deliver';
    };
    const { txn } = await world.request(merchant, { ttl });
    const state = async () => (await world.service.payment(txn)).state;
    await world.clock.advance(lasts);
    expect([await state(), times]).toEqual(['REQUESTED', expected]);
    const frames = world.air.sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
    expect(new Set(frames).size).toBe(1);
    await world.clock.advance(1);
    expect(await state()).toBe('EXPIRED');
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(expected.length);
  });

  it('is not repeated once the phone has answered anything', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve('11111');
    await world.clock.advance(200_000);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(1);
  });

  it.each([
    ['approved', 'still 5 s after its time', 125_000, 'CAPTURED', 'paid'],
    ['approved', 'too late after that, unverified', 125_001, 'EXPIRED', 'expired'],
    ['refused', 'still 5 s after its time', 125_000, 'REFUSED', 'refused'],
  ])('is %s, %s: after %i ms it is %s', async (answer, _, after, state, status) => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(after - 1_000);
    if (answer === 'approved') customer.phone.approve(PIN);
    else customer.phone.refuse('no');
    await world.clock.advance(5_000);
    expect((await world.service.payment(payment.txn)).state).toBe(state);
    expect(customer.phone.receipts().at(-1)?.status).toBe(status);
  });

  it('does not count a late wrong PIN', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(130_000);
    customer.phone.approve('11111');
    await world.clock.advance(3_000);
    expect(world.journal.filter(({ event }) => event.kind === 'wrong-pin')).toEqual([]);
  });
});

describe('a repeated message', () => {
  it('gets the stored receipt, the same frame, and no second charge', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    customer.phone.repeat();
    await world.clock.advance(3_000);
    const frames = world.air.sent.slice(-2).map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
    expect(frames[0]).toBe(frames[1]);
    expect(customer.phone.receipts().map(({ status }) => status)).toEqual(['active', 'paid', 'paid']);
    expect(await world.service.holdings(customer.person.id)).toEqual([eur(DEPOSIT.minor - 1_250)]);
  });

  it('of a wrong PIN counts once', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve('11111');
    await world.clock.advance(3_000);
    customer.phone.repeat();
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().map(({ status, triesLeft }) => [status, triesLeft])).toEqual([
      ['active', 3],
      ['wrong-pin', 2],
      ['wrong-pin', 2],
    ]);
  });

  it('handed over twice by the modem is one message', async () => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const sent = world.air.sent.length;
    const [last] = world.air.toService.slice(-1);
    if (last !== undefined) await world.air.handOverAgain(last);
    await world.clock.advance(3_000);
    expect(world.air.sent).toHaveLength(sent);
  });
});

describe('a status query', () => {
  it('brings the stored receipt again, ten times at most, and as often that of a newer state', async () => {
    const { world, customer, merchant } = await shop(1, { limits: WIDE_LIMITS });
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve('11117');
    await world.clock.advance(2_000);
    world.air.fate = () => ({ kind: 'failed', reason: 'no network', retry: true });
    customer.phone.approve('11118');
    await world.clock.advance(2_000);
    world.air.fate = () => 'deliver';
    customer.phone.approve(PIN);
    const ask = async (times: number) => {
      for (let query = 0; query < times; query += 1) {
        for (const _ of ['now', 'at the same time']) customer.phone.query(octetsOf(txn));
        await world.clock.advance(6_000);
      }
      return customer.phone.receipts().map(({ status }) => status);
    };
    expect(await ask(11)).toEqual(['active', 'wrong-pin', ...Array.from({ length: 11 }, () => 'paid')]);
    await world.service.refund(txn);
    const statuses = await ask(11);
    expect(statuses.slice(13)).toEqual(Array.from({ length: 11 }, () => 'refunded'));
    expect(
      world.air.sent
        .slice(-11)
        .map(({ statusReport = false }) => statusReport)
        .filter(Boolean),
    ).toHaveLength(1);
  });

  it('brings the stored receipt again', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    world.air.fate = () => 'lose';
    customer.phone.approve(PIN);
    await world.clock.advance(60_000);
    world.air.fate = () => 'deliver';
    customer.phone.query(octetsOf(payment.txn));
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().map(({ status }) => status)).toEqual(['active', 'paid']);
  });

  it('about an open request brings the request again, to which a phone repeats the approval that was lost', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    world.air.fateOfAnswer = () => 'lose';
    customer.phone.approve(PIN);
    const approval = customer.phone.sent.at(-1);
    world.air.fateOfAnswer = () => 'deliver';
    await world.clock.advance(60_000);
    const asked = customer.phone.asked.length;
    customer.phone.query(octetsOf(payment.txn));
    await world.clock.advance(3_000);
    expect(customer.phone.asked).toHaveLength(asked + 1);
    expect(customer.phone.asked.at(-1)?.plaintext).toEqual(customer.phone.asked.at(-2)?.plaintext);
    expect(customer.phone.receipts().map(({ status }) => status)).toEqual(['active']);
    customer.phone.repeat(approval);
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
    expect(await world.service.holdings(customer.person.id)).toEqual([eur(DEPOSIT.minor - 1_250)]);
  });

  it('after a wrong PIN brings the receipt of that and the request: either may be what the phone missed', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve('11117');
    await world.clock.advance(3_000);
    world.air.fateOfAnswer = () => 'lose';
    customer.phone.approve(PIN);
    const approval = customer.phone.sent.at(-1);
    world.air.fateOfAnswer = () => 'deliver';
    const heard = customer.phone.received.length;
    customer.phone.query(octetsOf(payment.txn));
    await world.clock.advance(3_000);
    expect(customer.phone.received.slice(heard).map(({ type }) => type)).toEqual(['RECEIPT', 'PAY_REQUEST']);
    customer.phone.repeat(approval);
    await world.clock.advance(100_000);
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(2);
  });

  it('brings the request again six times at most, then "in progress"', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(50_000);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(3);
    for (let query = 0; query < 5; query += 1) {
      customer.phone.query(octetsOf(payment.txn));
      await world.clock.advance(3_000);
    }
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(7);
    expect(customer.phone.receipts().at(-1)?.status).toBe('in-progress');
  });

  it('does not move the times at which the request goes out by itself', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    const times: number[] = [];
    const start = world.clock.now();
    customer.phone.onMessage = ({ type }) => type === 'PAY_REQUEST' && times.push(world.clock.now() - start - 1_000);
    await world.clock.advance(5_000);
    customer.phone.query(octetsOf(payment.txn));
    await world.clock.advance(100_000);
    expect(times).toEqual([0, 6_000, 20_000, 45_000]);
  });

  it('about a request of another phone hears NAK, and the request does not go out again', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    const stranger = await world.subscriber('+393400000009');
    stranger.phone.query(octetsOf(payment.txn));
    await world.clock.advance(3_000);
    expect(stranger.phone.received.at(-1)).toMatchObject({ type: 'NAK', code: 'unknown-reference' });
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(1);
  });

  it('while the request waits in the service does not send it a second time', async () => {
    const { world, customer, merchant } = await shop();
    let reaches = false;
    world.air.fate = () => (reaches ? 'deliver' : { kind: 'failed', reason: 'no network', retry: true });
    const payment = await world.request(merchant);
    await world.clock.advance(1_000);
    customer.phone.query(octetsOf(payment.txn));
    await world.clock.advance(2_000);
    reaches = true;
    await world.clock.advance(15_000);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(1);
  });

  it('about a foreign reference hears NAK', async () => {
    const { world, customer } = await shop();
    customer.phone.query(octetsOf('0123456789abcdef'));
    await world.clock.advance(3_000);
    expect(customer.phone.received.at(-1)).toMatchObject({ type: 'NAK', code: 'unknown-reference' });
  });
});

describe("a payment from a merchant's phone", () => {
  const customerAddress = { kind: 'number', digits: CUSTOMER_NUMBER.slice(1) } as const;

  it('takes five SMS and gives both a receipt', async () => {
    const { world, customer, owner } = await shopWithPhone();
    const mref = owner.phone.payInit(customerAddress, eur(1_250), '47');
    await world.clock.advance(3_000);
    const matchCode = ((mref[6] ?? 0) * 256 + (mref[7] ?? 0)) % 10_000;
    expect(customer.phone.lastAsked().message).toMatchObject({ payee: 'Edicola Città', reference: '47', matchCode });
    customer.phone.approve(PIN);
    await world.clock.advance(200_000);
    expect(world.air.sent.length + world.air.toService.length).toBe(5);
    expect(customer.phone.receipts().at(-1)).toMatchObject({ status: 'paid', approvalCode: 100_001 });
    expect(owner.phone.receipts().at(-1)).toMatchObject({ status: 'paid', approvalCode: 100_001, ref: mref });
    expect(await world.breaches()).toEqual([]);
  });

  it('shows as much of its reference as fits beside the name of the merchant, in whole letters', async () => {
    const { world, customer, owner } = await shopWithPhone();
    // 48 octets of UTF-8 in a PAY_INIT; in a PAY_REQUEST 53 for both, of which "Edicola Città" takes 14.
    owner.phone.payInit(customerAddress, eur(1_250), 'à'.repeat(24));
    await world.clock.advance(3_000);
    expect(owner.phone.received.filter(({ type }) => type === 'NAK')).toEqual([]);
    expect(customer.phone.lastAsked().message).toMatchObject({ payee: 'Edicola Città', reference: 'à'.repeat(19) });
  });

  it('is cancelled by the same phone, and both hear of it', async () => {
    const { world, customer, owner } = await shopWithPhone();
    const mref = owner.phone.payInit(customerAddress, eur(1_250), '47');
    await world.clock.advance(3_000);
    owner.phone.say({ type: 'PAY_CANCEL', mref, reason: 1 });
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)?.status).toBe('cancelled');
    expect(owner.phone.receipts().at(-1)?.status).toBe('cancelled');
  });

  it.each([
    [30, 30],
    [31, 40],
    [2_550, 2_550],
  ])('with a time to live of %i s is asked for %i s, in tens as the message has it', async (ttl, asked) => {
    const { world, customer, merchant } = await shopWithPhone();
    const payment = await world.request(merchant, { ttl });
    await world.clock.advance(2_000);
    expect(payment.ttl).toBe(asked);
    expect(customer.phone.lastAsked().message).toMatchObject({ ttl: asked });
  });

  it('is neither cancelled nor told to another phone of the same merchant', async () => {
    const { world, owner } = await shopWithPhone();
    const mref = owner.phone.payInit(customerAddress, eur(1_250), '47');
    await world.clock.advance(3_000);
    const { phone } = await world.enrolPhone(owner.person);
    phone.say({ type: 'PAY_CANCEL', mref, reason: 1 });
    await world.clock.advance(3_000);
    phone.query(mref, 'request');
    await world.clock.advance(3_000);
    const naks = phone.received.flatMap((message) => (message.type === 'NAK' ? [message.code] : []));
    expect(naks).toEqual(['unknown-reference', 'unknown-reference']);
    expect((await world.service.payments({ limit: 1 }))[0]?.state).toBe('REQUESTED');
  });

  // The merchant's phone cancels a payment that has ended, or that the rail has not decided: it hears how the payment stands.
  it.each([
    ['was paid', 'paid', 'CAPTURED'],
    ['was cancelled', 'cancelled', 'CANCELLED'],
    ['the rail has not decided', 'in-progress', 'UNKNOWN'],
  ] as const)(
    'that %s is not cancelled: its phone hears "%s", once, and so does the customer',
    async (what, status, state) => {
      const rail = new ScriptedRail();
      const { world, customer, owner } = await shopWithPhone(
        'late',
        what === 'the rail has not decided' ? { rails: [rail] } : {},
      );
      const mref = owner.phone.payInit(customerAddress, eur(1_250), '47');
      await world.clock.advance(3_000);
      if (what === 'was cancelled') owner.phone.say({ type: 'PAY_CANCEL', mref, reason: 1 });
      else customer.phone.approve(PIN);
      await world.clock.advance(10_000);
      const heard = owner.phone.received.length;
      owner.phone.say({ type: 'PAY_CANCEL', mref, reason: 1 });
      await world.clock.advance(10_000);
      expect(owner.phone.received.slice(heard)).toMatchObject([{ type: 'RECEIPT', status }]);
      const [payment] = await world.service.payments({ limit: 1 });
      expect(payment?.state).toBe(state);
      const ref = octetsOf(payment?.txn ?? '');
      customer.phone.query(ref);
      await world.clock.advance(3_000);
      expect(customer.phone.receipts().at(-1)).toMatchObject({ status, ref });
    },
  );

  it('that nobody asked for is not cancelled: its phone hears NAK', async () => {
    const { world, owner } = await shopWithPhone();
    owner.phone.say({ type: 'PAY_CANCEL', mref: new Uint8Array(8).fill(9), reason: 1 });
    await world.clock.advance(3_000);
    expect(owner.phone.received.at(-1)).toMatchObject({ type: 'NAK', code: 'unknown-reference' });
  });

  it('asked for again after it was paid brings the receipt again, and the customer is not asked', async () => {
    const { world, customer, owner } = await shopWithPhone();
    const mref = owner.phone.payInit(customerAddress, eur(1), '47');
    await world.clock.advance(3_000);
    customer.phone.approve(PIN);
    await world.clock.advance(10_000);
    const heard = owner.phone.received.length;
    const again = { customer: customerAddress, amount: eur(1), ttl: 120, flags: 0, reference: '47' };
    owner.phone.say({ type: 'PAY_INIT', mref, ...again });
    await world.clock.advance(10_000);
    expect(owner.phone.received.slice(heard)).toMatchObject([{ type: 'RECEIPT', status: 'paid' }]);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(1);
    expect(await world.service.holdings(customer.person.id)).toEqual([eur(DEPOSIT.minor - 1)]);
  });

  it('sent twice is asked once', async () => {
    const { world, customer, owner } = await shopWithPhone();
    const mref = owner.phone.payInit(customerAddress, eur(1_250), '47');
    await world.clock.advance(3_000);
    owner.phone.repeat();
    owner.phone.payInit(customerAddress, eur(1_250), '47', mref);
    await world.clock.advance(3_000);
    expect(owner.phone.received.filter(({ type }) => type === 'NAK')).toEqual([]);
    // Another payment under the same reference.
    owner.phone.payInit(customerAddress, eur(1_251), '47', mref);
    await world.clock.advance(3_000);
    expect(owner.phone.received.at(-1)).toMatchObject({ type: 'NAK', code: 'malformed' });
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toHaveLength(1);
  });

  it.each([
    ['a customer whom nobody knows', { digits: '39340999999' }, eur(100), 'customer-unreachable'],
    ['an amount above the limit', {}, eur(500_001), 'bad-amount'],
    ['another currency', {}, { minor: 100, currency: 'CHF' } as const, 'bad-amount'],
    ['no amount', {}, eur(0), 'bad-amount'],
  ])('with %s hears NAK in its own language', async (_, changed, amount, code) => {
    const { world, owner } = await shopWithPhone();
    owner.phone.payInit({ ...customerAddress, ...changed }, amount, '47');
    await world.clock.advance(3_000);
    expect(owner.phone.received.at(-1)).toMatchObject({ type: 'NAK', code });
    const nak = owner.phone.received.at(-1);
    expect(nak?.type === 'NAK' && nak.text).toMatch(/non/);
  });

  it.each([
    ['exactly the limit of a new phone', 10_000, []],
    ['more than the limit of a new phone', 10_001, ['bad-amount']],
  ])('to a customer with a new phone in place of another: %s', async (_, minor, codes) => {
    const { world, customer, owner } = await shopWithPhone();
    await world.enrolPhone(customer.person);
    owner.phone.payInit(customerAddress, eur(minor), '47');
    await world.clock.advance(3_000);
    const naks = owner.phone.received.flatMap((message) => (message.type === 'NAK' ? [message.code] : []));
    expect(naks).toEqual(codes);
  });

  it('hears "limit" while three requests wait for the customer, and "unreachable" when the customer is blocked', async () => {
    const { world, customer, owner } = await shopWithPhone(1, { limits: WIDE_LIMITS });
    const ask = async () => {
      owner.phone.payInit(customerAddress, eur(100), '');
      await world.clock.advance(3_000);
      const last = owner.phone.received.at(-1);
      return last?.type === 'NAK' ? last.code : undefined;
    };
    for (let n = 0; n < 3; n += 1) expect(await ask()).not.toBe('limit');
    expect(await ask()).toBe('limit');
    for (const asked of customer.phone.asked.slice(-2)) {
      for (let n = 0; n < 3; n += 1) {
        customer.phone.approve('00000', asked);
        await world.clock.advance(3_000);
      }
    }
    expect(await ask()).toBe('customer-unreachable');
  });

  it('is refused to a phone that is not a merchant', async () => {
    const { world, customer } = await shopWithPhone();
    customer.phone.payInit(customerAddress, eur(100), '');
    await world.clock.advance(3_000);
    expect(customer.phone.received.at(-1)).toMatchObject({ type: 'NAK', code: 'not-a-merchant' });
  });

  it('can be asked about by its own reference', async () => {
    const { world, owner } = await shopWithPhone();
    const mref = owner.phone.payInit(customerAddress, eur(1_250), '47');
    await world.clock.advance(3_000);
    owner.phone.query(mref, 'request');
    await world.clock.advance(3_000);
    expect(owner.phone.receipts().at(-1)).toMatchObject({ status: 'in-progress', ref: mref });
  });
});

describe('who waits for a payment', () => {
  it('hears when it is settled, and of no other one', async () => {
    const { world, customer, merchant } = await shop(1, { limits: WIDE_LIMITS });
    const [first, second] = [await world.request(merchant), await world.request(merchant, { mref: 'second' })];
    await world.clock.advance(2_000);
    const heard: string[] = [];
    void world.service.settled(first.txn, 60_000).then(({ state }) => heard.push(state));
    await world.service.cancel(second.txn);
    await world.clock.advance(1_000);
    expect(heard).toEqual([]);
    customer.phone.refuse(
      'no',
      customer.phone.asked.find(({ message }) => message.type === 'PAY_REQUEST'),
    );
    await world.clock.advance(1_000);
    expect(heard).toEqual(['REFUSED']);
  });
});

describe('limits', () => {
  it('a request above the limit of one payment is refused, and no payment is written down', async () => {
    const { world, merchant } = await shop();
    const refused = { code: 'limit-exceeded', reason: 'amount-limit' };
    await expect(world.request(merchant, { amount: eur(500_001) })).rejects.toMatchObject(refused);
    expect(await world.service.payments({ limit: 10 })).toEqual([]);
  });

  it.each<readonly [what: string, limits: RailLimits, minor: number, expected: string]>([
    ['the least', { leastMinor: 100 }, 100, 'REQUESTED'],
    ['less than the least', { leastMinor: 100 }, 99, 'amount-too-small'],
    ['the most', { mostMinor: 5_000 }, 5_000, 'REQUESTED'],
    ['more than the most', { mostMinor: 5_000 }, 5_001, 'amount-limit'],
    ['more than any payment may be', { mostMinor: 1_000_000 }, 500_001, 'amount-limit'],
  ])('of a rail: %s', async (_, limits, minor, expected) => {
    const rail = new ScriptedRail();
    rail.limits = limits;
    const { world, merchant } = await shop(1, { rails: [rail] });
    const ended = world.request(merchant, { amount: eur(minor) }).catch(({ reason }) => ({ state: reason }));
    expect((await ended).state).toBe(expected);
  });

  it('of a rail: the sum of a day of one customer, of what was paid and not given back, or may still be paid', async () => {
    const rail = new ScriptedRail();
    rail.limits = { dayMinor: 2_000 };
    rail.charges = [{ kind: 'done', approvalCode: 1 }];
    rail.refunds = [{ kind: 'done', approvalCode: 0 }];
    const { world, customer, merchant } = await shop(1, { rails: [rail] });
    let orders = 0;
    const ask = async (minor: number) => {
      orders += 1;
      return world.request(merchant, { mref: `order-${orders}`, amount: eur(minor) });
    };
    const outcome = async (minor: number) => {
      const { txn, state, reason } = await ask(minor);
      if (state === 'REQUESTED') await world.service.cancel(txn);
      return reason ?? state;
    };
    const { txn } = await ask(1_500);
    const other = await world.subscriber('+393400000005');
    const ofOther = { mref: 'other', customer: other.person.number, amount: eur(2_000) };
    expect((await world.request(merchant, ofOther)).state).toBe('REQUESTED');
    expect(await outcome(501)).toBe('day-limit');
    expect(await outcome(2_001)).toBe('day-limit');
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect([await outcome(501), await outcome(500)]).toEqual(['day-limit', 'REQUESTED']);
    await world.service.refund(txn, { key: 'a', amount: eur(100) });
    expect([await outcome(601), await outcome(600)]).toEqual(['day-limit', 'REQUESTED']);
    await world.clock.advance(24 * 3_600_000);
    expect(await outcome(2_000)).toBe('REQUESTED');
  });

  it('the fourth request that waits for one customer is rejected', async () => {
    const { world, merchant } = await shop(1, { limits: WIDE_LIMITS });
    const { person } = await world.subscriber('+393400000005');
    const payments = await Promise.all([1, 2, 3, 4].map((n) => world.request(merchant, { mref: `order-${n}` })));
    expect(payments.map(({ state }) => state).toSorted()).toEqual(['REJECTED', 'REQUESTED', 'REQUESTED', 'REQUESTED']);
    expect((await world.request(merchant, { mref: 'other', customer: person.number })).state).toBe('REQUESTED');
  });

  it.each([
    ['the limit of one payment', 500_000],
    ['the limit of a new phone, which is no replacement', 10_001],
  ])('exactly %s passes', async (_, minor) => {
    const { world, merchant } = await shop();
    expect((await world.request(merchant, { amount: eur(minor) })).state).toBe('REQUESTED');
  });

  it('a request that was answered does not wait any more', async () => {
    const { world, merchant } = await shop(1, { limits: WIDE_LIMITS });
    const [first] = await Promise.all([1, 2, 3].map((n) => world.request(merchant, { mref: `order-${n}` })));
    await world.service.cancel(first?.txn ?? '');
    expect((await world.request(merchant, { mref: 'order-4' })).state).toBe('REQUESTED');
  });

  it.each([
    ['exactly the limit', 10_000, 0, 'REQUESTED', undefined],
    ['one more', 10_001, 0, 'REJECTED', 'new-phone-limit'],
    ['one more in the last moment of the day', 10_001, 24 * 3_600_000 - 1, 'REJECTED', 'new-phone-limit'],
    ['one more after the day', 10_001, 24 * 3_600_000, 'REQUESTED', undefined],
  ])(
    'a phone that took the place of another has a lower limit for a day: %s',
    async (_, minor, after, state, reason) => {
      const { world, customer, merchant } = await shop();
      await world.enrolPhone(customer.person);
      const active = world.journal.findLast(({ event }) => event.kind === 'device' && event.state === 'active');
      await world.clock.advance(Math.max(0, (active?.at ?? 0) + after - world.clock.now()));
      expect(await world.request(merchant, { amount: eur(minor) })).toMatchObject({ state, reason });
    },
  );

  it('a phone whose predecessor was never active is no replacement', async () => {
    const { world } = await shop();
    const { merchant } = await world.merchant();
    const person = await world.service.addPerson({ number: '+393400000008', name: 'Berta', language: 'en' });
    await world.service.activate(person.id);
    await world.enrolPhone(person);
    const order = { customer: person.number, amount: eur(10_001) };
    expect((await world.request(merchant, order)).state).toBe('REQUESTED');
  });
});

describe('a refund', () => {
  it('gives the whole payment back, once, with a receipt', async () => {
    const { world, customer, merchant } = await shop();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await world.service.refund(payment.txn)).state).toBe('REFUNDED');
    expect((await world.service.refund(payment.txn)).state).toBe('REFUNDED');
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)?.status).toBe('refunded');
    expect(await world.service.holdings(customer.person.id)).toEqual([DEPOSIT]);
    expect(await world.breaches()).toEqual([]);
  });

  it('of a payment that was never paid is refused', async () => {
    const { world, merchant } = await shop();
    const payment = await world.request(merchant);
    await expect(world.service.refund(payment.txn)).rejects.toThrow('REQUESTED: only a paid one can be refunded');
  });
});
