import { describe, expect, test } from 'vitest';
import { enrolled, PIN, wordsOf } from './cash-bench.ts';
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

  test('goes by its own clock when no answer comes: an old request has expired then', async () => {
    const cash = await enrolled();
    await cash.request({ time: cash.service.now - HOUR });
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['TIME_REQUEST']);
    await cash.clock.advance(30_000);
    expect(wordsOf(cash)[0]).toContain('This request has expired.');
    expect(cash.service.last).toMatchObject({ type: 'REFUSE', reason: 'expired' });
  });
});
