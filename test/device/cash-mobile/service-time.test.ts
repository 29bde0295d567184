import { describe, expect, test } from 'vitest';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrolled, openApplication, PIN, wordsOf } from './cash-bench.ts';
import { PAYEE } from './fake-service.ts';

const HOUR = 3_600;

describe('A phone whose clock disagrees with a request by more than 300 s', () => {
  test('asks the service for the time, believes its signature, and shows the request', async () => {
    const cash = await enrolled();
    cash.service.skew = -HOUR;
    await cash.request();
    expect(cash.phone.screen.kind).toBe('idle');
    const [question] = cash.service.all('TIME_REQUEST');
    await cash.send(cash.service.timeResponse(question?.nonce ?? new Uint8Array(8)));
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([true]);
  });

  test('remembers the difference', async () => {
    const cash = await enrolled();
    cash.service.skew = HOUR;
    const { txn } = await cash.request();
    await cash.send(cash.service.timeResponse(cash.service.all('TIME_REQUEST')[0]?.nonce ?? new Uint8Array(8)));
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    await cash.select('OK');
    await cash.request();
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    expect(cash.service.all('TIME_REQUEST')).toHaveLength(1);
  });

  test('does not believe a time that the service did not sign', async () => {
    const cash = await enrolled();
    cash.service.skew = -HOUR;
    await cash.request();
    const [question] = cash.service.all('TIME_REQUEST');
    const response = cash.service.timeResponse(question?.nonce ?? new Uint8Array(8));
    await cash.send(response.with(30, (response[30] ?? 0) ^ 1));
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test('remembers the difference over a restart', async () => {
    const cash = await enrolled();
    cash.service.skew = -HOUR;
    await cash.request();
    await cash.send(cash.service.timeResponse(cash.service.all('TIME_REQUEST')[0]?.nonce ?? new Uint8Array(8)));
    cash.handset.powerOff();
    const again = attach(
      bench({ flash: cash.flash, clock: cash.clock, radio: cash.radio, seed: 'again' }),
      cash.service,
    );
    await again.clock.advance(29_999);
    expect(again.phone.screen.kind).toBe('idle');
    await again.clock.advance(1);
    expect(wordsOf(again)).toContain(`Pay to: ${PAYEE}`);
    expect(cash.service.all('TIME_REQUEST')).toHaveLength(1);
  });

  test.each([
    [-300, 0],
    [-301, 1],
    [300, 0],
    [301, 1],
  ])('a request of %d s from now makes it ask %d times', async (seconds, times) => {
    const cash = await enrolled();
    await cash.clock.advance(60_000 - (cash.clock.now() % 60_000));
    await cash.request({ time: cash.service.now + seconds, ttl: 600 });
    expect(cash.service.all('TIME_REQUEST')).toHaveLength(times);
  });

  test('asks once for all requests that wait for the answer, and then shows them', async () => {
    const cash = await enrolled();
    cash.service.skew = HOUR;
    await cash.request();
    await cash.request({ payee: 'Bar Sport', merchantId: 8 });
    expect(cash.service.all('TIME_REQUEST')).toHaveLength(1);
    await cash.send(cash.service.timeResponse(cash.service.all('TIME_REQUEST')[0]?.nonce ?? new Uint8Array(8)));
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    expect(cash.phone.screen.ticker).toBe('1 more request waits');
    await cash.clock.advance(30_000);
    expect(cash.phone.screen.ticker).toBe('1 more request waits');
  });

  test.each([
    ['without a question', false],
    ['after the phone has given up waiting', true],
  ])('does not take a time that the service signed %s', async (_name, asked) => {
    const cash = await enrolled();
    let nonce: Uint8Array = new Uint8Array(8);
    if (asked) {
      await cash.request({ time: cash.service.now - HOUR });
      nonce = cash.service.all('TIME_REQUEST')[0]?.nonce ?? nonce;
      await cash.clock.advance(30_000);
      await cash.select('OK');
    }
    await openApplication(cash, 'en');
    cash.service.skew = HOUR;
    await cash.send(cash.service.timeResponse(nonce));
    const before = cash.service.all('TIME_REQUEST').length;
    await cash.request();
    expect(cash.service.all('TIME_REQUEST')).toHaveLength(before + 1);
  });

  test.each([
    ['twice', async (cash: CashBench, nonce: Uint8Array) => cash.send(cash.service.timeResponse(nonce))],
    ['after 30 s without an answer', async (cash: CashBench) => void (await cash.clock.advance(30_000))],
  ])('does not take an answer %s while the application goes on', async (_name, first) => {
    const cash = await enrolled();
    await openApplication(cash, 'en');
    cash.service.skew = HOUR;
    await cash.request();
    const [question] = cash.service.all('TIME_REQUEST');
    const nonce = question?.nonce ?? new Uint8Array(8);
    await first(cash, nonce);
    // The difference; after it stands the time of the latest message.
    const clocks = () => /"1":"(\w{16})/.exec(JSON.stringify(cash.flash.read('records/Cash-Mobile/clock')))?.[1];
    const before = clocks();
    cash.service.skew = 2 * HOUR;
    await cash.send(cash.service.timeResponse(nonce));
    expect(clocks()).toBe(before);
  });

  test('waits 30 s for each answer, also for the second in one run', async () => {
    const cash = await enrolled();
    await openApplication(cash, 'en');
    cash.service.skew = HOUR;
    const { txn } = await cash.request();
    await cash.clock.advance(10_000);
    await cash.send(cash.service.timeResponse(cash.service.all('TIME_REQUEST')[0]?.nonce ?? new Uint8Array(8)));
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    await cash.select('OK');
    cash.service.skew = 0;
    await cash.request({ ttl: 120 });
    expect(cash.service.all('TIME_REQUEST')).toHaveLength(2);
    await cash.clock.advance(29_999);
    expect(cash.phone.screen.title).toBe('Cash-Mobile');
    await cash.clock.advance(1);
    expect(cash.phone.screen.title).not.toBe('Cash-Mobile');
  });

  test('goes by its own clock when no answer comes: an old request has expired then', async () => {
    const cash = await enrolled();
    await cash.request({ time: cash.service.now - HOUR });
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['TIME_REQUEST']);
    await cash.clock.advance(30_000);
    expect(wordsOf(cash)[0]).toContain('This request has expired.');
    expect(cash.service.last).toMatchObject({ type: 'REFUSE', reason: 'expired' });
  });
});
