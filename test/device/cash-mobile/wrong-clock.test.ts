import { describe, expect, test } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { VIRTUAL_START, VirtualClock } from '../../../sim/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrol, enrolled, openApplication, PIN, wordsOf } from './cash-bench.ts';
import { FakeService, PAYEE } from './fake-service.ts';

const WRONG = 'The clock of this phone is wrong. Set date and time.';

/** A phone with this clock, in seconds, while the service has the right time and tells it. */
async function phoneAt(seconds: number): Promise<CashBench> {
  const clock = new VirtualClock(seconds * 1000);
  const service = new FakeService(clock);
  service.skew = Math.floor(VIRTUAL_START / 1000) - seconds;
  const cash = attach(bench({ clock }), service);
  cash.radio.onSent = (message) => {
    service.take(message);
    const { last } = service;
    if (last.type === 'TIME_REQUEST') void cash.radio.deliver(service.sms(service.timeResponse(last.nonce)));
  };
  cash.handset.install(service.jad());
  await openApplication(cash, 'en');
  return cash;
}

describe('A clock that is beyond the numbers of messages', () => {
  test.each([0xff00_0000, 2 ** 32 - 1, 2 ** 32, 2 ** 33])('at %d s is said, and the phone works', async (seconds) => {
    const cash = await phoneAt(seconds);
    expect(wordsOf(cash)).toEqual([WRONG]);
    await cash.select('OK');
    await enrol(cash);
    expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
    cash.phone.press('power');
    await cash.request();
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    const approvals = cash.service.all('APPROVE');
    expect(approvals.map((approval) => cash.service.isRight(approval))).toEqual([true, true]);
    await cash.send(cash.service.receipt(approvals.at(-1)?.txn ?? new Uint8Array(8), 'paid'));
    await cash.select('OK');
    // Said once a run, after what the phone was opened for.
    expect(wordsOf(cash)).toEqual([WRONG]);
    await cash.select('OK');
    expect(cash.phone.screen.kind).toBe('idle');
    expect(cash.service.heard.map(({ ctr, type }) => [ctr, type])).toEqual([
      [1, 'ENROL'],
      [2, 'TIME_REQUEST'],
      [3, 'APPROVE'],
      [4, 'APPROVE'],
    ]);
  });

  test('one second before the limit is not said', async () => {
    const cash = await phoneAt(0xff00_0000 - 1);
    expect(cash.phone.screen.title).toBe('Activation');
  });

  test('that is put right again is forgotten', async () => {
    const cash = await phoneAt(2 ** 32);
    await cash.select('OK');
    await enrol(cash);
    cash.handset.powerOff();
    const clock = new VirtualClock();
    const service = new FakeService(clock);
    service.phoneKey = cash.service.phoneKey;
    const later = attach(bench({ clock, flash: cash.flash, seed: 'later' }), service);
    await openApplication(later, 'en');
    await later.select('Balance');
    expect(service.last.ctr).toBe(Math.floor(clock.now() / 1000));
  });
});

describe('A counter that is too old for the service', () => {
  const nak = (cash: CashBench, argument: number, text = '') =>
    cash.send({ type: 'NAK', time: cash.service.now, ref: new Uint8Array(8), code: 'old-counter', argument, text });

  test.each([
    ['', 'A message of this phone had a number that was too old. It is put right: do it again.'],
    ['Do it again', 'Do it again'],
  ])('is said ("%s"), and the next messages are above', async (text, words) => {
    const cash = await enrolled();
    await openApplication(cash, 'en');
    await cash.select('Balance');
    const seen = cash.service.last.ctr + 30 * 86_400;
    await nak(cash, seen, text);
    await cash.select('Back');
    expect(wordsOf(cash)).toEqual([words]);
    await cash.select('OK');
    await cash.select('Balance');
    expect(cash.service.last.ctr).toBe(seen + 1);
    await cash.send(cash.service.balance());
    expect(wordsOf(cash)[0]).toBe('Available: EUR 987.50');
  });

  test('leaves what waits for the customer as it is', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await nak(cash, cash.service.now + 86_400);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(hexOf(cash.service.all('APPROVE').at(-1)?.txn ?? new Uint8Array())).toBe(hexOf(txn));
    expect(cash.service.last.ctr).toBe(cash.service.now + 86_401);
  });
});
