import { describe, expect, test } from 'vitest';
import { parseAmount } from '../../../device/cash-mobile/sales.ts';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { type CashBench, enrolled, openApplication, wordsOf } from './cash-bench.ts';

const CUSTOMER = '+393400000002';

async function merchant(): Promise<CashBench> {
  const cash = await enrolled({ merchant: 'Edicola Duomo' });
  await openApplication(cash, 'en');
  return cash;
}

async function ask(cash: CashBench, customer = CUSTOMER, amount = '12.50', reference = ''): Promise<void> {
  await cash.select('Request payment');
  await cash.type(customer.slice(1));
  cash.phone.press('down');
  await cash.type(amount);
  cash.phone.press('down');
  await cash.type(reference);
  await cash.select('Send');
}

describe("A merchant's phone", () => {
  test('asks for a payment with one PAY_INIT, and shows the match code', async () => {
    const cash = await merchant();
    expect(wordsOf(cash)).toEqual(['Request payment', 'Balance', 'History', 'Change PIN']);
    await ask(cash, CUSTOMER, '12.50', 'Il Sole');
    const [init] = cash.service.all('PAY_INIT');
    expect(cash.service.heard).toHaveLength(1);
    expect(init).toMatchObject({
      customer: { kind: 'number', digits: '393400000002' },
      amount: { minor: 1250, currency: 'EUR' },
      ttl: 120,
      reference: 'Il Sole',
    });
    const mref = init?.mref ?? new Uint8Array(8);
    const code = String(Number.parseInt(hexOf(mref).slice(-4), 16) % 10_000).padStart(4, '0');
    expect(wordsOf(cash)).toEqual([CUSTOMER, 'EUR 12.50', `Code: ${code}`, 'Sent. Waiting for the receipt.', '']);
  });

  test('shows and keeps the receipt, and stays open', async () => {
    const cash = await merchant();
    await ask(cash);
    const [init] = cash.service.all('PAY_INIT');
    await cash.send(cash.service.receipt(init?.mref ?? new Uint8Array(8), 'paid'));
    expect(cash.phone.screen.title).toBe('Paid');
    await cash.select('OK');
    await cash.select('History');
    await cash.select('EUR 12.50');
    expect(wordsOf(cash)).toContain('Status: Paid');
    expect(wordsOf(cash)).toContain(`From: ${CUSTOMER}`);
  });

  test('asks about a paid sale, in case it was refunded, without waiting for a receipt of it', async () => {
    const cash = await merchant();
    await ask(cash);
    const [init] = cash.service.all('PAY_INIT');
    const mref = init?.mref ?? new Uint8Array(8);
    await cash.send(cash.service.receipt(mref, 'paid'));
    for (const label of ['OK', 'History', 'EUR 12.50', 'Ask again']) await cash.select(label);
    expect(cash.service.last).toMatchObject({ type: 'STATUS_QUERY', ref: mref, kind: 'request' });
    expect(cash.phone.screen.title).toBe('History');
    await cash.send(cash.service.receipt(mref, 'refunded'));
    expect(cash.phone.screen.title).toBe('Refunded');
  });

  test('takes a request back with PAY_CANCEL', async () => {
    const cash = await merchant();
    await ask(cash);
    await cash.select('Cancel request');
    const [init] = cash.service.all('PAY_INIT');
    expect(cash.service.last).toMatchObject({ type: 'PAY_CANCEL', mref: init?.mref });
    expect(wordsOf(cash)).toContain('Cancelling. Waiting for the receipt.');
    await cash.send(cash.service.receipt(init?.mref ?? new Uint8Array(8), 'cancelled'));
    expect(cash.phone.screen.title).toBe('Cancelled');
  });

  test('says why the service did not ask the customer', async () => {
    const cash = await merchant();
    await ask(cash);
    const ref = cash.service.all('PAY_INIT')[0]?.mref ?? new Uint8Array(8);
    const { now } = cash.service;
    await cash.send({ type: 'NAK', time: now, ref, code: 'customer-unreachable', argument: 0, text: '' });
    expect(cash.phone.screen.title).toBe('Rejected');
    expect(wordsOf(cash)[0]).toContain('The customer cannot be reached.');
  });

  test('sends the same PAY_INIT again when the service never heard it', async () => {
    const cash = await merchant();
    await ask(cash);
    await cash.clock.advance(60_000);
    expect(cash.service.last).toMatchObject({ type: 'STATUS_QUERY', kind: 'request' });
    const ref = cash.service.all('PAY_INIT')[0]?.mref ?? new Uint8Array(8);
    const { now } = cash.service;
    await cash.send({ type: 'NAK', time: now, ref, code: 'unknown-reference', argument: 0, text: '' });
    const frames = cash.radio.sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
    expect(frames[2]).toBe(frames[0]);
    expect(cash.phone.screen.title).toBe('Payment');
  });

  test.each([
    ['in time', 119_000, false, 2],
    ['when the customer could not answer any more', 121_000, false, 1],
    ['after it was taken back', 60_000, true, 1],
  ])('that the service never heard is sent again %s (after %d ms)', async (_name, ms, cancels, times) => {
    const cash = await merchant();
    await ask(cash);
    if (cancels) await cash.select('Cancel request');
    await cash.clock.advance(ms);
    const ref = cash.service.all('PAY_INIT')[0]?.mref ?? new Uint8Array(8);
    const { now } = cash.service;
    await cash.send({ type: 'NAK', time: now, ref, code: 'unknown-reference', argument: 0, text: '' });
    expect(cash.service.all('PAY_INIT')).toHaveLength(times);
    expect(cash.service.all('PAY_CANCEL')).toHaveLength(cancels ? 1 : 0);
    expect(cash.phone.screen.title).toBe(times === 2 ? 'Payment' : 'Rejected');
  });

  test('shows the words of the service when it gives some, and does not go back on what is settled', async () => {
    const cash = await merchant();
    await ask(cash);
    const ref = cash.service.all('PAY_INIT')[0]?.mref ?? new Uint8Array(8);
    const nak = {
      type: 'NAK',
      time: cash.service.now,
      ref,
      code: 'limit',
      argument: 0,
      text: 'Too much today',
    } as const;
    await cash.send(nak);
    expect(wordsOf(cash)[0]).toContain('Too much today');
    await cash.select('OK');
    await cash.send({ ...nak, text: 'Again' });
    expect(wordsOf(cash)[0]).toBe('Request payment');
  });

  test('taken back is asked about, the second request for itself; the first is asked about no more', async () => {
    const cash = await merchant();
    await ask(cash);
    const asked = cash.clock.now();
    await cash.clock.advance(30_000);
    await cash.select('Cancel request');
    const cancelled = cash.clock.now();
    await cash.clock.advance(asked + 60_000 - cancelled);
    expect(cash.service.all('STATUS_QUERY')).toEqual([]);
    await cash.clock.advance(30_000);
    expect(cash.service.all('STATUS_QUERY')).toMatchObject([{ kind: 'request' }]);
    await cash.clock.advance(3_600_000);
    expect(cash.service.all('STATUS_QUERY')).toHaveLength(3);
  });

  test('has its reference in normal form NFC, without the blanks around it, however it was typed', async () => {
    const cash = await merchant();
    await ask(cash);
    await cash.select('Close');
    await cash.select('Request payment');
    for (const [field, text] of [
      ['Customer', CUSTOMER.slice(1)],
      ['Amount', '1'],
    ] as const) {
      await cash.select(field);
      await cash.type(text);
    }
    await cash.select('Reference');
    for (const character of ' Cafe\u0301 ') cash.handset.type(character);
    await cash.select('Send');
    expect(cash.service.all('PAY_INIT').map(({ reference }) => reference)).toEqual(['', 'Caf\u00e9']);
  });

  test('that nobody answers says so after the third question, and not before', async () => {
    const cash = await merchant();
    await ask(cash);
    await cash.clock.advance(479_000);
    expect(cash.service.all('STATUS_QUERY')).toHaveLength(2);
    expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
    await cash.clock.advance(1_000);
    expect(cash.service.all('STATUS_QUERY')).toHaveLength(3);
    expect(wordsOf(cash)).not.toContain('Sent. Waiting for the receipt.');
  });

  test('that was settled while its screen was open is not taken back', async () => {
    const cash = await merchant();
    await ask(cash);
    const ref = cash.service.all('PAY_INIT')[0]?.mref ?? new Uint8Array(8);
    await cash.select('Close');
    for (const label of ['History', 'EUR 12.50', 'Ask again']) await cash.select(label);
    expect(cash.phone.screen.title).toBe('Payment');
    await cash.send(cash.service.receipt(ref, 'paid'));
    await cash.select('OK');
    expect(cash.service.all('PAY_CANCEL')).toEqual([]);
    for (const label of ['History', 'EUR 12.50']) await cash.select(label);
    expect(wordsOf(cash)).toContain('Status: Paid');
  });

  test('that was taken back is kept so, and says so when it is looked at again', async () => {
    const cash = await merchant();
    await ask(cash);
    await cash.select('Cancel request');
    await cash.select('Close');
    for (const label of ['History', 'EUR 12.50', 'Ask again']) await cash.select(label);
    expect(wordsOf(cash)).toContain('Cancelling. Waiting for the receipt.');
    expect(cash.phone.screen.softKeys.left).toBe('');
  });

  test('offers at most eight numbers, each once, the newest first', async () => {
    const cash = await merchant();
    const numbers = Array.from({ length: 10 }, (_, index) => `+39340000001${index}`);
    for (const number of [...numbers, numbers[5] ?? '']) {
      await ask(cash, number, '1');
      await cash.select('Close');
    }
    await cash.select('Request payment');
    await cash.select('Recent customers');
    expect(wordsOf(cash)).toEqual([5, 9, 8, 7, 6, 4, 3, 2].map((index) => numbers[index]));
  });

  test('offers the numbers that were asked last', async () => {
    const cash = await merchant();
    await ask(cash);
    await cash.select('Close');
    await ask(cash, '+393400000003');
    await cash.select('Close');
    await cash.select('Request payment');
    await cash.select('Recent customers');
    expect(wordsOf(cash)).toEqual(['+393400000003', CUSTOMER]);
    await cash.select(CUSTOMER);
    expect(wordsOf(cash)[0]).toBe(`Customer's number: ${CUSTOMER}`);
  });

  test('names the customer by an alias, and offers it again', async () => {
    const cash = await merchant();
    await cash.select('Request payment');
    await cash.select("Customer's alias");
    await cash.type('Anna');
    cash.phone.press('down');
    await cash.type('12.50');
    await cash.select('Send');
    expect(cash.service.all('PAY_INIT')).toMatchObject([{ customer: { kind: 'alias', letters: 'ANNA' } }]);
    expect(wordsOf(cash)[0]).toBe('ANNA');
    await cash.select('Close');
    await ask(cash);
    await cash.select('Close');
    await cash.select('Request payment');
    await cash.select('Recent customers');
    expect(wordsOf(cash)).toEqual([CUSTOMER, 'ANNA']);
    await cash.select('ANNA');
    expect(wordsOf(cash)[0]).toBe("Customer's alias: ANNA");
    await cash.select("Customer's number");
    expect(wordsOf(cash)[0]).toBe("Customer's number: +");
  });

  test('does not send an alias with a digit, and keeps what was typed', async () => {
    const cash = await merchant();
    await cash.select('Request payment');
    await cash.select("Customer's alias");
    await cash.type('Anna1');
    cash.phone.press('down');
    await cash.type('1');
    await cash.select('Send');
    expect(wordsOf(cash)[0]).toContain('Type an alias');
    await cash.select('OK');
    expect(wordsOf(cash)[0]).toBe("Customer's alias: Anna1");
    expect(cash.service.heard).toEqual([]);
  });

  test.each([
    ['a number that is none', '+12', '1', 'Type the number'],
    ['no amount', CUSTOMER, '', 'Type an amount'],
    ['nothing', CUSTOMER, '0.00', 'Type an amount'],
    ['a number that begins with 0', '+0393400000', '1', 'Type the number'],
    ['a third decimal', CUSTOMER, '1.234', 'Type an amount'],
  ])('does not send %s, and keeps what was typed', async (_name, customer, amount, complaint) => {
    const cash = await merchant();
    await ask(cash, customer, amount);
    expect(wordsOf(cash)[0]).toContain(complaint);
    await cash.select('OK');
    expect(wordsOf(cash)[0]).toBe(`Customer's number: ${customer}`);
    expect(cash.service.heard).toEqual([]);
  });

  test('lets a prompt wait until the form is done', async () => {
    const cash = await merchant();
    await cash.select('Request payment');
    await cash.request();
    expect(cash.phone.screen.title).toBe('Request payment');
    await cash.select('Back');
    expect(cash.phone.screen.title).toBe('Payment');
  });
});

describe('A customer without a shop', () => {
  test('cannot ask for payments', async () => {
    const cash = await enrolled();
    await openApplication(cash, 'en');
    expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
  });
});

describe('parseAmount', () => {
  test.each([
    ['12.50', 'EUR', 1250],
    ['12,5', 'EUR', 1250],
    ['12', 'EUR', 1200],
    ['12.', 'EUR', 1200],
    ['0.01', 'EUR', 1],
    ['500', 'JPY', 500],
    ['1.250', 'KWD', 1250],
    ['999999999', 'EUR', 99_999_999_900],
    ['999999999', 'KWD', 999_999_999_000],
    ['0,001', 'KWD', 1],
  ] as const)('reads %s %s as %i minor units', (typed, currency, minor) => {
    expect(parseAmount(typed, currency)).toEqual({ minor, currency });
  });

  test.each(['', '.', '-1', '1.234', '1e3', '0', '0.00', '12.5.0', '1000000000'])('refuses "%s"', (typed) => {
    expect(parseAmount(typed, 'EUR')).toBeUndefined();
  });
});
